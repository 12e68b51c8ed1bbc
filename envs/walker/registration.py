"""Our environments in Gymnasium's registry; `import openended` calls `register` as soon as Gymnasium is imported."""

IDS = {
    "openended/BipedalWalker-v3": (1600, False),
    "openended/BipedalWalkerHardcore-v3": (2000, True),
}
"""Time limit (steps) and whether the course is hardcore."""
REWARD_THRESHOLD = 300


def register() -> None:
    """Make our ids known to `gymnasium.make` and `gymnasium.make_vec`; once is enough, twice does no harm."""
    from gymnasium.envs import registration

    for id, (limit, hardcore) in IDS.items():
        if id not in registration.registry:
            registration.register(
                id,
                entry_point=f"{__package__}.gymnasium_env:BipedalWalker",
                vector_entry_point=f"{__package__}.gymnasium_vector:BipedalWalkerVector",
                max_episode_steps=limit,
                reward_threshold=REWARD_THRESHOLD,
                kwargs={"hardcore": True} if hardcore else {},
            )
