"""Ceilings and conflicts of exercises, against published enumerations and hand-made cases."""

from dataclasses import replace

import pytest

from openended.envs.digits.conflict import ceiling, conflict, guessed
from openended.envs.digits.exercise import Exercise

SUM = ("add", "x", "y")


def sums(bases, digits, below=16, **how):
    return [Exercise(SUM, base, digits, min(base, below), told=False, **how) for base in bases]


@pytest.mark.parametrize(
    ("bases", "below", "digits", "exact", "per_digit"),
    [
        (range(5, 11), 16, 1, 0.688, 0.777),
        (range(5, 11), 16, 2, 0.618, 0.767),
        ((8, 10), 16, 1, 0.860, 0.897),
        ((8, 10), 16, 2, 0.860, 0.914),
        ((8, 10), 8, 1, 0.781, 0.840),
        ((8, 10), 8, 2, 0.658, 0.791),
        ((2, 10), 16, 1, 0.995, 0.995),
    ],
)
def test_ceilings_of_sums_whose_base_is_hidden_are_those_that_were_enumerated_before(
    bases, below, digits, exact, per_digit
):
    assert ceiling(sums(bases, digits, below, seen="hidden")) == pytest.approx((exact, per_digit), abs=0.0006)


def test_a_base_that_is_shown_leaves_nothing_to_guess_and_a_shuffled_one_is_as_good_as_hidden():
    assert ceiling(sums((8, 10), 1, 8)) == pytest.approx((1, 1))
    hidden, shuffled = (ceiling(sums((8, 10), 1, 8, seen=seen)) for seen in ("hidden", "shuffled"))
    assert shuffled == pytest.approx(hidden)


def test_conflict_is_the_share_of_questions_that_both_ask_and_answer_differently():
    eight, ten = sums((8, 10), 1, 8, seen="hidden")
    carrying = sum(x + y >= 8 for x in range(8) for y in range(8)) / 64
    assert conflict(eight, ten) == pytest.approx(carrying)
    assert conflict(eight, ten) == conflict(ten, eight)
    assert conflict(eight, eight) == 0
    assert conflict(*sums((8, 10), 1, 8)) == 0
    wide = replace(ten, below=10)
    assert conflict(eight, wide) == pytest.approx(carrying * (1 + 0.64) / 2)
    assert conflict(eight, replace(ten, program="x")) == pytest.approx(55 / 64)  # the high digit is 0 or 1
    assert conflict(replace(eight, told=True), replace(ten, told=True, program="x")) == 0
    assert conflict(eight, replace(ten, first="low")) == 0


def test_a_ceiling_is_reached_by_the_table_of_best_guesses():
    """The conflict of two exercises is what the best agent must lose of one of them."""
    one, other = sums((8, 10), 1, 8, seen="hidden")
    assert ceiling([one, other])[0] == pytest.approx(1 - conflict(one, other) / 2)


def below_8(value):
    return value < 8


def above_9(value):
    return value > 9


def test_digits_that_are_guessed_one_by_one_make_fewer_faultless_answers():
    """Sums of 8 and 9 are 10 and 11 in base 8, 08 and 09 in base 10: the lower digits, 00 and 01, are right in neither.
    From 10 on the high digit is 1 in both, and the lower low digit is that of base 10.
    """
    below, above = (sum(test(x + y) for x in range(8) for y in range(8)) / 64 for test in (below_8, above_9))
    assert guessed(sums((8, 10), 1, 8, seen="hidden")) == pytest.approx(below + above / 2)
    several = sums(range(5, 11), 2, seen="hidden")
    assert guessed(several) < ceiling(several)[0] - 0.04
    assert guessed(sums(range(5, 11), 1)) == pytest.approx(1)


def test_too_many_questions_are_refused():
    with pytest.raises(ValueError, match="100000000 questions; up to 1048576 are enumerated"):
        ceiling([Exercise(SUM, 10, 4, 10)])
