import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openended.core.measures.proportions import Z, wilson


@pytest.mark.parametrize(
    ("successes", "cases", "low", "high"),
    [(10, 20, 0.2993, 0.7007), (0, 10, 0.0, 0.2775), (1, 1, 0.2065, 1.0), (81, 263, 0.2553, 0.3662)],
)
def test_published_intervals(successes, cases, low, high):
    """The last one is that of Newcombe (1998), Two-Sided Confidence Intervals for the Single Proportion."""
    found = wilson(successes, cases)
    assert (found.value, found.low, found.high) == pytest.approx((successes / cases, low, high), abs=5e-5)


@given(st.integers(1, 10**6).flatmap(lambda cases: st.tuples(st.integers(0, cases), st.just(cases))))
def test_the_ends_are_those_shares_whose_own_deviation_reaches_the_one_seen(counts):
    successes, cases = counts
    found = wilson(successes, cases)
    assert 0 <= found.low <= found.value <= found.high <= 1
    for end in (found.low, found.high):
        assert abs(found.value - end) == pytest.approx(Z * math.sqrt(end * (1 - end) / cases), abs=1e-7)


@pytest.mark.parametrize("counts", [(0, 0), (2, 1), (-1, 3)])
def test_what_is_no_share_is_refused(counts):
    with pytest.raises(ValueError, match="is no share"):
        wilson(*counts)
