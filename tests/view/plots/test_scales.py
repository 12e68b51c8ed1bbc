"""Scales of colours, and the place of square pictures."""

import math

import pytest

from openended.view.plots.quantities import scaled
from openended.view.plots.thumbnail import fitted


def test_a_scale_has_room_on_a_side_of_its_mark_without_values():
    assert scaled({0: 200.0, 1: 215.0}, "fitness", 230.0).high >= 280
    assert scaled({0: 240.0, 1: 250.0}, "fitness", 230.0).low <= 180


def test_a_scale_ends_where_values_end_if_they_are_on_either_side_of_its_mark():
    scale = scaled({0: 200.0, 1: 240.0}, "fitness", 230.0)
    assert (scale.low, scale.high) == (200, 240)
    assert scaled({0: 0.3, 1: 1.0}, "fitness", 0.995).high == 1.0


def test_a_scale_of_small_values_is_small():
    scale = scaled({0: 0.0, 1: 0.98, 2: math.nan}, "fitness", 0.05)
    assert (scale.low, scale.high) == pytest.approx((0.0, 1.0))


def test_a_scale_without_a_mark_begins_at_zero():
    assert scaled({0: 3.0, 1: 9.0}, "age").low == 0


def test_a_square_stands_in_the_middle_of_a_box():
    assert fitted((0.0, 4.0, 0.0, 1.0), 4.0) == (1.5, 2.5, 0.0, 1.0)
    assert fitted((0.0, 1.0, 0.0, 4.0), 0.25) == (0.0, 1.0, 1.5, 2.5)
    assert fitted((0.0, 2.0, 0.0, 2.0), 1.0) == (0.0, 2.0, 0.0, 2.0)
