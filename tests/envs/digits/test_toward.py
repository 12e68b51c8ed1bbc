"""The path from one exercise to another."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from openended.envs.digits import draws

KEYS = st.integers(0, 2**64 - 1)


@settings(max_examples=50, deadline=None)
@given(KEYS, KEYS, st.integers(1, 3))
def test_a_path_goes_digit_by_digit_and_arrives(one, other, digits):
    here, target = draws.random(one), replace(draws.random(other), digits=digits)
    for _ in range(8):
        if here == target:
            break
        before, here = here, draws.toward(here, target)
        assert abs(before.digits - here.digits) <= 1
        assert abs(here.digits - digits) == max(0, abs(before.digits - digits) - 1)
    assert here == target == draws.toward(target, target)
