"""The domain `walker-drawn-v1`: the walker on courses that are drawn, point by point and obstacle by obstacle."""

from ...api import Tasks
from ...controls import Control, Line, Number, Sort, Things
from ..courses.course import GROUND_HEIGHT, MAX_BOXES, START_PAD, TILE
from ..courses.describe import AXES, describe
from ..courses.task import MAX_STAIR_STEPS
from ..domain import walkers
from . import change
from .geometry import course
from .task import HIGHEST, LAST, SIZES, STRONGEST, Drawn, decode, encode, read
from .vectors import VECTORS

PLACE = Number(path=("place",), label="place", low=START_PAD, high=LAST, unit="tiles", drag="place", scale=TILE)
STEPS = Number(
    path=("steps",), label="steps", low=1, high=MAX_STAIR_STEPS, unit="of 4 tiles", drag="width", scale=4 * TILE
)


def sort(kind: str, label: str, size: str, drag: str, *others: Number, steps: int = 1) -> Sort:
    """A sort of obstacle, whose size is called `size`."""
    sized = Number(path=("size",), label=size, low=1, high=SIZES[kind], unit="cm", drag=drag, scale=0.01)
    new = {"kind": kind, "place": 100, "size": 2 * change.FIRST[kind], "steps": steps}
    return Sort(name=kind, label=label, new=new, controls=(PLACE, sized, *others))


CONTROLS: tuple[Control, ...] = (
    Line(
        path=("ground",),
        label="ground",
        low=-HIGHEST,
        high=HIGHEST,
        origin=GROUND_HEIGHT,
        scale=0.01,
        start=START_PAD * TILE,
        spacing=TILE,
    ),
    Things(
        path=("obstacles",),
        label="obstacles",
        sorts=(
            sort("stump", "stump", "height", "height"),
            sort("pit", "pit", "clear width", "width"),
            sort("up", "stairs up", "height of a step", "height", STEPS, steps=3),
            sort("down", "stairs down", "height of a step", "height", STEPS, steps=3),
        ),
        most=MAX_BOXES,
    ),
    Number(path=("push",), label="first push on the hull", low=-STRONGEST, high=STRONGEST, unit="cN"),
)

WALKER_DRAWN = walkers(
    "walker-drawn-v1",
    AXES,
    Tasks(
        first=Drawn,
        mutate=change.mutate,
        describe=lambda genome: describe(course(genome)),
        encode=encode,
        decode=decode,
        read=read,
        random=change.random,
        easy=change.easy,
        edit=change.edit,
        reseed=change.reseed,
        ranges=change.RANGES,
        vectors=VECTORS,
    ),
    course,
    metrics={"obstacles": lambda genome: len(genome.obstacles)},
    controls=lambda genome: CONTROLS,
)
"""Its tasks have no features: their novelty is that of their descriptors, those of `walker-v1`."""
