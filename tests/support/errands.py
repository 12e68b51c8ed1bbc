"""The toy domain with all that a curriculum asks of one: tasks drawn, edited, drawn anew, and ranges that grow."""

from dataclasses import replace

import numpy as np

from openended.envs.ranges import Ranges
from tests.support.point import POINT, Errand


def drawn(key):
    stream = np.random.Generator(np.random.Philox(key=key))
    return Errand(round(stream.uniform(0.5, 6.0), 2), 0.0, round(stream.uniform(0.0, 0.4), 2))


RANGES = Ranges(
    names=("distance",),
    first=(1.0,),
    full=(4.0,),
    draw=lambda levels, key: Errand(round(levels[0] * (0.5 + key % 2 / 2), 2), 0.0, 0.0),
    edge=lambda levels, kind, key: Errand(round(levels[0], 2), 0.0, 0.0),
)
ERRANDS = replace(
    POINT,
    tasks=replace(
        POINT.tasks,
        random=drawn,
        easy=lambda key: Errand(1.0, 0.0, 0.0),
        edit=POINT.tasks.mutate,
        reseed=lambda errand, key: replace(errand, y=round(key % 100 / 1000, 3)),
        ranges=RANGES,
    ),
    suites={"errand-suite-v1": lambda: {"near": [Errand(1.0, 0.0, 0.0)]}},
    kinds={"far": lambda key: Errand(5.0 + key % 300 / 300, 0.0, 0.1)},
)
