"""Which answers of learners become labels: filters that need no right answers, and two that know them, as controls.

An answer is a row of choices, float32[w], -1 behind where others are longer.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np
from annotated_types import Ge
from numpy.typing import NDArray

Kind = Literal["own", "majority", "length", "both", "verified", "program"]
AGREEING = ("majority", "both")
"""Kinds that several learners are asked for."""

Answers = NDArray[np.float32]


@dataclass(frozen=True)
class Labels:
    """Where the labels of harder tasks come from.

    Attributes:
        kind: `own`: a learner's own answers, all of them; `majority`: those that several learners give alike; `length`:
            own answers that are about as long as the longest; `both` filters; `verified`: own answers that are right;
            `program`: the right answers of the same questions.
        learners: how many learn side by side from the same labels; only a majority asks more than one.
        agree: how many of them must give the same answer, every choice of it.
        shorter: choices that an answer may be shorter than the longest, from its first choice that is not 0 to the
            last.

    """

    kind: Kind = "majority"
    learners: Annotated[int, Ge(1)] = 5
    agree: Annotated[int, Ge(2)] = 4
    shorter: Annotated[int, Ge(0)] = 1


def check(labels: Labels) -> None:
    """Raise ValueError, naming the key, if the settings contradict each other."""
    if labels.kind not in AGREEING:
        if labels.learners > 1:
            raise ValueError(
                f"labels.learners is {labels.learners}, but labels.kind {labels.kind!r} asks one: set it to 1"
            )
    elif labels.learners < 2:
        raise ValueError(f"labels.learners is {labels.learners}, but a majority takes at least 2: set it to 5")
    elif labels.agree > labels.learners:
        raise ValueError(
            f"labels.agree is {labels.agree}, but there are {labels.learners} learners: ask for no more than all"
        )


def filtered(labels: Labels, answers: Sequence[Answers], right: Answers) -> tuple[Answers, NDArray[np.bool_]]:
    """The label of every question, float32[n, w], and whether it is kept, bool[n].

    Args:
        labels: the settings.
        answers: of each learner, float32[n, w].
        right: the right ones, float32[n, w], which only `verified` and `program` look at.

    """
    chosen, kept = answers[0], np.ones(len(right), np.bool_)
    if labels.kind in AGREEING:
        chosen, votes = most_frequent(answers)
        kept = votes >= labels.agree
    if labels.kind in ("length", "both"):
        sizes = lengths(chosen)
        kept &= sizes >= sizes.max(initial=0) - labels.shorter
    if labels.kind == "verified":
        kept = same(chosen, right)
    return (right if labels.kind == "program" else chosen), kept


def same(one: Answers, other: Answers) -> NDArray[np.bool_]:
    """Whether two answers to each question are the same, bool[n]."""
    alike: NDArray[np.bool_] = (one == other).all(axis=1)
    return alike


def most_frequent(answers: Sequence[Answers]) -> tuple[Answers, NDArray[np.int64]]:
    """The answer to every question that most learners give, ties to the first learner's, and how many give it."""
    votes = np.array([[same(one, other) for other in answers] for one in answers]).sum(axis=1)
    best = votes.argmax(axis=0)
    places = np.arange(len(best))
    return np.stack(answers)[best, places], votes[best, places]


def lengths(answers: Answers) -> NDArray[np.int64]:
    """Choices from the first one that is not 0 to the last, int64[n]."""
    some = answers > 0
    spans = some.shape[1] - some.argmax(axis=1) - some[:, ::-1].argmax(axis=1)
    return np.where(some.any(axis=1), spans, 0)
