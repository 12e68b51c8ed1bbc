"""Pictures tell right digits from wrong ones, and show nothing before it is written."""

from dataclasses import replace

import numpy as np
import pytest

from openended.envs.api import Trace
from openended.envs.digits.domain import DEFAULT, DIGITS
from openended.envs.digits.exercise import FIRST, Exercise
from openended.envs.digits.pictures import OPEN, RIGHT, WRONG, lines, parts

EXERCISE = Exercise(("add", "x", "y"), 10, 2, 10, told=False)


def trace(exercise, wrong=()):
    """An episode of two examples, all of it right but for the answers' places `wrong`, the highest first."""
    made = DIGITS.simulator.trace(exercise, DEFAULT, DEFAULT.init(0), 5, 2 * exercise.ticks)
    actions = made.actions.copy()
    for example in range(2):
        start = example * exercise.ticks
        answer = parts(exercise, made.scene["page"][start])[2]
        written = [(digit + (place in wrong)) % 10 for place, digit in enumerate(answer)]
        if exercise.first == "low":
            written.reverse()
        actions[start + 2 : start + 5] = written
    return Trace(made.rewards, made.observations, actions, made.scene, made.facts)


def areas(picture):
    """How many pixels have each of the colours of digits."""
    return {colour: int((picture == colour).all(axis=2).sum()) for colour in (RIGHT, WRONG, OPEN)}


@pytest.mark.parametrize("first", FIRST)
def test_right_and_wrong_digits_are_told_apart_as_they_are_written(first):
    exercise = replace(EXERCISE, first=first)
    pictures = DIGITS.pictures
    faultless, faulty = trace(exercise), trace(exercise, wrong=(1,))
    after = areas(pictures.draw(exercise, faultless, 10, 400, 300))
    assert after[RIGHT] > 1000
    assert after[WRONG] == after[OPEN] == 0
    both = areas(pictures.draw(exercise, faulty, 10, 400, 300))
    assert both[WRONG] > 300
    assert both[RIGHT] / both[WRONG] == pytest.approx(2, abs=0.6)
    assert areas(pictures.draw(exercise, faulty, 2, 400, 300))[OPEN] > 500
    assert areas(pictures.draw(exercise, faulty, 0, 400, 300)) == dict.fromkeys(after, 0)
    assert areas(pictures.strip(exercise, faulty, 400, 60))[WRONG] > 100


def test_what_is_written_stands_with_the_highest_digit_first():
    low = replace(EXERCISE, first="low")
    faultless = trace(low)
    page, written = lines(low, faultless, 1, 10)
    x, y, answer = parts(low, page)
    assert written == answer
    assert int("".join(map(str, x))) + int("".join(map(str, y))) == int("".join(map(str, answer)))
    assert lines(low, faultless, 1, 8)[1] == [-1, -1, answer[-1]]
    assert np.array_equal(page, faultless.scene["page"][5])
