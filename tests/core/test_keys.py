import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from openended.core.keys import generator, key

numbers = st.integers(-(2**70), 2**70)
names = st.tuples(numbers, numbers, st.text(), st.lists(numbers, max_size=3))


def test_a_key_is_the_same_on_every_machine():
    assert key(1, 2, "es", 3) == 5278127093480687902


def test_a_generator_starts_the_same_stream_every_time():
    assert generator(7).integers(2**64, size=3, dtype=np.uint64).tolist() == [
        16086915834549238692,
        5448529601018347655,
        7749434361382612120,
    ]


@given(names, names)
def test_different_names_have_different_keys(first, second):
    def named(name):
        seed, generation, purpose, ids = name
        return key(seed, generation, purpose, *ids)

    assert 0 <= named(first) < 2**64
    assert (named(first) == named(second)) == (first == second)


def test_a_name_cannot_be_forged_by_moving_its_parts():
    assert len({key(1, 23, "a", 4), key(12, 3, "a", 4), key(1, 2, "3, a", 4), key(1, 23, "a, 4"), key(1, 23, "a")}) == 5


def test_numpy_integers_name_the_same_stream_as_plain_ones():
    assert key(np.int64(1), np.int32(2), "es", np.uint64(3)) == key(1, 2, "es", 3)
