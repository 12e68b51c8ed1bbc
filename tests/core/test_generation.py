"""A generation in the making: rows on top of a state, costs, elites; the state after it."""

import math
from dataclasses import replace

import numpy as np
import pytest

from openended.core.algorithms.poet import Params
from openended.core.evaluation import Trial
from openended.core.states import after
from openended.core.types import Changes, Counters, Score, State
from openended.core.work import Cost
from tests.support.handmade import elite, learner, pair, plain, state, task
from tests.support.scripted import agents, best_agents, generation, pairs

AGENT = np.full(4, 77, np.float32)


def test_costs_add_up_in_the_counters():
    made = generation(Params(), [0, 3], [1.0, 2.0], {(0, 1): math.nan})
    made.evaluate([Trial(made.task(0), made.agent(made.pair(1)))] * 2, "criterion")
    made.spend(Cost(evaluations=5, env_steps=40, degenerate=1))
    assert made.counters == Counters(
        evaluations=7, env_steps=42, nonfinite=2, degenerate=1, tasks_created=2, elites_found=2
    )


def test_rows_lie_on_top_of_the_state_which_stays_as_it_was():
    made = generation(Params(), [0, 3], [1.0, 2.0], {})
    before = plain(made.before)
    made.put(replace(made.pair(1), fitness=9.0), learner(1, steps=4))
    made.add(task(2, (7.0,), niche=5, genome=7))
    made.begin(2, learner(2), AGENT, 55.0, origin=1)
    assert [each.fitness for each in pairs(made)] == [1.0, 9.0, 55.0]
    assert [made.learner(each).steps for each in pairs(made)] == [0, 4, 0]
    assert (agents(made), best_agents(made)) == ([0, 1, 2], [0, 1, 77])
    assert plain(made.before) == before


def test_a_new_pair_has_an_elite_of_its_own_even_where_nobody_got_a_number():
    made = generation(Params(), [0], [1.0], {})
    made.add(task(1, (3.0,), genome=3))
    made.begin(1, learner(1), AGENT, math.nan, origin=0)
    (found,) = made.changes().elites
    assert (found.id, found.task, found.generation, found.fitness, found.origin) == (1, 1, 10, -100.0, 0)
    assert (made.pair(1).elite, made.pair(1).best_fitness) == (1, -100.0)
    assert math.isnan(made.pair(1).fitness)


def test_an_elite_is_named_once_a_generation_and_the_best_of_it_stays():
    made = generation(Params(), [0, 3], [1.0, 2.0], {}, origin=[-1, 0])
    for value in (5.0, 4.0, 8.0):
        made.put(made.improved(made.pair(1), np.full(4, value, np.float32), value))
    (found,) = made.changes().elites
    assert (found.id, found.task, found.fitness, found.origin, found.agent.tolist()) == (2, 1, 8.0, 0, [8.0] * 4)
    assert (made.pair(1).elite, made.pair(1).best_fitness, made.pair(1).fitness) == (2, 8.0, 8.0)
    assert made.counters.elites_found == 3
    assert best_agents(made) == [0, 8]


def test_the_elite_that_came_with_a_task_is_kept_beside_a_better_one_from_elsewhere_in_the_same_generation():
    made = generation(Params(), [0, 3], [1.0, 2.0], {})
    made.add(task(2, (7.0,), genome=7))
    made.begin(2, learner(2), AGENT, 5.0, origin=0)
    made.put(made.improved(replace(made.pair(2), origin=1), AGENT, 6.0))
    made.put(made.improved(replace(made.pair(1), origin=2), AGENT, 7.0))
    made.put(made.improved(replace(made.pair(1), origin=0), AGENT, 8.0))
    changes = made.changes()
    assert [(each.id, each.task, each.origin) for each in changes.elites] == [(2, 2, 0), (3, 2, 1), (4, 1, 0)]
    assert (made.pair(2).elite, made.counters.elites_found) == (3, 5)
    assert sorted(after(made.before, changes).elites) == [0, 3, 4]


@pytest.mark.parametrize("fitness", [2.0, 1.9, math.nan])
def test_what_is_no_better_finds_no_elite(fitness):
    made = generation(Params(), [0], [2.0], {})
    after = made.improved(made.pair(0), AGENT, fitness)
    assert (after.elite, after.best_fitness) == (0, 2.0)
    assert made.changes().elites == ()


def test_a_pair_without_elite_has_no_best_agent():
    made = generation(Params(), [0], [0.0], {}, elite=[None])
    with pytest.raises(LookupError, match="task 0 has no elite"):
        made.best_agent(made.pair(0))


def test_changes_come_in_the_order_of_ids():
    made = generation(Params(), [0, 3], [1.0, 2.0], {})
    for id in (3, 2):
        made.add(task(id, (7.0,), genome=7))
    made.put(made.improved(made.pair(1), AGENT, 9.0), learner(1))
    made.put(made.improved(made.pair(0), AGENT, 9.0), learner(0))
    changes = made.changes(best=1.5)
    assert [each.id for each in changes.tasks] == [2, 3]
    assert [each.task for each in changes.pairs] == [each.id for each in changes.learners] == [0, 1]
    assert [(each.id, each.task) for each in changes.elites] == [(2, 1), (3, 0)]
    assert changes.counters.tasks_created == 4
    assert changes.metrics == {"best": 1.5}


def test_scores_of_a_task_that_was_not_admitted_are_not_kept():
    made = generation(Params(), [0, 3], [1.0, 2.0], {(9, 0): 4.0, (3, 0): 5.0}, retired=[2, -1])
    child = task(2, (9.0,), genome=9)
    assert made.score([made.pair(0), made.pair(1)], [child, made.task(1)]).tolist() == [[4.0, -90.0], [5.0, -90.0]]
    assert made.changes().scores == (Score(10, 0, 1, 5.0),)


def test_the_state_after_changes_by_hand():
    before = state({0: task(0), 1: task(1)}, {0: pair(0), 1: pair(1)})
    changes = Changes(
        generation=10,
        tasks=(task(2), task(3, outcome="too hard")),
        pairs=(pair(1, 5.0, elite=2), pair(2, 6.0, elite=3)),
        learners=(learner(2),),
        elites=(elite(2, 1), elite(3, 2)),
        counters=Counters(tasks_created=4),
        scores=(Score(10, 0, 2, 7.0),),
        arrays={"edges": np.arange(3)},
    )
    found = after(before, changes)
    assert list(found.tasks) == list(found.pairs) == list(found.learners) == [0, 1, 2]  # nor the task that was too hard
    assert list(found.elites) == [0, 2, 3]  # nor the elite that was surpassed
    assert found.pairs[1] is changes.pairs[0]
    assert (found.generation, found.counters, found.scores) == (10, changes.counters, {(0, 2): 7.0})
    assert found.arrays["edges"] is changes.arrays["edges"]
    assert after(State(-1), Changes(0)) == State(0)
