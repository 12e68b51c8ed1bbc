"""What Enhanced POET adds to POET's operators, against examples worked out by hand."""

import math
from dataclasses import replace

import numpy as np
import pytest

from openended.core.algorithms.enhanced_poet import Params, bar, distances, pata_ec, transfer
from openended.core.criterion import Params as Criterion
from openended.core.measures.metrics import annecs, annecs_code, best_earlier
from openended.core.population import Reproduction, reproduce
from openended.core.types import Counters, State
from tests.support.handmade import pair, task
from tests.support.scripted import draft

PARAMS = Params(criterion=Criterion(50, 300, 230), reproduction=Reproduction(children=4, novelty_neighbours=2))


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
    made = draft(PARAMS, [0, 3, 8], [0.0] * 3, returns, retired=[5, -1, -1])
    children = [replace(made.tasks[0], id=id, genome=place) for id, place in ((7, 11), (8, 12))]
    assert distances(made, children, PARAMS) == pytest.approx([0.0, (math.sqrt(0.5) + math.sqrt(1.5)) / 2])


def test_novelty_is_defined_for_one_agent_and_an_empty_archive():
    made = draft(PARAMS, [0], [0.0], {})
    assert distances(made, [replace(made.tasks[0], id=7, genome=5)], PARAMS) == [0.0]
    assert distances(made, [], PARAMS) == []


def test_a_retired_agent_is_never_evaluated_twice_on_a_task():
    made = draft(PARAMS, [0, 3, 8], [0.0] * 3, {}, retired=[5, 6, -1], scores={(0, 0): 1.0, (0, 1): 2.0, (1, 0): 3.0})
    child = replace(made.tasks[0], id=7, genome=11)
    distances(made, [child], PARAMS)
    played = made.executor.played
    assert len(set(played)) == len(played)
    assert sorted(played) == [(0, 2), (3, 1), (3, 2), (8, 0), (8, 1), (8, 2), (11, 0), (11, 1), (11, 2)]
    kept = [(each.agent, each.task) for each in made.changes().scores]
    assert kept == [(0, 2), (1, 1), (1, 2)]  # not those of the child, which was not admitted, nor of the active agent
    played.clear()
    distances(made, [child], PARAMS)
    assert sorted(played) == [(0, 2), (3, 2), (8, 2), (11, 2)]


def test_a_reproduction_without_any_retired_agent_runs_through():
    """The reference crashes at its first one (issue 8): a score of nobody is compared with the criterion."""
    made = draft(PARAMS, [0], [250.0], {(5, 0): 100.0}, [5, 5, 5, 5])
    reproduce(made, PARAMS, lambda descriptor: 0, distances)
    assert [each.outcome for each in made.tasks.values()][1] == "admitted"
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
    made = draft(PARAMS, [0, 3, 8], [20.0, 30.0, 40.0], returns, fitness=[10.0, 5.0, 40.0], recent=recent)
    transfer(made)
    proposals = [(each.source, each.target, each.accepted) for each in made.transfers if each.kind == "proposal"]
    assert proposals == [(0, 1, True), (0, 2, False), (2, 1, False)]
    assert not any(each.accepted for each in made.transfers if each.kind == "direct")
    assert [(each.agent[0], each.fitness, each.origin) for each in made.pairs.values()] == [
        (0, 10.0, -1),
        (100, 33.0, 0),
        (2, 40.0, -1),
    ]
    assert len(made.executor.jobs) == 3
    assert {each.incumbent for each in made.transfers if each.target == 1} == {30.0}


def test_a_direct_winner_never_takes_over_itself():
    made = draft(PARAMS, [0, 3], [1.0, 1.0], {(0, 1): 99.0}, recent=[(1.0,), (1.0,)])
    transfer(made)
    assert made.pairs[0].agent[0] == 0


def known(solved, best):
    """A state in which task 2 was made in generation 6, agent 0 had retired by then and reaches `best` on it."""
    tasks = {id: task(id, generation=3 * id, parent=id - 1, outcome="admitted") for id in range(4)}
    pairs = {
        0: pair(0, 290.0, retired=5),
        1: pair(1, 0.0, retired=6),
        2: pair(2, 240.0 if solved else 200.0),
        3: pair(3, 10.0),
    }
    return State(9, tasks, pairs, Counters(), None, {(0, 2): best, (1, 2): 999.0, (0, 0): 999.0})


@pytest.mark.parametrize(
    ("solved", "best", "paper", "code"),
    [
        (True, 100.0, 1, 1),
        (True, 20.0, 1, 0),  # none of the retired meets the lower bound, which only the code asks for
        (True, 301.0, 0, 0),  # one of the retired masters it
        (False, 100.0, 0, 1),  # the code does not ask whether it is ever solved
        (True, math.nan, 1, 0),
    ],
)
def test_annecs_in_both_definitions(solved, best, paper, code):
    state = known(solved, best)
    earlier = best_earlier(state)
    criterion = PARAMS.criterion
    assert annecs(state.tasks, state.pairs.values(), criterion, earlier) == paper
    assert annecs_code(state.tasks, state.pairs.values(), criterion, earlier) == code


def test_before_anyone_has_retired_only_the_papers_annecs_can_rise():
    state = replace(known(True, 100.0), scores={})
    assert best_earlier(state) == {}
    assert annecs(state.tasks, state.pairs.values(), PARAMS.criterion, {}) == 1
    assert annecs_code(state.tasks, state.pairs.values(), PARAMS.criterion, {}) == 0
