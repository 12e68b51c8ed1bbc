"""What one generation of a curriculum plays: tasks chosen beforehand, and what the shared learner saw of them.

A task is its genome, terrain seed included. With `variants` it stands for all courses of its parameters instead: each
time it is played, its chance is drawn anew, and what was seen of the variants counts together.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from math import fsum, isnan
from typing import Any, Literal

import numpy as np

from openended.envs.api import Genome

from .generation import Generation
from .work import Job, Visit

Purpose = Literal["new", "replay", "edit", "refresh"]
"""Why tasks are played: to find new ones, to train on known ones, to judge edits of them, to fill the buffer anew."""


@dataclass(frozen=True)
class Item:
    """One task to be played.

    Attributes:
        genome: the task.
        task: its id where it is one of the buffer, -1 where it is new.
        parent: id of the task that it was made from; -1: none.
        maker: what made it (`random`, `edit`, `mutation`, ...).
        variants: what is played: the genome itself, or the same parameters with other chance.

    """

    genome: Genome
    task: int
    parent: int
    maker: str
    variants: tuple[Genome, ...]


@dataclass(frozen=True)
class Choice:
    """What a generation plays.

    Attributes:
        purpose: why.
        items: the tasks; one of the buffer may come more than once, and is then played as often.
        train: whether the learner learns from it, or only looks.

    """

    purpose: Purpose
    items: tuple[Item, ...]
    train: bool

    @property
    def genomes(self) -> tuple[Genome, ...]:
        """All that is played, the variants of an item one after the other."""
        return tuple(variant for item in self.items for variant in item.variants)

    def seen(self, visits: Sequence[Visit]) -> list[Visit]:
        """What was seen of each item; `visits` are in the order of `genomes`."""
        each = iter(visits)
        return [merged([next(each) for _ in item.variants]) for item in self.items]


def item(
    generation: Generation[Any], genome: Genome, variants: int, *key: int, task: int = -1, parent: int = -1, maker: str
) -> Item:
    """A task to be played as it is, or in `variants` variants if that is not 0; `key` numbers it in its generation."""
    reseed = generation.means.domain.tasks.reseed
    if not variants or reseed is None:
        return Item(genome, task, parent, maker, (genome,))
    drawn = (reseed(genome, generation.key("variant", *key, number)) for number in range(variants))
    return Item(genome, task, parent, maker, tuple(drawn))


def play(generation: Generation[Any], learner: int, choice: Choice, most: int, *, appraise: bool = True) -> list[Visit]:
    """The learner plays what was chosen, and learns from it if so chosen; returns a visit for each genome.

    A look at more than `most` genomes is cut into jobs of as many, so that each is seen as long as in training.
    `appraise`: with the scores that cost more, which only a run that keeps tasks needs.
    """
    genomes, shared = choice.genomes, generation.shared(learner)
    size = len(genomes) if choice.train else most
    jobs = [
        Job(
            genomes[first : first + size], shared, generation.key("learn", first), train=choice.train, appraise=appraise
        )
        for first in range(0, len(genomes), size)
    ]
    learned = generation.learn(jobs)
    if choice.train:
        generation.trained(learned[0].learner)
    return [visit for each in learned for visit in each.visits]


def merged(visits: Sequence[Visit]) -> Visit:
    """One visit out of several: all episodes, and the scores' means weighted by steps (by episodes where a learner
    counts no steps).
    """
    if len(visits) == 1:
        return visits[0]
    first = visits[0]
    weights = [visit.scores.get("steps", float(len(visit.returns))) for visit in visits]
    scores = {
        name: fsum(weights) if name == "steps" else weighted((visit.scores[name] for visit in visits), weights)
        for name in first.scores
    }
    facts = {name: np.concatenate([visit.facts[name] for visit in visits]) for name in first.facts}
    return replace(first, returns=np.concatenate([visit.returns for visit in visits]), facts=facts, scores=scores)


def weighted(values: Iterable[float], weights: Sequence[float]) -> float:
    """The weighted mean of those values that are numbers; NaN without one."""
    known = [(value, weight) for value, weight in zip(values, weights, strict=True) if not isnan(value) and weight > 0]
    total = fsum(weight for _, weight in known)
    return fsum(value * weight for value, weight in known) / total if known else float("nan")
