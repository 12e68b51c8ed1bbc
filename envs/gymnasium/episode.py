"""Episodes of one of Gymnasium's environments, each in an environment of its own, so that none depends on another."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import gymnasium
import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

from ..api import Agent, Space
from ..forward import controller
from ..numbers import Values
from ..policy import Policy
from .settings import Settings

SEEDS = 2**31 - 1
"""An episode's seed is its key modulo this, because some environments take no larger seeds."""


@dataclass(frozen=True)
class Step:
    """One step: what the agent saw and did, the reward, and whether it ended the episode for good."""

    observation: NDArray[np.float32]
    action: Any
    reward: float
    terminated: bool


@dataclass(frozen=True)
class Episodes:
    """Makes environments of the settings and runs episodes in them."""

    settings: Settings

    def made(self, genome: Values, **options: Any) -> "gymnasium.Env[Any, Any]":
        """The environment of a task; `options` are further arguments of `gymnasium.make`."""
        settings = self.settings
        arguments: dict[str, Any] = dict(zip(settings.parameters, genome, strict=True))
        attributes = {name: arguments.pop(name) for name in settings.attributes}
        env = gymnasium.make(settings.id, disable_env_checker=True, **settings.arguments, **arguments, **options)
        for name, value in attributes.items():
            if not hasattr(env.unwrapped, name):
                raise ValueError(f"{settings.id} has no attribute {name}")
            setattr(env.unwrapped, name, value)
        return env

    @cached_property
    def first(self) -> "gymnasium.Env[Any, Any]":
        """An environment of the settings, whose spaces are those of all."""
        return self.made(tuple(bound.low for bound in self.settings.parameters.values()))

    @property
    def observations(self) -> Space:
        """Observations as flat numbers; choices become ones and zeros. Raises ValueError if that cannot be."""
        space = self.first.observation_space
        if not space.is_np_flattenable:
            raise ValueError(f"{self.settings.id} has observations {space}, which are not a fixed count of numbers")
        return Space(spaces.flatdim(space))

    @property
    def actions(self) -> Space:
        """Raises ValueError for spaces of actions that are neither discrete nor a bounded box of real numbers."""
        space = self.first.action_space
        if isinstance(space, spaces.Discrete):
            return Space(int(space.n), discrete=True)
        if not isinstance(space, spaces.Box) or space.dtype.kind != "f" or not space.is_bounded():
            raise ValueError(
                f"{self.settings.id} has actions {space}; they must be discrete or a bounded box of real numbers"
            )
        return Space(spaces.flatdim(space))

    @cached_property
    def act(self) -> Callable[[Any], Any]:
        """An action of the environment, of what a controller gives: a choice, or numbers in -1 .. 1."""
        space = self.first.action_space
        if isinstance(space, spaces.Discrete):
            start = int(space.start)
            return lambda choice: start + choice
        assert isinstance(space, spaces.Box)
        middle, half, shape, kind = (space.low + space.high) / 2, (space.high - space.low) / 2, space.shape, space.dtype
        return lambda outputs: (middle + outputs.reshape(shape) * half).astype(kind)

    def steps(self, genome: Values, policy: Policy, agent: Agent, key: int, cap: int) -> Iterator[Step]:
        """An episode, step by step."""
        env, controlled, act = self.made(genome), controller(policy, agent, key), self.act
        try:
            observation, _ = env.reset(seed=key % SEEDS)
            for _ in range(cap):
                seen = np.asarray(spaces.flatten(env.observation_space, observation), np.float32)
                action = controlled(seen)
                observation, reward, terminated, truncated, _ = env.step(act(action))
                yield Step(seen, action, float(reward), bool(terminated))
                if terminated or truncated:
                    break
        finally:
            env.close()
