"""An agent in a walker environment of Gymnasium's own."""

import gymnasium

from openended.core.types import Agent
from openended.envs.forward import controller
from openended.envs.policy import Policy


def walked(name: str, policy: Policy, agent: Agent, seed: int) -> float:
    """The return of an episode in a new environment of Gymnasium: one that is reset goes on with an old Box2D world,
    whose last digits depend on what was there before.
    """
    env, act = gymnasium.make(name), controller(policy, agent)
    seen, _ = env.reset(seed=seed)
    total, over = 0.0, False
    while not over:
        seen, reward, terminated, truncated, _ = env.step(act(seen))
        total, over = total + float(reward), terminated or truncated
    return total
