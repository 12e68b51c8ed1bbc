"""POET's operators against examples worked out by hand."""

import math
from dataclasses import replace
from hashlib import sha256

import numpy as np
import pytest

from openended.core.algorithms.poet import Params, distances, transfer
from openended.core.criterion import Bounds
from openended.core.novelty import novelty
from openended.core.population import name, reproduce, retire
from openended.core.reproduction import Reproduction
from openended.core.selection import Population
from openended.core.training import active, train
from openended.core.transfer import Transfers
from tests.support.altered import altered
from tests.support.scripted import agents, best_agents, generation, outcomes, pairs, scripted

PARAMS = Params(
    criterion=Bounds(50, 300, 230),
    reproduction=Reproduction(children=4, threshold=200, novelty_neighbours=2),
    active=Population(count=3),
)


def both(place, value):
    """What the agents 0 and 1, whichever is the parent's, reach at a place."""
    return {(place, 0): value, (place, 1): value}


def test_a_reproduction_by_hand():
    """Pairs at 0, 3 and 8; the last is no parent. Children at 3 (active already), 5, 7 and 12 (too hard).

    Distances to the two nearest of 0, 3, 8: 5 -> (2 + 3) / 2 = 2.5, 7 -> (1 + 4) / 2 = 2.5; so the elder, 5, is first.
    """
    returns = both(5, 60.0) | both(7, 70.0) | both(12, 49.9) | {(5, 2): 80.0, (5, 102): 90.0, (5, 101): 85.0}
    made = generation(PARAMS, [0, 3, 8], [210.0, 205.0, 199.9], returns, [3, 5, 7, 12])
    reproduce(made, distances)
    assert outcomes(made) == {3: "duplicate", 5: "admitted", 7: "not chosen", 12: "too hard"}
    assert {made.task(id).parent for id in range(3, 7)} <= {0, 1}
    child, memory = made.pair(4), made.learner(made.pair(4)).memory
    assert (child.best_fitness, child.origin, child.active, child.admitted) == (90.0, 2, True, 10)
    assert (agents(made), best_agents(made)) == ([0, 1, 2, 102], [0, 1, 2, 102])
    assert (memory["t"], memory["learning_rate"], memory["sigma"]) == (0, 0.01, 0.1)
    assert [made.pair(task).retired for task in (0, 1, 2, 4)] == [10, -1, -1, -1]
    assert (made.task(4).score, made.task(5).score, made.task(6).score) == (90.0, 70.0, 49.9)
    assert math.isnan(made.task(3).score)


def test_a_child_that_the_best_agent_masters_gives_its_place_to_the_next():
    returns = both(20, 100.0) | both(9, 100.0) | {(20, 2): 300.1}
    made = generation(PARAMS, [0, 3, 8], [210.0, 205.0, 0.0], returns, [20, 9, 9, 0])
    reproduce(made, distances)
    assert outcomes(made)[20] == "too easy"
    assert [made.task(id).outcome for id in (3, 4, 5, 6)] == ["too easy", "admitted", "not chosen", "duplicate"]
    assert made.task(3).score == 300.1


def test_two_children_of_one_name_are_never_both_admitted():
    params = replace(PARAMS, reproduction=replace(PARAMS.reproduction, admitted=4))
    made = generation(params, [0], [210.0], both(9, 100.0) | both(12, 100.0), [9, 9, 12, 9])
    reproduce(made, distances)
    assert [made.task(id).outcome for id in (1, 2, 3, 4)] == ["admitted", "duplicate", "admitted", "duplicate"]


def test_novelty_counts_retired_tasks_and_not_the_other_children():
    made = generation(PARAMS, [0, 3, 8], [0.0] * 3, {}, retired=[5, -1, -1])
    children = [replace(made.task(0), id=7, genome=1), replace(made.task(0), id=8, genome=1)]
    assert distances(made, children) == [1.5, 1.5]  # to 0, retired, and 3


def test_only_active_tasks_are_duplicates():
    made = generation(PARAMS, [0, 3], [210.0, 210.0], both(0, 100.0), [0, 3, 3, 3], retired=[4, -1])
    reproduce(made, distances)
    assert [made.task(id).outcome for id in (2, 3)] == ["admitted", "duplicate"]


def test_without_eligible_parents_nothing_is_made_and_nobody_retires():
    made = generation(PARAMS, [0, 3, 8], [199.9, 199.9, -5.0], {}, [1], fitness=[199.9, math.nan, -5.0])
    reproduce(made, distances)
    assert made.counters.tasks_created == 3
    assert made.means.executor.played == []
    assert all(each.active for each in pairs(made))


def test_the_parents_threshold_is_on_what_it_reaches_now():
    made = generation(PARAMS, [0, 3], [250.0, 250.0], {}, [1, 1, 1, 1], fitness=[199.9, 200.0])
    reproduce(made, distances)
    assert {made.task(id).parent for id in range(2, 6)} == {1}


def test_a_child_nobody_gets_a_number_on_is_too_hard():
    made = generation(PARAMS, [0], [250.0], {(5, 0): math.nan}, [5, 5, 5, 5])
    reproduce(made, distances)
    assert set(outcomes(made).values()) == {"too hard"}


def test_without_transfer_a_child_starts_with_its_parents_agent():
    params = replace(PARAMS, transfer=Transfers(every=0))
    made = generation(params, [0, 3], [250.0, 0.0], both(5, 60.0) | {(5, 1): 299.0, (5, 100): 299.0}, [5, 5, 5, 5])
    reproduce(made, distances)
    assert (made.pair(2).origin, made.pair(2).best_fitness, made.means.executor.jobs) == (0, 60.0, [])


def test_targeted_transfer_takes_plain_steps_with_an_optimiser_that_starts_anew():
    made = generation(PARAMS, [0], [250.0], both(5, 60.0) | {(5, 100): 60.0}, [5, 5, 5, 5])
    reproduce(made, distances)
    (job,) = made.means.executor.jobs
    memory = job.learner.memory
    assert (job.plain, job.genomes, memory["learning_rate"], memory["sigma"]) == (True, (5,), 0.01, 0.1)
    assert agents(made) == [0, 0]  # of equals the agent as it is


def test_the_retired_are_tried_on_an_admitted_task_and_the_score_is_kept():
    made = generation(PARAMS, [0, 3], [250.0, 250.0], both(5, 60.0), [5, 5, 5, 5], retired=[4, -1])
    reproduce(made, distances)
    assert [(each.agent, each.task, each.fitness) for each in made.changes().scores] == [(0, 2, 60.0)]


def test_retirement_by_hand():
    made = generation(PARAMS, [0, 1, 2, 3, 4], [0.0] * 5, {}, retired=[3, -1, -1, -1, -1])
    retire(made, 2)
    assert [each.retired for each in pairs(made)] == [3, 10, 10, -1, -1]
    assert [each.active for each in pairs(made)] == [False, False, False, True, True]
    assert len(pairs(made)) == 5


def test_training_by_hand():
    made = generation(PARAMS, [0, 3, 8], [5.0, 50.0, 1.0], {(0, 100): 7.0, (3, 101): 40.0}, retired=[-1, -1, 2])
    train(made)
    one, two, three = pairs(made)
    assert (one.fitness, one.best_fitness, made.learner(one).steps) == (7.0, 7.0, 1)
    assert (two.fitness, two.best_fitness, two.recent) == (40.0, 50.0, ())
    assert (agents(made), best_agents(made)) == ([100, 101, 2], [100, 1, 2])
    assert made.changes().counters.elites_found == 3 + 1
    assert three is made.before.pairs[2]
    assert made.means.executor.played == [
        (0, 100),
        (3, 101),
    ]  # each of them once: the reference runs five equal episodes


def test_the_last_five_fitnesses_are_remembered():
    made = generation(PARAMS, [0], [5.0], {(0, 100): 7.0}, recent=[(1.0, 2.0, 3.0, 4.0, 5.0)])
    train(made, recent=5)
    assert made.pair(0).recent == (2.0, 3.0, 4.0, 5.0, 7.0)


def test_a_transfer_phase_by_hand():
    """Now at 10, 20, 30. On task 0 agent 1 reaches 11, after a step 9; on task 1 agent 2 reaches 21 and after a step
    22; on task 2 agent 0 reaches 30, which is no more than the incumbent.
    """
    returns = {(0, 1): 11.0, (0, 101): 9.0, (3, 2): 21.0, (3, 102): 22.0, (8, 0): 30.0}
    made = generation(PARAMS, [0, 3, 8], [10.0, 99.0, 30.0], returns, fitness=[10.0, 20.0, 30.0])
    transfer(made)
    assert [(each.fitness, each.origin) for each in pairs(made)] == [(11.0, 1), (22.0, 2), (30.0, -1)]
    assert (agents(made), best_agents(made)) == ([1, 102, 2], [1, 1, 2])
    assert made.pair(1).best_fitness == 99.0
    assert made.pair(0).best_fitness == 11.0
    assert len(made.changes().transfers) == 12
    accepted = [
        (each.kind, each.source, each.target, each.incumbent) for each in made.changes().transfers if each.accepted
    ]
    assert accepted == [("direct", 1, 0, 10.0), ("proposal", 2, 1, 20.0)]
    assert made.learner(made.pair(0)).memory.keys() == {"m", "v", "t", "learning_rate", "sigma"}  # it begins anew
    assert made.learner(made.pair(2)) is made.before.learners[2]


def test_all_transfers_of_a_phase_start_from_the_agents_before_it():
    made = generation(PARAMS, [0, 3], [10.0, 10.0], {(0, 1): 50.0, (3, 0): 60.0})
    transfer(made)
    assert agents(made) == [1, 0]


def test_proposals_step_with_the_targets_own_optimiser_and_leave_it():
    made = generation(PARAMS, [0, 3], [10.0, 10.0], {})
    transfer(made)
    jobs = made.means.executor.jobs
    assert [(job.learner.id, job.learner.agent[0], job.plain) for job in jobs] == [(1, 0, False), (0, 1, False)]
    assert all(job.learner.memory is made.before.learners[job.learner.id].memory for job in jobs)
    assert made.altered() == []


def test_an_incumbent_without_a_number_gives_way_and_a_candidate_without_one_never_wins():
    made = generation(PARAMS, [0, 3], [10.0, 10.0], {(0, 1): -50.0, (3, 0): math.nan}, fitness=[math.nan, 10.0])
    transfer(made)
    assert agents(made) == [1, 1]


def test_the_lone_pair_of_the_beginning_has_nobody_to_exchange_with():
    made = generation(PARAMS, [0], [10.0], {})
    transfer(made)
    assert made.changes().transfers == ()


def test_the_retired_take_no_part_in_transfers():
    made = generation(PARAMS, [0, 3, 8], [1.0, 1.0, 1.0], {(3, 0): 99.0, (0, 1): 99.0}, retired=[3, -1, -1])
    transfer(made)
    assert {(each.source, each.target) for each in made.changes().transfers} == {(1, 2), (2, 1)}


def test_a_domain_without_features_is_known_by_text_and_descriptor():
    made = generation(PARAMS, [4], [0.0], {}, domain=altered(scripted(), tasks={"features": None}))
    assert name(made, 4) == sha256(b"4").hexdigest()
    assert made.archive.features_of(made.task(0)).tolist() == [0.2]
    assert made.archive.features.tolist() == [[0.2]]


def test_novelty_by_hand():
    known = np.array([[0.0, 0.0], [3.0, 4.0], [6.0, 8.0]])
    assert novelty(np.array([0.0, 0.0]), known, 5) == 5.0


@pytest.mark.parametrize(("count", "left"), [(1, [4]), (5, [0, 1, 2, 3, 4]), (9, [0, 1, 2, 3, 4])])
def test_any_number_may_stay(count, left):
    made = generation(PARAMS, range(5), [0.0] * 5, {})
    retire(made, count)
    assert [each.task for each in active(made)] == left
