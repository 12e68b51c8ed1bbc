import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from openended.core.algorithms.map_elites import Params, exchange, transfer
from openended.core.transfer import Attempt, Exchange, best_attempts, settle
from tests.support.scripted import HOPELESS, agents, best_agents, generation, pairs

PLACES = (0, 3, 8)
SIX = [(source, target) for target in range(3) for source in range(3) if source != target]
values = st.sampled_from([80.0, 99.0, 100.0, 101.0, 106.0, math.nan])
attempts = st.dictionaries(st.sampled_from(SIX), values)


def made(margin=0.0, returns=None, **settings):
    """Three pairs whose best fitness is 100."""
    params = Params(transfer=Exchange(margin=margin, neighbours=2, **settings))
    return generation(params, PLACES, [100.0] * 3, returns or {})


def attempt(source, target, fitness):
    return Attempt(source, target, np.full(4, source, np.float32), fitness)


def won(tried, margin=0.0):
    """From where the winners of some attempts came, by target."""
    here = made(margin)
    targets = exchange(here, "direct", tried)
    rows = here.changes().transfers
    assert {row.target for row in rows if row.accepted} == targets
    assert [(row.source, row.target, row.fitness) for row in rows] == [
        (each.source, each.target, each.fitness) for each in tried
    ]
    return {row.target: row.source for row in rows if row.accepted}


def test_the_best_attempt_on_each_task_takes_over_if_it_beats_the_incumbent():
    tried = [
        attempt(1, 0, 101.0),
        attempt(2, 0, 130.0),
        attempt(0, 1, 99.0),
        attempt(2, 1, 100.0),
        attempt(0, 2, 120.0),
    ]
    assert won(tried) == {0: 2, 2: 0}


def test_the_margin_must_be_exceeded():
    assert won([attempt(1, 0, 105.0)], margin=5.0) == {}
    assert won([attempt(1, 0, 105.001)], margin=5.0) == {0: 1}


def test_among_equal_attempts_the_lowest_source_wins():
    assert won([attempt(2, 0, 120.0), attempt(1, 0, 120.0)]) == {0: 1}


def test_what_is_not_a_number_never_wins_and_is_no_close_call():
    assert won([attempt(1, 0, math.nan)]) == {}
    here = made(returns={(place, agent): math.nan for place in PLACES for agent in range(3)}, close=1e9)
    transfer(here)
    assert here.means.executor.jobs == []


@pytest.mark.parametrize(("close", "expected"), [(50.0, [(2, 0)]), (51.0, [(2, 0), (0, 1)])])
def test_only_the_best_near_miss_on_a_task_that_nobody_won_is_proposed(close, expected):
    returns = {(0, 1): 60.0, (0, 2): 90.0, (3, 0): 49.0, (8, 0): 120.0, (8, 1): 99.0}
    here = made(returns=returns, close=close)
    transfer(here)
    rows = here.changes().transfers
    assert [(row.source, row.target) for row in rows if row.accepted] == [(0, 2)]
    assert [(row.source, row.target) for row in rows if row.kind == "proposal"] == expected
    assert [(job.learner.id, job.learner.agent[0]) for job in here.means.executor.jobs] == [
        (target, source) for source, target in expected
    ]


def test_proposals_can_be_switched_off_and_win_by_what_they_reach_after_a_step():
    returns = {(0, 2): 90.0, (0, 102): 104.0}
    here = made(returns=returns)
    transfer(here)
    assert (agents(here), best_agents(here)) == ([102, 1, 2], [102, 1, 2])
    assert (here.pair(0).best_fitness, here.pair(0).origin) == (104.0, 2)
    without = made(returns=returns, proposals=False)
    transfer(without)
    assert (agents(without), without.means.executor.jobs) == ([0, 1, 2], [])


def test_an_adopted_agent_begins_a_new_optimisation_and_its_origin_is_remembered():
    here = generation(Params(), PLACES, [100.0] * 3, {}, visits=[7, 0, 0], potential=[2.0, 0.0, 0.0])
    steps = here.before.learners[0].steps
    settle(here, {"direct": [attempt(2, 0, 120.0)]}, [attempt(2, 0, 120.0)], {0: 100.0}, memory=0.25)
    new, learner = here.pair(0), here.learner(here.pair(0))
    assert (agents(here), best_agents(here)) == ([2, 1, 2], [2, 1, 2])
    assert (new.fitness, new.best_fitness, new.origin) == (120.0, 120.0, 2)
    assert (learner.id, learner.steps, learner.memory["t"], learner.memory["sigma"]) == (0, steps, 0, 0.1)
    assert (new.task, new.niche, new.visits) == (0, 0, 7)
    assert new.potential == 0.75 * 2.0 + 0.25 * 20.0
    (found,) = here.changes().elites
    assert (found.task, found.fitness, found.origin) == (0, 120.0, 2)


def test_an_agent_that_takes_over_without_a_record_leaves_elite_and_progress():
    """POET compares with what an agent reaches now, so a winner may lie below the best ever found."""
    here = generation(Params(), PLACES, [100.0] * 3, {}, potential=[2.0, 0.0, 0.0])
    settle(here, {"direct": []}, [attempt(2, 0, 60.0)], {}, memory=0.25)
    assert (agents(here), best_agents(here)) == ([2, 1, 2], [0, 1, 2])
    assert (here.pair(0).fitness, here.pair(0).best_fitness, here.pair(0).potential) == (60.0, 100.0, 1.5)
    assert here.changes().elites == ()


def test_every_attempt_is_recorded_with_its_incumbent_and_counted():
    here = made()
    exchange(here, "direct", [attempt(1, 0, 120.0), attempt(2, 0, 110.0)])
    rows = here.changes().transfers
    assert [(row.generation, row.source, row.target, row.kind, row.fitness, row.incumbent) for row in rows] == [
        (10, 1, 0, "direct", 120.0, 100.0),
        (10, 2, 0, "direct", 110.0, 100.0),
    ]
    assert [row.accepted for row in rows] == [True, False]
    assert (here.counters.transfers_tried, here.counters.transfers_accepted) == (2, 1)


@given(attempts, st.sampled_from([0.0, 5.0]))
def test_acceptance_laws(table, margin):
    tried = [attempt(source, target, fitness) for (source, target), fitness in table.items()]
    found = won(tried, margin)
    assert found.keys() == {target for (_, target), fitness in table.items() if fitness > 100 + margin}
    assert all(table[source, target] > 100 + margin for target, source in found.items())
    assert found == won(tried[::-1], margin)
    best = {each.target: each.fitness for each in best_attempts(tried)}
    assert all(not fitness > best[target] for (_, target), fitness in table.items() if not math.isnan(fitness))


@given(attempts, st.sampled_from([0.0, 5.0]))
def test_close_calls_are_the_best_of_those_that_nobody_won_and_none_of_the_hopeless(table, margin):
    here = made(margin, {(PLACES[target], source): fitness for (source, target), fitness in table.items()}, close=10.0)
    transfer(here)
    rows = here.changes().transfers
    full = {six: table.get(six, HOPELESS) for six in SIX}
    assert {(row.source, row.target) for row in rows if row.kind == "direct"} == set(SIX)
    proposed = [(row.source, row.target) for row in rows if row.kind == "proposal"]
    beaten = {row.target for row in rows if row.accepted}
    assert len({target for _, target in proposed}) == len(proposed)
    assert not {target for _, target in proposed} & beaten
    assert all(90 <= full[each] <= 100 + margin for each in proposed)
    assert {target for _, target in proposed} | beaten == {
        target for (_, target), fitness in full.items() if fitness >= 90
    }
    assert len(pairs(here)) == 3
