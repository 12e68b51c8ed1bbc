from hypothesis import given
from hypothesis import strategies as st

from openended.core import selection
from openended.core.keys import generator
from openended.core.selection import Selection
from tests.support.handmade import archive, pair

rows = st.lists(st.tuples(st.floats(-100, 400), st.integers(0, 9), st.floats(0, 50)), min_size=1, max_size=12).map(
    lambda rows: [pair(i, best, visits=visits, potential=gain) for i, (best, visits, gain) in enumerate(rows)]
)


def choose(pairs, settings, high=300, key=1):
    return selection.choose(archive(pairs).rows, settings, high, generator(key))


def test_newcomers_come_first_and_those_with_fewest_visits_before_all():
    pairs = [pair(i, visits=visits, potential=9.0) for i, visits in enumerate([8, 2, 0, 8, 1])]
    assert choose(pairs, Selection(count=2, newcomers=3)) == [2, 4]
    assert choose(pairs, Selection(count=3, newcomers=3)) == [1, 2, 4]


def test_learning_progress_decides_among_the_others():
    pairs = [pair(i, visits=9, potential=gain) for i, gain in enumerate([0.0, 5.0, 0.0, 1.0])]
    assert choose(pairs, Selection(count=2, uniform=0)) == [1, 3]


def test_a_uniform_share_reaches_niches_without_progress():
    pairs = [pair(i, visits=9, potential=float(i == 0)) for i in range(5)]
    drawn = [choose(pairs, Selection(count=1, uniform=0.5), key=key)[0] for key in range(200)]
    assert {0, 1, 2, 3, 4} == set(drawn)
    assert 90 < drawn.count(0) < 150


def test_solved_niches_rest_unless_nothing_else_is_left():
    pairs = [pair(0, 301.0), pair(1, 300.0)]
    assert choose(pairs, Selection(count=2)) == [1]
    assert choose(pairs[:1], Selection(count=2)) == [0]


@given(rows, st.integers(1, 14), st.floats(0, 1), st.integers(0, 2**64 - 1))
def test_as_many_as_allowed_are_chosen_each_once_whatever_their_order(pairs, count, uniform, key):
    settings = Selection(count=count, uniform=uniform)
    chosen = choose(pairs, settings, key=key)
    awake = [row for row in pairs if row.best_fitness <= 300] or pairs
    assert chosen == sorted(set(chosen))
    assert len(chosen) == min(count, len(awake))
    assert set(chosen) <= {row.task for row in awake}
    assert chosen == choose(pairs[::-1], settings, key=key)
