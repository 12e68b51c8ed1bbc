"""Fixed courses to evaluate walkers on, the same for everyone: each suite has a version, each course a seed.

Basic and Hardcore are the courses of Gymnasium's BipedalWalker-v3 and BipedalWalkerHardcore-v3 for the seeds 0 .. 99.
Stairs, PitGap, Stump and Roughness are the medium test courses of the curriculum literature (Parker-Holder et al. 2022,
Evolving Curricula with Regret-Based Environment Design; facebookresearch/dcd, `walker_test_envs.py`), whose code seeds
them by the clock. The three bands are POET's (Wang et al. 2019): stumps of 2.4 and more, gaps of 6 and more, roughness
of 4.5 and more; one of them is challenging, two are very, three extremely challenging. As in that code the sizes are
drawn from 2.4 .. 3, 6 .. 8 and 4.5 .. 8, and the intervals begin at 0.
"""

from itertools import combinations

from ...random import generator
from .course import Course, course
from .gymnasium_course import gymnasium_course
from .task import WalkerTask

COUNT = 100
"""Courses of each name."""
DIFFICULT = {"stump": 2.4, "gap": 6.0, "roughness": 4.5}
"""From where on a stump, a gap (tiles) or a roughness counts as difficult."""
LARGEST = {"stump": 3.0, "gap": 8.0, "roughness": 8.0}
BANDS = ("Challenging", "Very challenging", "Extremely challenging")
"""Tasks by how many of the three are difficult."""


def suite() -> dict[str, list[Course]]:
    """The courses of `walker-suite-v1`, by name."""
    seeds = range(COUNT)
    return {
        "Basic": [gymnasium_course(seed) for seed in seeds],
        "Hardcore": [gymnasium_course(seed, hardcore=True) for seed in seeds],
        "Stairs": [course(WalkerTask(stair_height=(2.0, 2.0), stair_steps=5, terrain_seed=seed)) for seed in seeds],
        "PitGap": [course(WalkerTask(pit_gap=(5.0, 5.0), terrain_seed=seed)) for seed in seeds],
        "Stump": [course(WalkerTask(stump_height=(2.0, 2.0), terrain_seed=seed)) for seed in seeds],
        "Roughness": [course(WalkerTask(roughness=5.0, terrain_seed=seed)) for seed in seeds],
    } | {band: [course(banded(count, seed)) for seed in seeds] for count, band in enumerate(BANDS, 1)}


def banded(count: int, seed: int) -> WalkerTask:
    """A task of which `count` parameters are difficult; the seeds take turns through the choices of parameters."""
    random = generator(seed)
    choices = list(combinations(DIFFICULT, count))
    sizes = {name: round(random.uniform(DIFFICULT[name], LARGEST[name]), 2) for name in choices[seed % len(choices)]}
    return WalkerTask(
        roughness=sizes.get("roughness", 0.0),
        pit_gap=(0.0, sizes["gap"]) if "gap" in sizes else None,
        stump_height=(0.0, sizes["stump"]) if "stump" in sizes else None,
        terrain_seed=seed,
    )


def band(task: WalkerTask) -> int:
    """How many of stump, gap and roughness are difficult, 0 .. 3."""
    sizes = {
        "stump": task.stump_height[1] if task.stump_height else 0.0,
        "gap": task.pit_gap[1] if task.pit_gap else 0.0,
        "roughness": task.roughness,
    }
    return sum(size >= DIFFICULT[name] for name, size in sizes.items())
