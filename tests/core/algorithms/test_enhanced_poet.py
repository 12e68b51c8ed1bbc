"""What Enhanced POET adds to POET's operators, against examples worked out by hand."""

import math
from dataclasses import replace

import numpy as np
import pytest

from openended.core.algorithms.enhanced_poet import Params, bar, distances, pata_ec, transfer
from openended.core.criterion import Bounds
from openended.core.population import reproduce
from openended.core.reproduction import Reproduction
from tests.support.scripted import agents, generation, pairs

PARAMS = Params(criterion=Bounds(50, 300, 230), reproduction=Reproduction(children=4, novelty_neighbours=2))


def test_the_defaults_are_the_papers():
    params = Params()
    assert (params.reproduction.every, params.transfer.every, params.active.count) == (150, 25, 40)
    assert (params.criterion.low, params.criterion.high, params.reproduction.children) == (50, 300, 8)


@pytest.mark.parametrize(
    ("scores", "expected"),
    [
        ([10.0, 400.0, 100.0], [-0.5, 0.5, 0.0]),
        ([10.0, 20.0, 100.0], [-0.25, -0.25, 0.5]),  # both below the bounds: they share ranks 0 and 1
        ([301.0, 900.0, 100.0, 100.0], [1 / 3, 1 / 3, -1 / 3, -1 / 3]),
        ([math.nan, 50.0, 51.0], [-0.25, -0.25, 0.5]),
        ([7.0, 7.0], [0.0, 0.0]),
        ([123.0], [0.0]),  # the reference divides by zero
    ],
)
def test_pata_ec_by_hand(scores, expected):
    np.testing.assert_allclose(pata_ec(np.array(scores), 50, 300), expected, atol=1e-15)


def test_ties_do_not_depend_on_the_order_of_the_agents():
    scores = np.array([60.0, 60.0, 70.0, 60.0])
    order = [3, 0, 2, 1]
    assert pata_ec(scores, 50, 300)[order].tolist() == pata_ec(scores[order], 50, 300).tolist()


def test_novelty_by_how_agents_rank():
    """Agents 0 (retired), 1, 2. Known tasks rank them (-, 0, +), (+, 0, -), (-, 0, +); one child ranks them like the
    first, the other (0, +, -) lies sqrt(1/4 + 1/4) from the second and sqrt(1/4 + 1/4 + 1) from the others.
    """
    rows = {0: [60, 70, 80], 3: [80, 70, 60], 8: [51, 60, 999], 11: [100, 101, 102], 12: [70, 80, 60]}
    returns = {(place, agent): float(value) for place, row in rows.items() for agent, value in enumerate(row)}
    made = generation(PARAMS, [0, 3, 8], [0.0] * 3, returns, retired=[5, -1, -1])
    children = [replace(made.task(0), id=id, genome=place) for id, place in ((7, 11), (8, 12))]
    assert distances(made, children) == pytest.approx([0.0, (math.sqrt(0.5) + math.sqrt(1.5)) / 2])


def test_novelty_is_defined_for_one_agent_and_an_empty_archive():
    made = generation(PARAMS, [0], [0.0], {})
    assert distances(made, [replace(made.task(0), id=7, genome=5)]) == [0.0]
    assert distances(made, []) == []


def test_a_retired_agent_is_never_evaluated_twice_on_a_task():
    made = generation(
        PARAMS, [0, 3, 8], [0.0] * 3, {}, retired=[5, 6, -1], scores={(0, 0): 1.0, (0, 1): 2.0, (1, 0): 3.0}
    )
    child = replace(made.task(0), id=7, genome=11)
    distances(made, [child])
    played = made.means.executor.played
    assert len(set(played)) == len(played)
    assert sorted(played) == [(0, 2), (3, 1), (3, 2), (8, 0), (8, 1), (8, 2), (11, 0), (11, 1), (11, 2)]
    kept = [(each.agent, each.task) for each in made.changes().scores]
    assert kept == [(0, 2), (1, 1), (1, 2)]  # not those of the child, which was not admitted, nor of the active agent
    played.clear()
    distances(made, [child])
    assert sorted(played) == [(0, 2), (3, 2), (8, 2), (11, 2)]


def test_a_reproduction_without_any_retired_agent_runs_through():
    """The reference crashes at its first one (issue 8): a score of nobody is compared with the criterion."""
    made = generation(PARAMS, [0], [250.0], {(5, 0): 100.0}, [5, 5, 5, 5])
    reproduce(made, distances)
    assert made.task(1).outcome == "admitted"
    assert made.changes().scores == ()


@pytest.mark.parametrize(
    ("recent", "expected"),
    [((3.0, 9.0, 5.0), 9.0), ((), -math.inf), ((math.nan, 2.0), 2.0), ((math.nan,), -math.inf)],
)
def test_the_bar_is_the_best_of_the_last_fitnesses(recent, expected):
    assert bar(recent) == expected


def test_a_transfer_phase_by_hand():
    """Bars 20, 30, 40. On task 0 agent 1 reaches 20: no proposal. On task 1 agents 0 and 2 reach 31 and 35; after a
    step 33 and 30: the former takes over. On task 2 agent 0 reaches 41, but only 40 after a step.
    """
    returns = {(0, 1): 20.0, (3, 0): 31.0, (3, 2): 35.0, (3, 100): 33.0, (3, 102): 30.0, (8, 0): 41.0, (8, 100): 40.0}
    recent = [(20.0, 10.0), (30.0, 5.0), (40.0,)]
    made = generation(PARAMS, [0, 3, 8], [20.0, 30.0, 40.0], returns, fitness=[10.0, 5.0, 40.0], recent=recent)
    transfer(made)
    proposals = [
        (each.source, each.target, each.accepted) for each in made.changes().transfers if each.kind == "proposal"
    ]
    assert proposals == [(0, 1, True), (0, 2, False), (2, 1, False)]
    assert not any(each.accepted for each in made.changes().transfers if each.kind == "direct")
    assert [(each.fitness, each.origin) for each in pairs(made)] == [(10.0, -1), (33.0, 0), (40.0, -1)]
    assert agents(made) == [0, 100, 2]
    assert len(made.means.executor.jobs) == 3
    assert {each.incumbent for each in made.changes().transfers if each.target == 1} == {30.0}


def test_a_direct_winner_never_takes_over_itself():
    made = generation(PARAMS, [0, 3], [1.0, 1.0], {(0, 1): 99.0}, recent=[(1.0,), (1.0,)])
    transfer(made)
    assert agents(made) == [0, 1]
