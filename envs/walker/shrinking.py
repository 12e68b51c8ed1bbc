"""How an obstacle course becomes smaller: kinds of obstacles are dropped, then the rest shrinks on the lattice of
mutation. The terrain seed stays as it is, but less ground is left for it to place.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from ..shrinking import Shrinking
from .courses.task import FIELD_OF, LATTICES, ROUGHNESS_CHANGE, WalkerTask

NONE: dict[str, Any] = {"roughness": 0.0, "pit_gap": None, "stump_height": None, "stair_height": None}
"""A course's parameters without obstacles."""


def names(task: WalkerTask) -> list[str]:
    """The kinds of obstacles on a course; rough ground is one."""
    return [kind for kind, name in FIELD_OF.items() if getattr(task, name) != NONE[name]]


def without(task: WalkerTask, kinds: Sequence[str]) -> WalkerTask:
    """The course without these kinds of obstacles."""
    dropped = {FIELD_OF[kind]: NONE[FIELD_OF[kind]] for kind in kinds}
    steps = 1 if "stairs" in kinds else task.stair_steps
    return replace(task, **dropped, stair_steps=steps)


def smaller(task: WalkerTask, kind: str) -> list[WalkerTask]:
    """The course with this kind of obstacle smaller, the smallest first: its largest size is cut at each multiple of a
    step of mutation, from the size at which mutation begins; then its smallest size is 0; then stairs have fewer steps.
    """
    name = FIELD_OF[kind]
    if name == "roughness":
        return [replace(task, roughness=size) for size in multiples(ROUGHNESS_CHANGE, ROUGHNESS_CHANGE, task.roughness)]
    lattice, (low, high) = LATTICES[name], getattr(task, name)
    sizes = multiples(lattice.first[1], lattice.step, high)
    cut = [replace(task, **{name: (min(low, size), size)}) for size in sizes]
    even = [replace(task, **{name: (0.0, high)})] if low > 0 else []
    return [
        *cut,
        *even,
        *(replace(task, stair_steps=steps) for steps in range(1, task.stair_steps) if kind == "stairs"),
    ]


def multiples(first: float, step: float, end: float) -> list[float]:
    """The first size and further ones a step apart, below the end."""
    count = max(0, round((end - first) / step) + 1)
    return [size for size in (round(first + number * step, 1) for number in range(count)) if size < end]


SHRINKING = Shrinking(names=names, without=without, smaller=smaller)
