"""Examples against Python's own arithmetic, and what an episode counts."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openended.envs.api import Queue
from openended.envs.digits import draws
from openended.envs.digits.domain import DEFAULT, DIGITS
from openended.envs.digits.examples import ANSWER, NODE, NOW, OBSERVATIONS, ORDER, PAGE, VISIBLE, pose_all
from openended.envs.digits.exercise import FIRST, SEEN, Exercise
from openended.envs.digits.limits import MOST_DIGITS, MOST_NODES
from openended.envs.digits.program import tokens
from openended.envs.digits.simulation import EXAMPLES, labels, prepare

SUM = ("add", "x", "y")


def value(program, x, y):
    """What a program is worth, in Python's whole numbers of any size."""
    match program:
        case "x":
            return x
        case "y":
            return y
        case "times", part, constant:
            return value(part, x, y) * constant
        case "modulo", part, constant:
            return value(part, x, y) % constant
        case "add", left, right:
            return value(left, x, y) + value(right, x, y)
        case "subtract", left, right:
            return abs(value(left, x, y) - value(right, x, y))
        case "max", left, right:
            return max(value(left, x, y), value(right, x, y))


def number(digits, exercise):
    """The number that digits stand for, in the order in which the exercise reads them."""
    if exercise.first == "high":
        digits = digits[::-1]
    return sum(int(digit) * exercise.base**place for place, digit in enumerate(digits))


def pages(exercise, count):
    made = np.zeros((count, PAGE), np.int64)
    keys = np.arange(count, dtype=np.uint64) + np.uint64(2**63)
    pose_all(prepare([exercise]), np.zeros(count, np.int64), keys, made, np.zeros(MOST_NODES, np.int64))
    return made


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 2**64 - 1), st.integers(1, 8), st.sampled_from(SEEN), st.sampled_from(FIRST))
def test_answers_are_those_of_whole_numbers_of_any_size(key, digits, seen, first):
    drawn = draws.random(key)
    try:
        exercise = replace(drawn, digits=digits, seen=seen, first=first)
    except ValueError:
        exercise = replace(drawn, seen=seen, first=first)
    for page in pages(exercise, 20):
        x, y = page[: exercise.digits], page[MOST_DIGITS : MOST_DIGITS + exercise.digits]
        answer = page[ANSWER : ANSWER + exercise.answers]
        assert max(*x, *y) < exercise.below
        assert all(0 <= digit < exercise.base for digit in answer)
        assert number(answer, exercise) == value(exercise.program, number(x, exercise), number(y, exercise))
        shown = page[VISIBLE]
        assert (shown == {"hidden": 0, "shown": exercise.base}[seen]) if seen != "shuffled" else 2 <= shown <= 16


def test_rows_are_what_an_agent_sees_and_should_write():
    exercise = Exercise(("times", SUM, 3), 10, 2, 10, "low", "shown")
    (page,) = pages(exercise, 1)
    made = labels(prepare([exercise]), np.zeros(1, np.int64), np.array([2**63], np.uint64))
    assert made.lengths.tolist() == [exercise.ticks] == [4 + 2 + 3]
    seen = np.zeros((9, OBSERVATIONS), np.float32)
    seen[:, 32 + 10 - 2] = 1
    for tick, (token, constant) in enumerate(tokens(exercise.program)):
        seen[tick, NODE + token] = 1
        if constant:
            seen[tick, constant] = 1
    for tick in range(2):
        seen[4 + tick, page[tick]] = seen[4 + tick, 16 + page[MOST_DIGITS + tick]] = 1
    seen[6:, NOW] = 1
    assert np.array_equal(made.observations, seen)
    assert made.labels[6:, 0].tolist() == page[ANSWER : ANSWER + 3].tolist()
    assert made.weights.tolist() == [0] * 6 + [np.float32(1) / np.float32(3)] * 3
    high = labels(prepare([replace(exercise, first="high")]), np.zeros(1, np.int64), np.array([2**63], np.uint64))
    assert high.observations[:, ORDER].all()
    assert high.labels[6:, 0].tolist() == page[ANSWER : ANSWER + 3][::-1].tolist()


def test_all_bases_are_shown_by_chance_when_they_are_shuffled():
    seen = np.bincount(pages(Exercise(SUM, 5, 1, 5, seen="shuffled"), 3000)[:, VISIBLE], minlength=17)
    assert (seen[:2] == 0).all()
    assert (np.abs(seen[2:] / 3000 - 1 / 15) < 0.02).all()


def answering_zero():
    """An agent that always writes 0."""
    agent = np.zeros(DEFAULT.parameters, np.float32)
    agent[-16] = 1.0
    return agent


@pytest.mark.parametrize("cap", [10_000, 700, 3])
def test_the_return_is_the_share_of_right_digits(cap):
    exercise, agent = Exercise(SUM, 3, 2, 3, told=False), answering_zero()
    trace = DIGITS.simulator.trace(exercise, DEFAULT, agent, 11, cap)
    shares, rows = [], trace.scene["page"]
    for example in range(EXAMPLES):
        start = example * exercise.ticks
        if start + exercise.ticks <= min(cap, len(trace.actions)):
            page, written = rows[start], trace.actions[start + 2 : start + exercise.ticks]
            right = value(SUM, number(page[:2], exercise), number(page[8:10], exercise))
            answer = [right // 3**place % 3 for place in (2, 1, 0)]
            shares.append(np.mean([a == b for a, b in zip(answer, written, strict=True)]))
    assert len(trace.actions) == min(cap, EXAMPLES * exercise.ticks)
    assert trace.rewards.sum() == pytest.approx(sum(shares) / EXAMPLES)
    assert trace.facts["exact"] == sum(share == 1 for share in shares) / EXAMPLES
    assert cap < 10_000 or 0.05 < trace.rewards.sum() < 0.9


@pytest.mark.parametrize(("program", "low", "high"), [(("modulo", "x", 2), 0.4, 0.6), (("subtract", "x", "x"), 1, 1)])
def test_a_faultless_agent_returns_exactly_one(program, low, high):
    tasks = prepare([Exercise(program, 2, 2, 2, first=first) for first in FIRST])
    which = np.array([(0, 0), (1, 0)], np.int32)
    queue = Queue(tasks, DEFAULT, answering_zero()[None], which, np.array([1, 2], np.uint64), 10_000)
    DIGITS.simulator.rollouts(queue)
    assert ((queue.returns >= low) & (queue.returns <= high)).all()
    assert (queue.facts["finished"] == (queue.returns == 1)).all()


def test_carried_positions_are_those_where_column_by_column_is_wrong():
    carried = {
        "sum": draws.describe(Exercise(SUM, 10, 1, 10))[1],
        "binary": draws.describe(Exercise(SUM, 2, 4, 2))[1],
        "no carry": draws.describe(Exercise(SUM, 10, 4, 5))[1],
        "copy": draws.describe(Exercise("x", 10, 4, 10))[1],
    }
    assert carried["no carry"] == carried["copy"] == 0
    assert carried["sum"] == pytest.approx(0.45 / 2, abs=0.04)
    assert carried["binary"] > 0.3
