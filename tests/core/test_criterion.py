import math

import pytest

from openended.core.criterion import Bounds, judge


@pytest.mark.parametrize(
    ("score", "verdict"),
    [
        (49.999, "too hard"),
        (50.0, "ok"),
        (170.0, "ok"),
        (300.0, "ok"),
        (300.001, "too easy"),
        (math.nan, "too hard"),
        (-math.inf, "too hard"),
        (math.inf, "too easy"),
    ],
)
def test_the_verdict_on_a_score(score, verdict):
    assert judge(score, Bounds(low=50, high=300)) == verdict


@pytest.mark.parametrize(("low", "high"), [(2.0, 1.0), (math.nan, 1.0), (1.0, math.nan)])
def test_bounds_that_admit_nothing_are_refused(low, high):
    with pytest.raises(ValueError, match="low must not exceed high"):
        Bounds(low=low, high=high)
