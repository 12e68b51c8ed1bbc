import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from openended.core.drawing import draw, draw_one, draw_with_replacement
from openended.core.keys import generator

weights = st.lists(st.floats(0, 1e6), min_size=1, max_size=8)


@given(weights, st.integers(0, 10), st.integers(0, 2**64 - 1))
def test_a_draw_never_repeats_and_takes_all_there_are(weights, count, key):
    drawn = draw(weights, count, generator(key))
    assert len(drawn) == len(set(drawn)) == min(count, len(weights))
    assert set(drawn) <= set(range(len(weights)))


@given(weights, st.integers(0, 2**64 - 1))
def test_what_weighs_nothing_is_drawn_last(weights, key):
    drawn = draw(weights, len(weights), generator(key))
    heavy = sum(weight > 0 for weight in weights)
    assert all(weights[index] > 0 for index in drawn[:heavy])


def test_draws_follow_the_weights():
    stream = generator(5)
    counts = np.bincount([draw_one([1.0, 0.0, 3.0], stream) for _ in range(4000)], minlength=3)
    assert counts[1] == 0
    assert counts[2] == pytest.approx(3000, abs=120)


def test_weights_that_are_all_zero_are_drawn_uniformly():
    stream = generator(5)
    counts = np.bincount([draw_one([0.0] * 4, stream) for _ in range(4000)], minlength=4)
    assert counts.tolist() == pytest.approx([1000] * 4, abs=120)


@given(weights, st.integers(0, 10), st.integers(0, 2**64 - 1))
def test_draws_with_replacement_are_single_draws_one_after_the_other(weights, count, key):
    stream = generator(key)
    drawn = draw_with_replacement(weights, count, generator(key)).tolist()
    assert drawn == [draw_one(weights, stream) for _ in range(count)]
