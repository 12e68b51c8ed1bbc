"""The walker's specification: kinds of obstacles come one after the other, as in POET's courses.

A course's genome says how rough the ground is and which obstacles lie on it. It has no word for a longer course, nor
for ground that a network draws, which is the domain `walker-cppn-v1`: those cannot be versions of this one.
"""

from dataclasses import replace
from functools import partial

from ..specifications import Specification
from .courses import draws
from .courses.task import CATEGORIES, FIELD_OF, Mutation, WalkerTask, mutate

NAMES = dict(zip(CATEGORIES, ("rough ground", "pits", "stumps", "stairs"), strict=True))


def without(absent: tuple[str, ...], task: WalkerTask) -> bool:
    """Whether a course has none of these obstacles."""
    return all(getattr(task, FIELD_OF[name]) is None for name in absent)


def versions(mutation: Mutation) -> tuple[Specification, ...]:
    """Each version adds one of the mutation's categories, in their order; children change those of the version."""
    made = []
    for count, name in enumerate(mutation.categories, 1):
        present = mutation.categories[:count]
        absent = tuple(other for other in CATEGORIES[1:] if other not in present)
        nothing = dict.fromkeys(absent, 0.0)
        made.append(
            Specification(
                NAMES[name],
                partial(without, absent),
                mutate=partial(mutate, mutation=replace(mutation, categories=present)),
                random=partial(draws.random, ranges=draws.FULL | nothing),
                easy=partial(draws.random, ranges=draws.EASY | nothing),
            )
        )
    return tuple(made)
