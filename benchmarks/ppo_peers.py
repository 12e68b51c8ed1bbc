"""Stable-Baselines3's PPO on the same simulator, for `benchmarks.ppo`."""

import time
from typing import Any

import gymnasium
import numpy as np
from gymnasium.vector import AutoresetMode

import openended.gymnasium  # noqa: F401 (registers the ids)

SETTINGS: dict[str, dict[str, Any]] = {
    "its_defaults": {"environments": 16, "n_steps": 2048},
    "its_best": {"environments": 256, "n_steps": 128, "batch_size": 1024, "n_epochs": 5},
}
"""Its defaults have 10 epochs of minibatches of 64; the other setting is the fastest of those that were tried."""


def environments(count: int) -> Any:
    """`make_vec` behind the interface that Stable-Baselines3 steps."""
    from stable_baselines3.common.vec_env import VecEnv

    class Vectorised(VecEnv):
        """Resets within the step in which an episode ends, as Stable-Baselines3 wants it."""

        def __init__(self) -> None:
            self.inner = gymnasium.make_vec("openended/BipedalWalker-v3", count, autoreset_mode=AutoresetMode.SAME_STEP)
            super().__init__(count, self.inner.single_observation_space, self.inner.single_action_space)

        def reset(self) -> Any:
            return self.inner.reset(seed=0)[0].copy()

        def step_async(self, actions: Any) -> None:
            self.actions = actions

        def step_wait(self) -> Any:
            seen, rewards, ended, cut, told = self.inner.step(self.actions)
            infos: list[dict[str, Any]] = [{} for _ in range(count)]
            for i in np.flatnonzero(ended | cut):
                infos[i] = {"terminal_observation": told["final_obs"][i], "TimeLimit.truncated": bool(cut[i])}
            return seen.copy(), np.asarray(rewards, np.float32), ended | cut, infos

        def close(self) -> None:
            self.inner.close()

        def get_attr(self, name: str, indices: Any = None) -> list[Any]:
            return [getattr(self.inner, name, None)] * count

        def set_attr(self, name: str, value: Any, indices: Any = None) -> None:
            raise NotImplementedError

        def env_method(self, name: str, *arguments: Any, indices: Any = None, **more: Any) -> list[Any]:
            raise NotImplementedError

        def env_is_wrapped(self, wrapper: Any, indices: Any = None) -> list[bool]:
            return [False] * count

    return Vectorised()


def stable_baselines3(iterations: dict[str, int]) -> dict[str, Any] | None:
    """Environment steps per second from scratch, with the torch threads that are fastest; None if not installed."""
    try:
        import stable_baselines3
        import torch
    except ModuleNotFoundError:
        return None
    found: dict[str, Any] = {"version": stable_baselines3.__version__}
    for name, setting in SETTINGS.items():
        options = dict(setting)
        count = options.pop("environments")
        rates = {}
        for threads in (1, 2):
            torch.set_num_threads(threads)
            learner = stable_baselines3.PPO("MlpPolicy", environments(count), device="cpu", seed=1, **options)
            each = count * options["n_steps"]
            began = time.perf_counter()
            learner.learn(each * iterations[name])
            rates[threads] = round(learner.num_timesteps / (time.perf_counter() - began))
        found[name] = max(rates.values())
        found[f"{name}_by_torch_threads"] = rates
    return found
