"""Our environment of mazes in Gymnasium's registry; `import openended.gymnasium` calls `register`."""

ID = "openended/Maze-v0"


def register() -> None:
    """Make the id known to `gymnasium.make` and `gymnasium.make_vec`; once is enough, twice does no harm."""
    from gymnasium.envs import registration

    if ID not in registration.registry:
        registration.register(
            ID, entry_point=f"{__package__}.single:MazeEnv", vector_entry_point=f"{__package__}.vector:MazeVectorEnv"
        )
