"""What people can do with walkers: sliders for obstacle courses, and eight keys for four joints."""

from ..controls import Control, Interval, Number, Seed
from ..people import Key, Keys
from .courses.task import LATTICES, MAX_ROUGHNESS, MAX_STAIR_STEPS, SEEDS, WalkerTask

LABELS = {
    "pit_gap": "pits, clear width",
    "stump_height": "stumps, height",
    "stair_height": "stairs, height of a step",
}
STEP = 0.1
JOINTS = (("far hip", "forward", "back"), ("far knee", "stretch", "bend"), ("near hip", "forward", "back"))
JOINTS += (("near knee", "stretch", "bend"),)
CODES = (("KeyQ", "KeyA"), ("KeyW", "KeyS"), ("KeyO", "KeyL"), ("KeyI", "KeyK"))
KEYS = Keys(
    tuple(
        Key(code, f"{joint}: {way}", tuple(sign if place == at else 0.0 for at in range(4)))
        for place, ((joint, *ways), codes) in enumerate(zip(JOINTS, CODES, strict=True))
        for way, code, sign in zip(ways, codes, (1.0, -1.0), strict=True)
    ),
    waits=False,
    speed=0.25,
)
"""Each joint has one key for either direction, at full torque. A positive torque turns the lower part
counter-clockwise: a leg forward, a knee straight.
"""


def controls(task: WalkerTask) -> tuple[Control, ...]:
    """Sliders for roughness and the sizes of obstacles in tiles of 14/30 m, a die for the terrain."""
    found: list[Control] = [
        Number(path=("roughness",), label="roughness of the ground", low=0.0, high=MAX_ROUGHNESS, step=STEP)
    ]
    for name, label in LABELS.items():
        lattice = LATTICES[name]
        found.append(
            Interval(
                path=(name,),
                label=label,
                low=0.0,
                high=lattice.limit,
                step=STEP,
                unit="tiles",
                optional=True,
                without=((("stair_steps",), 1),) if name == "stair_height" else (),
                first=lattice.first,
            )
        )
    if task.stair_height is not None:
        found.append(Number(path=("stair_steps",), label="steps of a stair", low=1, high=MAX_STAIR_STEPS))
    return (*found, Seed(path=("terrain_seed",), label="terrain", count=SEEDS))
