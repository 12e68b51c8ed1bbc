"""Other PPOs on the same simulator, for `benchmarks.ppo`: Stable-Baselines3 on PyTorch, and SBX, the same on JAX."""

import time
from collections.abc import Callable
from functools import partial
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
        rates = {}
        for threads in (1, 2):
            torch.set_num_threads(threads)
            rates[threads] = rate(partial(stable_baselines3.PPO, device="cpu"), setting, iterations[name])
        found[name] = max(rates.values())
        found[f"{name}_by_torch_threads"] = rates
    return found


def sbx(iterations: dict[str, int]) -> dict[str, Any] | None:
    """The same of SBX (`pip install sbx-rl`), whose updates JAX compiles before the time counts, on all cores."""
    try:
        import jax
        import sbx
    except ModuleNotFoundError:
        return None
    found: dict[str, Any] = {"version": sbx.__version__, "jax": jax.__version__}
    for name, setting in SETTINGS.items():
        found[name] = rate(sbx.PPO, setting, iterations[name], warm=1)
    return found


def rate(make: Callable[..., Any], setting: dict[str, Any], iterations: int, warm: int = 0) -> int:
    """Steps per second of a learner that begins anew, in so many iterations after the first `warm` ones."""
    options = dict(setting)
    count = options.pop("environments")
    learner = make("MlpPolicy", environments(count), seed=1, **options)
    each = count * options["n_steps"]
    if warm:
        learner.learn(each * warm)
    began = time.perf_counter()
    learner.learn(each * iterations)
    return round(each * iterations / (time.perf_counter() - began))
