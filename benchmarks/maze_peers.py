"""JaxUED's maze under `jit` on the CPU, for `benchmarks.maze`."""

import time
from typing import Any

WALLS = 25
ROUNDS = 3


def jaxued(environments: int, steps: int) -> int | None:
    """Environment steps per second of random moves, each with its view, an episode that is over begun anew in the same
    maze; the best of some rounds after compilation, on all cores. None where JAX or JaxUED is not installed.
    """
    try:
        import jax
        from jax import numpy as jnp
        from jaxued.environments.maze import Maze, make_level_generator
    except ImportError:
        return None
    env = Maze()
    parameters, draw = env.default_params, make_level_generator(env.max_height, env.max_width, WALLS)
    length = max(steps // environments, 1)

    @jax.jit
    def play(random: Any) -> Any:
        mazes = jax.vmap(draw)(jax.random.split(random, environments))
        keys = jax.random.split(random, environments)
        _, begin = jax.vmap(env.reset_env_to_level, in_axes=(0, 0, None))(keys, mazes, parameters)

        def step(carried: Any, random: Any) -> Any:
            states, sums = carried
            moves = jax.random.randint(random, (environments,), 0, 3)
            seen, states, rewards, over, _ = jax.vmap(env.step_env, in_axes=(0, 0, 0, None))(
                keys, states, moves, parameters
            )
            chosen = jax.tree_util.tree_map(
                lambda new, old: jnp.where(over.reshape(-1, *[1] * (new.ndim - 1)), new, old), begin, states
            )
            return (chosen, sums + rewards + seen.image.sum(axis=(1, 2, 3))), None

        (_, sums), _ = jax.lax.scan(step, (begin, jnp.zeros(environments)), jax.random.split(random, length))
        return sums

    seconds = []
    for number in range(1 + ROUNDS):  # the first compiles
        begun = time.perf_counter()
        play(jax.random.PRNGKey(number)).block_until_ready()
        seconds.append(time.perf_counter() - begun)
    return round(length * environments / min(seconds[1:]))
