"""Our environments in Gymnasium's registry; `import openended.gymnasium` calls `register`."""

from typing import Any, NamedTuple


class Entry(NamedTuple):
    """One id: where its environment and its vector environment are (in this folder), most steps of an episode, the
    return from which on it counts as solved, and the arguments that the id fixes.
    """

    single: str
    vector: str
    limit: int
    threshold: float
    fixed: dict[str, Any]


ORIGINAL = "single:BipedalWalker", "vector:BipedalWalkerVector"
COURSE = "task:CourseWalker", "task:CourseWalkerVector"
IDS = {
    "openended/BipedalWalker-v3": Entry(*ORIGINAL, 1600, 300, {}),
    "openended/BipedalWalkerHardcore-v3": Entry(*ORIGINAL, 2000, 300, {"hardcore": True}),
    "openended/Course-v0": Entry(*COURSE, 2000, 230, {}),
}
"""Limits and thresholds: Gymnasium's for its two, POET's for courses."""


def register() -> None:
    """Make our ids known to `gymnasium.make` and `gymnasium.make_vec`; once is enough, twice does no harm."""
    from gymnasium.envs import registration

    for id, entry in IDS.items():
        if id not in registration.registry:
            registration.register(
                id,
                entry_point=f"{__package__}.{entry.single}",
                vector_entry_point=f"{__package__}.{entry.vector}",
                max_episode_steps=entry.limit,
                reward_threshold=entry.threshold,
                kwargs=entry.fixed,
            )
