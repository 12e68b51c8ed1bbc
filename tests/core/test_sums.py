import math

from hypothesis import given
from hypothesis import strategies as st

from openended.core.sums import ExactSum

numbers = st.lists(
    st.one_of(
        st.floats(-1e300, 1e300), st.floats(-1e3, 1e3), st.sampled_from([5e-324, -1e-310, 0.0, -0.0, 1e16, -1e16])
    ),
    max_size=20,
)


@given(numbers, numbers)
def test_what_is_left_is_summed_as_by_fsum_whatever_was_taken_out(left, taken):
    found = ExactSum()
    for value in [*taken, *left]:
        found.add(value)
    for value in reversed(taken):
        found.remove(value)
    assert float(found) == math.fsum(left)


def test_small_terms_are_not_lost_beside_large_ones():
    found = ExactSum()
    for value in (1e16, 1.0, 1.0):
        found.add(value)
    found.remove(1e16)
    assert float(found) == 2.0
