"""What can be known of exercises together: how often two contradict each other, and the best that any agent can do.

Both follow from all questions, by enumeration: agents that see the same must answer the same, whatever the exercise.
The essay that these exercises test (Jiang 2022, Software², footnote 4) calls data-generating programs mutually
consistent if they never contradict each other.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import product
from math import fsum

import numpy as np

from .exercise import Exercise
from .limits import LARGEST, SMALLEST
from .program import tokens, values

Question = tuple[object, ...]
"""All that is seen before the first digit of the answer."""
Answer = tuple[int, ...]
MOST = 2**20
"""Most questions of an exercise that are enumerated."""


def questions(exercise: Exercise) -> Iterator[tuple[Question, Answer, float]]:
    """All questions of an exercise, with their right answers and their probabilities.

    Raises:
        ValueError: there are more than `MOST`.
    """
    count = exercise.below ** (2 * exercise.digits)
    bases = {"hidden": [0], "shown": [exercise.base], "shuffled": list(range(SMALLEST, LARGEST + 1))}[exercise.seen]
    if count * len(bases) > MOST:
        raise ValueError(f"the exercise has {count * len(bases)} questions; up to {MOST} are enumerated")
    operands = list(product(range(exercise.below), repeat=exercise.digits))
    powers = [exercise.base**place for place in range(exercise.digits)]
    if exercise.first == "high":
        powers.reverse()
    numbers = np.array([sum(d * p for d, p in zip(digits, powers, strict=True)) for digits in operands], np.int64)
    x, y = np.repeat(numbers, len(numbers)), np.tile(numbers, len(numbers))
    places = np.arange(exercise.answers)
    right = values(exercise.program, x, y)[:, None] // exercise.base**places % exercise.base
    answers = right[:, ::-1] if exercise.first == "high" else right
    told = tuple(tokens(exercise.program)) if exercise.told else ()
    weight = 1.0 / (count * len(bases))
    for base in bases:
        for (one, other), answer in zip(product(operands, operands), answers.tolist(), strict=True):
            yield (told, exercise.first, base, one, other), tuple(answer), weight


def conflict(one: Exercise, other: Exercise) -> float:
    """The share of questions, drawn from either exercise as often, which the other asks, too, and answers otherwise.

    Where one answer is longer, the digits that both have decide. 0: consistent.
    """
    ours, theirs = (
        {question: (answer, weight) for question, answer, weight in questions(each)} for each in (one, other)
    )
    against = [
        question
        for question in ours.keys() & theirs.keys()
        if any(a != b for a, b in zip(ours[question][0], theirs[question][0], strict=False))
    ]
    return fsum(0.5 * (ours[question][1] + theirs[question][1]) for question in against)


def ceiling(exercises: Sequence[Exercise]) -> tuple[float, float]:
    """The largest share of examples that any agent can answer without a fault, and the largest mean share of right
    digits, of exercises that are asked as often as each other. One agent need not reach both.
    """
    asked = _asked(exercises)
    return fsum(map(_best_answer, asked.values())), fsum(map(_best_digits, asked.values()))


def guessed(exercises: Sequence[Exercise]) -> float:
    """The share of examples without a fault of the agent that always writes the likeliest digit: what is left of the
    largest share if digits are guessed one by one, as an agent does that does not see what it has written. Ties go to
    the lower digit.
    """
    total = []
    for weights in _asked(exercises).values():
        likeliest = tuple(max(sorted(shares), key=shares.__getitem__) for shares in _shares(weights))
        total.append(fsum(w for answer, w in weights.items() if likeliest[: len(answer)] == answer))
    return fsum(total)


def _asked(exercises: Sequence[Exercise]) -> dict[Question, dict[Answer, float]]:
    """Of every question the probability of each right answer, summed up to 1 over all of them."""
    asked: dict[Question, dict[Answer, float]] = defaultdict(lambda: defaultdict(float))
    for exercise in exercises:
        for question, answer, weight in questions(exercise):
            asked[question][answer] += weight / len(exercises)
    return asked


def _best_answer(weights: dict[Answer, float]) -> float:
    """Of all answers the one that is right most often; a shorter answer is right if it begins like it."""
    return max(fsum(w for answer, w in weights.items() if best[: len(answer)] == answer) for best in weights)


def _best_digits(weights: dict[Answer, float]) -> float:
    """Of every digit of the answer the one that is right most often."""
    return fsum(max(shares.values()) for shares in _shares(weights))


def _shares(weights: dict[Answer, float]) -> list[dict[int, float]]:
    """Of every place of the answer how often each digit is right; a digit of a long answer counts less."""
    found: list[dict[int, float]] = [defaultdict(float) for _ in range(max(map(len, weights)))]
    for answer, weight in weights.items():
        for place, digit in enumerate(answer):
            found[place][digit] += weight / len(answer)
    return found
