"""What people like, in a search: their votes make some tasks likelier parents, and some children count as more novel.

Votes never touch the minimal criterion, nor which pairs are trained. Unless the recipe says otherwise (`preference` in
`[people]`), they steer nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .archive import Archive
from .generation import Generation
from .preference import EQUAL, LEFT, RIGHT, Preference, columns, fit, novelty_factors, parent_weights
from .settings import Settings
from .types import Task

MOST = 2000
"""Votes that count: the newest."""
ANSWERS = {"left": LEFT, "right": RIGHT, "equal": EQUAL}


@dataclass(frozen=True)
class Liking:
    """The preference model of a generation, if votes are to count: None changes nothing."""

    archive: Archive
    model: Preference | None
    strength: float

    def weights(self, tasks: NDArray[np.int64], weights: NDArray[np.float64]) -> NDArray[np.float64]:
        """The weights by which parents are drawn, float64[n], given those without votes; `tasks` are ids, int64[n]."""
        if self.model is None or not len(tasks):
            return weights
        rows = [self.archive.row(id) for id in tasks.tolist()]
        return weights * parent_weights(self.model.utility(known(self.archive)[rows]), self.strength)

    def novelty(self, children: Sequence[Task], distances: Sequence[float]) -> list[float]:
        """How novel children count, given how novel they are."""
        if self.model is None or not children:
            return list(distances)
        points = np.array([self.archive.point(child) for child in children])
        features = [self.archive.features_of(child) for child in children]
        likes = self.model.utility(_columns(self.archive, points, np.array(features)))
        factors = novelty_factors(likes, self.strength).tolist()
        return [distance * factor for distance, factor in zip(distances, factors, strict=True)]


def check(params: Settings) -> None:
    """Raise ValueError if votes are to steer a search in which they steer nothing."""
    if params.people.preference:
        raise ValueError(
            f"people.preference is {params.people.preference}, but votes steer searches of pairs only"
            " (poet, enhanced_poet, map-elites): leave it out; votes are recorded all the same"
        )


def liking(generation: Generation[Any]) -> Liking:
    """What people like by now: the model of the votes that were counted before this generation."""
    archive, strength = generation.archive, generation.means.params.people.preference
    votes = generation.before.votes[-MOST:]
    if not strength or not votes:
        return Liking(archive, None, strength)
    pairs = [(archive.row(vote.left), archive.row(vote.right)) for vote in votes]
    answers = [ANSWERS[vote.choice] for vote in votes]
    return Liking(archive, fit(known(archive), np.array(pairs, np.int64), np.array(answers, np.int64)), strength)


def known(archive: Archive) -> NDArray[np.float64]:
    """What a model knows of the tasks with a pair, in the order of the archive's rows (`preference.columns`)."""
    return _columns(archive, archive.points, archive.features)


def _columns(archive: Archive, points: NDArray[np.float64], features: NDArray[np.float64]) -> NDArray[np.float64]:
    return columns(points, None if archive.domain.tasks.features is None else features)
