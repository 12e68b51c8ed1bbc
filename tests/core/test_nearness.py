"""How near tasks are to those of interest: correlations, descriptors, and what both do to priorities."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from hypothesis.extra.numpy import arrays
from scipy.stats import rankdata, spearmanr

from openended.core.algorithms import generalist
from openended.core.algorithms.generalist import Params
from openended.core.buffer import Buffer
from openended.core.generation import Generation
from openended.core.interest import Interest
from openended.core.nearness import FEWEST, LEAST, ROWS, SCORES, WANTED, Nearness, correlations
from tests.core.algorithms.test_generalist import COMMON
from tests.support import serial
from tests.support.errands import ERRANDS

NAN = float("nan")
TABLES = arrays(np.float64, (10, 4), elements=some.sampled_from([NAN, 0.0, 1.0, 2.0, 3.5]))


def test_a_rank_correlation_by_hand():
    wanted = np.array([[1.0], [2.0], [3.0], [4.0], [5.0], [6.0]])
    tasks = np.array(
        [
            [10.0, 6.0, 1.0, 7.0],
            [20.0, 5.0, 1.0, NAN],
            [30.0, 4.0, 2.0, 7.0],
            [40.0, 3.0, 2.0, 7.0],
            [50.0, 2.0, 3.0, 7.0],
            [60.0, 1.0, 3.0, 8.0],
        ]
    )
    up, down, ties, few = correlations(tasks, wanted)[:, 0]
    # Ranks 1.5 1.5 3.5 3.5 5.5 5.5 against 1 .. 6: covariance 16, variances 16 and 17.5.
    assert (up, down, ties) == (1.0, -1.0, pytest.approx(16 / np.sqrt(16 * 17.5)))
    assert np.isnan(few)


@settings(max_examples=30)
@given(TABLES, TABLES)
def test_correlations_are_those_of_scipy_where_both_are_known_and_vary(tasks, wanted):
    found = correlations(tasks, wanted)
    for place, one in enumerate(tasks.T):
        for other_place, other in enumerate(wanted.T):
            both = ~np.isnan(one) & ~np.isnan(other)
            sure = both.sum() >= FEWEST and len(set(one[both])) > 1 and len(set(other[both])) > 1
            value = found[place, other_place]
            assert np.isnan(value) != sure
            if sure:
                assert value == pytest.approx(spearmanr(one[both], other[both]).statistic)
                assert value == pytest.approx(np.corrcoef(rankdata(one[both]), rankdata(other[both]))[0, 1])


@settings(max_examples=30)
@given(TABLES, TABLES, some.permutations(range(10)))
def test_the_order_of_the_rows_alters_no_bit(tasks, wanted, order):
    assert correlations(tasks[order], wanted[order]).tobytes() == correlations(tasks, wanted).tobytes()


def advanced(generations, **options):
    params = Params(**COMMON, interest=Interest("random", 5, every=1, **options))
    generalist.check(params, ERRANDS)
    means = serial.means(params, ERRANDS)
    return means, serial.advance(generalist, means, generations + 1)


@pytest.fixture(scope="module")
def run():
    return advanced(12, weight=0.5)


def seen(run, state=None, **options):
    """The buffer of the run's last state, with other settings of interest."""
    means, history = run
    params = replace(means.params, interest=replace(means.params.interest, **options))
    return Buffer(Generation(replace(means, params=params), state or history[-1][0]))


def test_by_descriptor_the_nearness_is_one_half_at_the_reach(run):
    buffer = seen(run, nearness="descriptor", weight=1.0, reach=0.5)
    state = run[1][-1][0]
    potentials = {task: max(state.pairs[task].potential, 0.0) for task in state.arrays[WANTED].tolist()}
    scales = [axis.high - axis.low for axis in ERRANDS.axes]
    for place, task in enumerate(buffer.tasks.tolist()):
        near = []
        for other, potential in potentials.items():
            pairs = zip(state.tasks[task].descriptor, state.tasks[other].descriptor, scales, strict=True)
            square = sum(((one - two) / scale / 0.5) ** 2 for one, two, scale in pairs)
            near.append(potential / max(potentials.values()) / (1 + square))
        assert buffer.nearness[place] == pytest.approx(max(LEAST, *near))


def test_where_no_task_of_interest_has_potential_all_count_alike(run):
    state = run[1][-1][0]
    wanted = set(state.arrays[WANTED].tolist())
    pairs = {task: replace(pair, potential=0.0) if task in wanted else pair for task, pair in state.pairs.items()}
    buffer = seen(run, replace(state, pairs=pairs), nearness="descriptor", weight=1.0)
    places = np.flatnonzero(buffer.lasting)
    assert buffer.nearness[places].tolist() == [1.0] * 5
    assert buffer.nearness.min() < 0.9


def test_where_scores_run_together_they_count_and_elsewhere_the_descriptor_does(run):
    state = run[1][-1][0]
    ids = sorted(task for task, pair in state.pairs.items() if pair.active)
    wanted = state.arrays[WANTED].tolist()
    same, against, flat = [task for task in ids if task not in wanted][:3]
    rising = dict.fromkeys((*wanted, same), 1.0) | {against: -1.0, flat: 0.0}
    rows = {f"{SCORES}{row}": np.array([(task, row * slope) for task, slope in rising.items()]) for row in range(ROWS)}
    pairs = {task: replace(pair, potential=1.0) if task in wanted else pair for task, pair in state.pairs.items()}
    made = replace(state, pairs=pairs, arrays=state.arrays | rows)
    by_scores, by_place = seen(run, made, weight=1.0), seen(run, made, weight=1.0, nearness="descriptor")
    nearness = dict(zip(by_scores.tasks.tolist(), by_scores.nearness.tolist(), strict=True))
    elsewhere = dict(zip(by_place.tasks.tolist(), by_place.nearness.tolist(), strict=True))
    assert nearness[same] == 1.0
    assert nearness[against] == LEAST
    assert nearness[flat] == elsewhere[flat]
    assert {task: nearness[task] for task in ids if task not in rising} == {
        task: elsewhere[task] for task in ids if task not in rising
    }


def test_shuffling_deals_the_same_nearness_out_among_other_tasks(run):
    plain, shuffled = seen(run), seen(run, nearness="shuffled")
    assert sorted(shuffled.nearness.tolist()) == sorted(plain.nearness.tolist())
    assert shuffled.nearness.tolist() != plain.nearness.tolist()
    state = run[1][-1][0]
    outsider = replace(state.tasks[0], id=10_000)
    assert shuffled.near(outsider) in shuffled.nearness
    assert plain.near(outsider) == seen(run, nearness="descriptor").near(outsider)


@pytest.mark.parametrize(("weight", "power"), [(1.0, 1.0), (0.5, 0.5), (0.25, 0.25), (0.3, 5 / 16), (0.02, 0.0)])
def test_the_weight_is_the_exponent_in_sixteenths(run, weight, power):
    whole, raised = seen(run, weight=1.0), seen(run, weight=weight)
    assert raised.nearness == pytest.approx(whole.nearness**power)
    assert raised.priorities.tolist() == (raised.potentials * raised.nearness).tolist()


def test_without_a_table_of_scores_the_interest_is_the_same_by_either_way():
    means, history = advanced(0, weight=1.0)
    made = Nearness(Generation(means, history[-1][0]))
    tasks = np.array(sorted(history[-1][0].pairs))
    other = replace(means, params=replace(means.params, interest=replace(means.params.interest, nearness="descriptor")))
    assert made.factors(tasks).tolist() == Nearness(Generation(other, history[-1][0])).factors(tasks).tolist()
