"""The toy domain with all that an attack asks of one: chance to be drawn anew, and parts that become smaller."""

from dataclasses import replace

from openended.envs.shrinking import Shrinking
from tests.support.altered import altered
from tests.support.point import POINT, grid


def names(errand):
    return [name for name in ("y", "wind") if getattr(errand, name)]


def smaller(errand, name):
    steps = [grid(0.05 * step) for step in range(1, round(getattr(errand, name) / 0.05))]
    return [replace(errand, **{name: size}) for size in steps]


SHRINKABLE = altered(
    POINT,
    id="shrinkable-v1",
    tasks={
        "reseed": lambda errand, key: replace(errand, x=grid(0.5 + key % 50 / 10)),
        "shrinking": Shrinking(
            names=names,
            without=lambda errand, parts: replace(errand, **dict.fromkeys(parts, 0.0)),
            smaller=smaller,
        ),
    },
)
