"""POET's operators against examples worked out by hand."""

import math
from dataclasses import replace

import numpy as np
import pytest

from openended.core import population
from openended.core.algorithms.poet import Params, distances, transfer
from openended.core.criterion import Params as Criterion
from openended.core.learners import es
from openended.core.novelty import novelty
from openended.core.population import Active, Exchange, Reproduction, features, name, reproduce, retire, train
from openended.core.types import StepJob
from tests.support.altered import altered
from tests.support.scripted import draft, outcomes

PARAMS = Params(
    criterion=Criterion(50, 300, 230),
    reproduction=Reproduction(children=4, threshold=200, novelty_neighbours=2),
    active=Active(count=3),
)


def niche(descriptor):
    return int(descriptor[0])


def both(place, value):
    """What the agents 0 and 1, whichever is the parent's, reach at a place."""
    return {(place, 0): value, (place, 1): value}


def test_a_reproduction_by_hand():
    """Pairs at 0, 3 and 8; the last is no parent. Children at 3 (active already), 5, 7 and 12 (too hard).

    Distances to the two nearest of 0, 3, 8: 5 -> (2 + 3) / 2 = 2.5, 7 -> (1 + 4) / 2 = 2.5; so the elder, 5, is first.
    """
    returns = both(5, 60.0) | both(7, 70.0) | both(12, 49.9) | {(5, 2): 80.0, (5, 102): 90.0, (5, 101): 85.0}
    made = draft(PARAMS, [0, 3, 8], [210.0, 205.0, 199.9], returns, [3, 5, 7, 12])
    reproduce(made, PARAMS, niche, distances)
    assert outcomes(made) == {3: "duplicate", 5: "admitted", 7: "not chosen", 12: "too hard"}
    assert {made.tasks[id].parent for id in range(3, 7)} <= {0, 1}
    child = made.pairs[4]
    assert (child.agent[0], child.best_fitness, child.origin, child.active, child.admitted) == (102, 90.0, 2, True, 10)
    assert (child.optimiser.t, child.optimiser.learning_rate, child.optimiser.sigma) == (0, 0.01, 0.1)
    assert [made.pairs[task].retired for task in (0, 1, 2, 4)] == [10, -1, -1, -1]
    assert (made.tasks[4].score, made.tasks[5].score, made.tasks[6].score) == (90.0, 70.0, 49.9)
    assert math.isnan(made.tasks[3].score)


def test_a_child_that_the_best_agent_masters_gives_its_place_to_the_next():
    returns = both(20, 100.0) | both(9, 100.0) | {(20, 2): 300.1}
    made = draft(PARAMS, [0, 3, 8], [210.0, 205.0, 0.0], returns, [20, 9, 9, 0])
    reproduce(made, PARAMS, niche, distances)
    assert outcomes(made)[20] == "too easy"
    assert [made.tasks[id].outcome for id in (3, 4, 5, 6)] == ["too easy", "admitted", "not chosen", "duplicate"]
    assert made.tasks[3].score == 300.1


def test_two_children_of_one_name_are_never_both_admitted():
    params = replace(PARAMS, reproduction=replace(PARAMS.reproduction, admitted=4))
    made = draft(params, [0], [210.0], both(9, 100.0) | both(12, 100.0), [9, 9, 12, 9])
    reproduce(made, params, niche, distances)
    assert [made.tasks[id].outcome for id in (1, 2, 3, 4)] == ["admitted", "duplicate", "admitted", "duplicate"]


def test_novelty_counts_retired_tasks_and_not_the_other_children():
    made = draft(PARAMS, [0, 3, 8], [0.0] * 3, {}, retired=[5, -1, -1])
    children = [replace(made.tasks[0], id=7, genome=1), replace(made.tasks[0], id=8, genome=1)]
    assert distances(made, children, PARAMS) == [1.5, 1.5]  # to 0, retired, and 3


def test_only_active_tasks_are_duplicates():
    made = draft(PARAMS, [0, 3], [210.0, 210.0], both(0, 100.0), [0, 3, 3, 3], retired=[4, -1])
    reproduce(made, PARAMS, niche, distances)
    assert [made.tasks[id].outcome for id in (2, 3)] == ["admitted", "duplicate"]


def test_without_eligible_parents_nothing_is_made_and_nobody_retires():
    made = draft(PARAMS, [0, 3, 8], [199.9, math.nan, -5.0], {}, [1])
    reproduce(made, PARAMS, niche, distances)
    assert made.counters.tasks_created == 3
    assert made.executor.played == []
    assert all(each.active for each in made.pairs.values())


def test_the_parents_threshold_is_on_what_it_reaches_now():
    made = draft(PARAMS, [0, 3], [250.0, 250.0], {}, [1, 1, 1, 1], fitness=[199.9, 200.0])
    reproduce(made, PARAMS, niche, distances)
    assert {made.tasks[id].parent for id in range(2, 6)} == {1}


def test_a_child_nobody_gets_a_number_on_is_too_hard():
    made = draft(PARAMS, [0], [250.0], {(5, 0): math.nan}, [5, 5, 5, 5])
    reproduce(made, PARAMS, niche, distances)
    assert {each.outcome for id, each in made.tasks.items() if id} == {"too hard"}


def test_without_transfer_a_child_starts_with_its_parents_agent():
    params = replace(PARAMS, transfer=Exchange(every=0))
    made = draft(params, [0, 3], [250.0, 0.0], both(5, 60.0) | {(5, 1): 299.0, (5, 100): 299.0}, [5, 5, 5, 5])
    reproduce(made, params, niche, distances)
    assert (made.pairs[2].origin, made.pairs[2].best_fitness, made.executor.jobs) == (0, 60.0, [])


def test_targeted_transfer_takes_plain_steps_with_an_optimiser_that_starts_anew():
    made = draft(PARAMS, [0], [250.0], both(5, 60.0) | {(5, 100): 60.0}, [5, 5, 5, 5])
    reproduce(made, PARAMS, niche, distances)
    (job,) = made.executor.jobs
    assert (job.plain, job.genome, job.optimiser.learning_rate, job.optimiser.sigma) == (True, 5, 0.01, 0.1)
    assert made.pairs[1].agent[0] == 0  # of equals the agent as it is


def test_the_retired_are_tried_on_an_admitted_task_and_the_score_is_kept():
    made = draft(PARAMS, [0, 3], [250.0, 250.0], both(5, 60.0), [5, 5, 5, 5], retired=[4, -1])
    reproduce(made, PARAMS, niche, distances)
    assert [(each.agent, each.task, each.fitness) for each in made.changes().scores] == [(0, 2, 60.0)]


def test_retirement_by_hand():
    made = draft(PARAMS, [0, 1, 2, 3, 4], [0.0] * 5, {}, retired=[3, -1, -1, -1, -1])
    retire(made, 2)
    assert [each.retired for each in made.pairs.values()] == [3, 10, 10, -1, -1]
    assert [each.active for each in made.pairs.values()] == [False, False, False, True, True]
    assert len(made.tasks) == len(made.pairs) == 5


def test_training_by_hand():
    made = draft(PARAMS, [0, 3, 8], [5.0, 50.0, 1.0], {(0, 100): 7.0, (3, 101): 40.0}, retired=[-1, -1, 2])
    train(made)
    one, two, three = made.pairs.values()
    assert (one.agent[0], one.fitness, one.best_agent[0], one.best_fitness, one.es_steps) == (100, 7.0, 100, 7.0, 1)
    assert (two.agent[0], two.fitness, two.best_agent[0], two.best_fitness, two.recent) == (101, 40.0, 1, 50.0, ())
    assert three is made.before.pairs[2]
    assert made.executor.played == [(0, 100), (3, 101)]  # each of them once: the reference runs five equal episodes


def test_the_last_five_fitnesses_are_remembered():
    made = draft(PARAMS, [0], [5.0], {(0, 100): 7.0}, recent=[(1.0, 2.0, 3.0, 4.0, 5.0)])
    train(made, 5)
    assert made.pairs[0].recent == (2.0, 3.0, 4.0, 5.0, 7.0)


def test_a_transfer_phase_by_hand():
    """Now at 10, 20, 30. On task 0 agent 1 reaches 11, after a step 9; on task 1 agent 2 reaches 21 and after a step
    22; on task 2 agent 0 reaches 30, which is no more than the incumbent.
    """
    returns = {(0, 1): 11.0, (0, 101): 9.0, (3, 2): 21.0, (3, 102): 22.0, (8, 0): 30.0}
    made = draft(PARAMS, [0, 3, 8], [10.0, 99.0, 30.0], returns, fitness=[10.0, 20.0, 30.0])
    transfer(made)
    assert [(each.agent[0], each.fitness, each.origin) for each in made.pairs.values()] == [
        (1, 11.0, 1),
        (102, 22.0, 2),
        (2, 30.0, -1),
    ]
    assert (made.pairs[1].best_fitness, made.pairs[1].best_agent[0]) == (99.0, 1)
    assert made.pairs[0].best_fitness == 11.0
    assert len(made.transfers) == 12
    accepted = [(each.kind, each.source, each.target, each.incumbent) for each in made.transfers if each.accepted]
    assert accepted == [("direct", 1, 0, 10.0), ("proposal", 2, 1, 20.0)]
    assert (made.pairs[0].optimiser.t, made.pairs[2].optimiser) == (0, made.before.pairs[2].optimiser)


def test_all_transfers_of_a_phase_start_from_the_agents_before_it():
    made = draft(PARAMS, [0, 3], [10.0, 10.0], {(0, 1): 50.0, (3, 0): 60.0})
    transfer(made)
    assert [each.agent[0] for each in made.pairs.values()] == [1, 0]


def test_proposals_step_with_the_targets_own_optimiser_and_leave_it():
    made = draft(PARAMS, [0, 3], [10.0, 10.0], {})
    transfer(made)
    assert [job.optimiser is made.before.pairs[1 - round(float(job.agent[0]))].optimiser for job in made.executor.jobs]
    assert all(job.optimiser.t == 0 and not job.plain for job in made.executor.jobs)
    assert made.altered() == ()


def test_an_incumbent_without_a_number_gives_way_and_a_candidate_without_one_never_wins():
    made = draft(PARAMS, [0, 3], [10.0, 10.0], {(0, 1): -50.0, (3, 0): math.nan}, fitness=[math.nan, 10.0])
    transfer(made)
    assert (made.pairs[0].agent[0], made.pairs[1].agent[0]) == (1, 1)


def test_the_lone_pair_of_the_beginning_has_nobody_to_exchange_with():
    made = draft(PARAMS, [0], [10.0], {})
    transfer(made)
    assert made.transfers == []


def test_the_retired_take_no_part_in_transfers():
    made = draft(PARAMS, [0, 3, 8], [1.0, 1.0, 1.0], {(3, 0): 99.0, (0, 1): 99.0}, retired=[3, -1, -1])
    transfer(made)
    assert {(each.source, each.target) for each in made.transfers} == {(1, 2), (2, 1)}


def test_a_domain_without_features_is_known_by_text_and_descriptor():
    made = draft(PARAMS, [4], [0.0], {})
    made.domain = altered(made.domain, tasks={"features": None})
    assert name(made, 4) == "4"
    assert features(made, [made.tasks[0]]).tolist() == [[0.2]]


def test_novelty_by_hand():
    known = np.array([[0.0, 0.0], [3.0, 4.0], [6.0, 8.0]])
    assert novelty(np.array([0.0, 0.0]), known, 5) == 5.0


def test_a_plain_step_by_hand():
    """Two pairs with noise e, returns 4 > 3 > 2 > 1: ranks 1/2, 1/6, -1/6, -1/2. The gradient is the mean of
    (difference of the pair's ranks) * e / sigma, minus the weight decay; the step is the learning rate times that.
    """
    params = es.Params(population=4, learning_rate=0.5, sigma=0.2, weight_decay=0.1)
    agent = np.array([1.0, -2.0, 0.5], np.float32)
    optimiser = replace(es.start(params, 3), m=np.ones(3, np.float32), t=3)
    job = StepJob(None, agent, optimiser, key=5, plain=True)
    asked, _ = es.ask(job, params)
    stepped = es.tell(job, params, asked, np.array([4.0, 2.0, 1.0, 3.0]), 40)
    noise = (asked[0::2] - agent) / 0.2
    gradient = ((1 / 2 + 1 / 6) * noise[0] + (-1 / 2 - 1 / 6) * noise[1]) / 2 / 0.2 - 0.1 * agent
    np.testing.assert_allclose(stepped.agent, agent + 0.5 * gradient, rtol=1e-5)
    assert (stepped.optimiser.m, stepped.optimiser.v) == (optimiser.m, optimiser.v) or (
        np.array_equal(stepped.optimiser.m, optimiser.m) and np.array_equal(stepped.optimiser.v, optimiser.v)
    )


@pytest.mark.parametrize(("count", "left"), [(1, [4]), (5, [0, 1, 2, 3, 4]), (9, [0, 1, 2, 3, 4])])
def test_any_number_may_stay(count, left):
    made = draft(PARAMS, range(5), [0.0] * 5, {})
    retire(made, count)
    assert [each.task for each in population.active(made)] == left
