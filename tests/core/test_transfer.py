import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from openended.core.transfer import Attempt, Params, adopt, close_calls, records, winners
from tests.support.handmade import pair

AGENT = np.zeros(4, np.float32)
PAIRS = {0: pair(0, 100.0), 1: pair(1, 100.0), 2: pair(2, 100.0)}
attempts = st.lists(
    st.builds(
        Attempt,
        st.integers(3, 6),
        st.integers(0, 2),
        st.just(AGENT),
        st.sampled_from([80, 99, 100, 101, 106, math.nan]),
    ),
    unique_by=lambda attempt: (attempt.source, attempt.target),
)


def attempt(source, target, fitness):
    return Attempt(source, target, AGENT, fitness)


def ends(attempts):
    return [(attempt.source, attempt.target) for attempt in attempts]


def test_the_best_attempt_on_each_task_takes_over_if_it_beats_the_incumbent():
    tried = [
        attempt(1, 0, 101.0),
        attempt(2, 0, 130.0),
        attempt(0, 1, 99.0),
        attempt(2, 1, 100.0),
        attempt(0, 2, 120.0),
    ]
    assert ends(winners(tried, PAIRS, 0.0)) == [(2, 0), (0, 2)]


def test_the_margin_must_be_exceeded():
    assert winners([attempt(1, 0, 105.0)], PAIRS, 5.0) == []
    assert ends(winners([attempt(1, 0, 105.001)], PAIRS, 5.0)) == [(1, 0)]


def test_among_equal_attempts_the_lowest_source_wins():
    assert ends(winners([attempt(2, 0, 120.0), attempt(1, 0, 120.0)], PAIRS, 0.0)) == [(1, 0)]


def test_what_is_not_a_number_never_wins():
    assert winners([attempt(1, 0, math.nan)], PAIRS, 0.0) == []
    assert close_calls([attempt(1, 0, math.nan)], PAIRS, Params(close=1e9)) == []


def test_only_the_best_near_miss_on_a_task_that_nobody_won_is_a_close_call():
    tried = [attempt(1, 0, 60.0), attempt(2, 0, 90.0), attempt(0, 1, 49.0), attempt(0, 2, 120.0), attempt(1, 2, 99.0)]
    assert ends(close_calls(tried, PAIRS, Params(close=50.0))) == [(2, 0)]
    assert ends(close_calls(tried, PAIRS, Params(close=51.0))) == [(2, 0), (0, 1)]


def test_adoption_replaces_agent_and_optimiser_and_remembers_where_it_came_from():
    old, fresh = pair(0, 100.0, visits=7, es_steps=9, progress=2.0), pair(5).optimiser
    new = adopt(old, attempt(2, 0, 120.0), fresh)
    assert new.agent is AGENT
    assert new.best_agent is AGENT
    assert (new.fitness, new.best_fitness, new.origin) == (120.0, 120.0, 2)
    assert new.optimiser is fresh
    assert (new.task, new.niche, new.visits, new.es_steps) == (0, 0, 7, 9)


def test_every_attempt_is_recorded_with_its_incumbent():
    tried = [attempt(1, 0, 120.0), attempt(2, 0, 110.0)]
    rows = records(tried, winners(tried, PAIRS, 0.0), PAIRS, 8, "direct")
    assert [(row.generation, row.source, row.target, row.kind, row.fitness, row.incumbent) for row in rows] == [
        (8, 1, 0, "direct", 120.0, 100.0),
        (8, 2, 0, "direct", 110.0, 100.0),
    ]
    assert [row.accepted for row in rows] == [True, False]


@given(attempts, st.sampled_from([0.0, 5.0]))
def test_acceptance_laws(attempts, margin):
    won = winners(attempts, PAIRS, margin)
    close = close_calls(attempts, PAIRS, Params(margin=margin, close=10.0))
    assert len({each.target for each in won}) == len(won)
    assert all(each.fitness > 100 + margin for each in won)
    assert {each.target for each in attempts if each.fitness > 100 + margin} == {each.target for each in won}
    assert not {each.target for each in close} & {each.target for each in won}
    assert all(90 <= each.fitness <= 100 + margin for each in close)
    assert ends(winners(attempts[::-1], PAIRS, margin)) == ends(won)
