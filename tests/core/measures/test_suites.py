"""Results and tails by hand, and the laws of tails."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from openended.core.measures.suites import AT_ONCE, fresh, graded, play, result, results, tail
from openended.core.work import Outcome
from openended.envs.ranges import Ranges
from tests.support.point import POINT

returns = arrays(
    np.float64,
    st.tuples(st.integers(1, 30), st.integers(1, 4)),
    elements=st.one_of(st.floats(-100, 350), st.just(float("nan"))),
)


class Script:
    """An executor whose genomes are returns, multiplied by the agent's number from 1; it remembers the keys."""

    def __init__(self):
        self.keys = []

    def evaluate(self, batch):
        self.keys.append(batch.keys.reshape(len(batch.agents), -1))
        return Outcome(np.array([batch.genomes[task] * (1 + agent) for task, agent in batch.which]), None, {})


def test_results_by_hand():
    script = Script()
    suite = {"easy": [230.0, 229.0], "hard": [-10.0, np.nan, 100.0]}
    one, two = play([*suite["easy"], *suite["hard"]], 1, [np.zeros(2), np.ones(2)], script, 10)
    assert [(each.course, each.episodes, each.solved_rate, each.mean_return) for each in results(suite, one, 230)] == [
        ("easy", 2, 0.5, 229.5),
        ("hard", 3, 0.0, 45.0),
    ]
    assert [(each.solved_rate, each.mean_return) for each in results(suite, two, 230)] == [(1.0, 459.0), (0.0, 90.0)]
    assert (script.keys[0][0] == script.keys[0][1]).all()
    assert result("none", np.array([[np.nan], [np.inf]]), 230).mean_return is None
    assert result("none", np.array([[np.nan], [np.inf]]), 230).solved_rate == 0


def test_many_tasks_are_played_in_parts_with_every_agent_on_the_same_keys():
    script = Script()
    tasks = [float(number) for number in range(AT_ONCE + 3)]
    found = play(tasks, 2, [np.zeros(1), np.zeros(1)], script, 10)
    assert found.shape == (2, AT_ONCE + 3, 2)
    assert (found[1] == 2 * np.array(tasks)[:, None]).all()
    assert [keys.shape for keys in script.keys] == [(2, 2 * AT_ONCE), (2, 6)]
    for keys in script.keys:
        assert (keys[0] == keys[1]).all()
    assert len(set(np.concatenate([keys[0] for keys in script.keys]).tolist())) == 2 * len(tasks)


def test_fresh_tasks_are_named_by_their_number_alone():
    tasks = replace(POINT.tasks, random=lambda key: key)
    assert fresh(tasks, 5) == fresh(tasks, 9)[:5] == graded(tasks, 5)  # which has no ranges
    assert len(set(fresh(tasks, 1000))) == 1000
    with pytest.raises(ValueError, match="cannot be drawn"):
        fresh(POINT.tasks, 1)


def test_graded_tasks_lie_below_tenths_of_the_full_ranges_in_turn():
    ranges = Ranges(
        names=("a", "b"),
        first=(1.0, 1.0),
        full=(10.0, 20.0),
        draw=lambda levels, key: (*levels, key),
        edge=lambda *_: None,
    )
    found = graded(replace(POINT.tasks, ranges=ranges), 11)
    assert [each[:2] for each in found[::5]] == [(1.0, 2.0), (6.0, 12.0), (1.0, 2.0)]
    assert len({each[2] for each in found}) == 11


def test_the_worst_tasks_are_those_solved_least_often_then_those_of_the_lowest_mean():
    table = np.array([[300.0, -90.0], [229.0, 229.0], [300.0, 300.0], [10.0, np.nan], [240.0, 0.0]])
    assert tail(table, 230, 0.2).mean_return == 10.0  # NaN counts as lowest, and not in the mean
    assert tail(table, 230, 0.4).mean_return == pytest.approx((10 + 229 + 229) / 3)  # never solved, before half solved
    third = tail(table, 230, 0.6)  # mean 105, before mean 120
    assert (third.tasks, third.solved_rate) == (3, 1 / 6)
    assert tail(table, 230, 0.01).tasks == 1


@given(returns, st.floats(0.001, 1.0))
def test_a_tail_is_no_better_than_a_larger_one_and_all_tasks_are_the_whole(table, share):
    small, whole = tail(table, 230, share), tail(table, 230, 1.0)
    assert small.solved_rate <= whole.solved_rate + 1e-12
    assert 1 <= small.tasks <= len(table)
    every = result("all", table, 230, (1.0,))
    assert (every.worst[0].solved_rate, every.worst[0].tasks) == (every.solved_rate, len(table))
    if table.shape[1] == 1 and np.isfinite(table).all():
        assert small.mean_return == pytest.approx(np.mean(np.sort(table[:, 0])[: small.tasks]))
