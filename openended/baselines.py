"""A curriculum for Stable-Baselines3: walkers in SIMD lanes as its vector environment, and a callback that follows.

>>> play = Play()
>>> with openended.Curriculum("walker_accel", seed=1, file="my.run") as curriculum:
...     model = PPO("MlpPolicy", PlayVecEnv(16, play))
...     model.learn(50_000_000, callback=Follow(curriculum, play))

Importing this module needs Stable-Baselines3 (2.8 or newer).
"""

from collections.abc import Iterable
from typing import Any

import numpy as np
from gymnasium.vector import AutoresetMode
from numpy.typing import NDArray
from stable_baselines3.common.buffers import RolloutBuffer
from stable_baselines3.common.callbacks import BaseCallback
from stable_baselines3.common.on_policy_algorithm import OnPolicyAlgorithm
from stable_baselines3.common.vec_env import VecEnv

from openended.envs.walker.gymnasium.play import LIMIT, Play, PlayWalkerVector
from openended.run.curriculum import Curriculum

__all__ = ["Follow", "Play", "PlayVecEnv"]


class PlayVecEnv(VecEnv):
    """`PlayWalkerVector` as a vector environment of Stable-Baselines3.

    Args:
        num_envs: how many walkers; a multiple of the machine's lanes (4, 8 or 16) is fastest.
        play: where the tasks come from; it must have begun before the first reset.
        max_episode_steps: episodes are truncated at this length.

    """

    def __init__(self, num_envs: int, play: Play, max_episode_steps: int | None = LIMIT):
        self.walkers = PlayWalkerVector(num_envs, play, max_episode_steps, autoreset_mode=AutoresetMode.SAME_STEP)
        super().__init__(num_envs, self.walkers.single_observation_space, self.walkers.single_action_space)
        self._actions: NDArray[Any] = np.zeros(0)

    def reset(self) -> NDArray[np.float32]:
        """The first observations, float32[num_envs, 24]."""
        observations: NDArray[np.float32] = self.walkers.reset()[0]
        return observations

    def step_async(self, actions: NDArray[Any]) -> None:
        self._actions = actions

    def step_wait(self) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.bool_], list[dict[str, Any]]]:
        """See `VecEnv.step_wait`; `place` in the infos: see `PlayWalkerVector`."""
        observations, rewards, terminated, truncated, infos = self.walkers.step(self._actions)
        each: list[dict[str, Any]] = [{"place": place} for place in infos["place"].tolist()]
        over = terminated | truncated
        for i in np.flatnonzero(over).tolist():
            each[i]["terminal_observation"] = infos["final_obs"][i]
            each[i]["TimeLimit.truncated"] = bool(truncated[i] and not terminated[i])
        return observations, rewards.astype(np.float32), over, each

    def close(self) -> None:
        self.walkers.close()

    def get_attr(self, attr_name: str, indices: Any = None) -> list[Any]:
        """An attribute that all walkers share."""
        return [getattr(self.walkers, attr_name) for _ in self._get_indices(indices)]

    def set_attr(self, attr_name: str, value: Any, indices: Any = None) -> None:
        raise NotImplementedError("walkers in lanes have no attributes of their own")

    def env_method(self, method_name: str, *arguments: Any, indices: Any = None, **named: Any) -> list[Any]:
        raise NotImplementedError("walkers in lanes have no methods of their own")

    def env_is_wrapped(self, wrapper_class: Any, indices: Any = None) -> list[bool]:
        """None is wrapped."""
        return [False for _ in self._get_indices(indices)]


class Scores:
    """What a critic says of the tasks of a play, over any number of rollouts."""

    def __init__(self, tasks: int):
        self._surprise, self._values = np.zeros((tasks, 2)), np.zeros((tasks, 2))
        self._places: list[list[int]] = []

    def step(self, infos: Iterable[dict[str, Any]]) -> None:
        """A step was made."""
        self._places.append([info["place"] for info in infos])

    def rollout(self, buffer: RolloutBuffer) -> None:
        """Its steps are in the buffer, with their advantages."""
        places, self._places = np.array(self._places), []
        starts = buffer.episode_starts.astype(bool)
        add(self._surprise, places, np.maximum(buffer.advantages, 0))
        add(self._values, places[starts], buffer.values[starts])

    def told(self) -> dict[str, list[float]]:
        """See `Curriculum.update`."""
        means = {"positive_value_loss": self._surprise, "value": self._values}
        return {name: (sums[:, 0] / sums[:, 1]).tolist() for name, sums in means.items()}


def add(sums: NDArray[np.float64], places: NDArray[np.int64], values: NDArray[np.float32]) -> None:
    """Add values, and how many they are, to the rows of their places; -1: to none."""
    mine = places >= 0
    np.add.at(sums[:, 0], places[mine], values[mine])
    np.add.at(sums[:, 1], places[mine], 1)


class Follow(BaseCallback):
    """Has an on-policy algorithm (PPO, A2C, ...) train on what a curriculum chooses, and tells it what was seen.

    Every play begins with a reset of all environments and lasts for whole rollouts, until each of its tasks has had an
    episode to its end. Tasks that are only to be looked at, or tried, are played between two rollouts, so that the
    algorithm never learns from them; their steps count as time steps. Training ends after the time steps that it was
    given, or with the curriculum's last generation. Where rollouts are shorter than episodes, plays take several.

    The scores of the critic are in the units in which it learns: with `VecNormalize` not those of the returns, which
    `max_mc` compares them with.

    Args:
        curriculum: who chooses the tasks.
        play: that of the model's environments; this begins it.

    """

    def __init__(self, curriculum: Curriculum, play: Play):
        super().__init__()
        self.curriculum, self.play = curriculum, play
        self._choose()

    def _choose(self) -> None:
        self._tasks = self.curriculum.sample()
        self._scores = Scores(len(self._tasks))
        self.play.begin([task.genome for task in self._tasks])

    def _init_callback(self) -> None:
        """Raises TypeError for an algorithm that learns from a replay buffer."""
        _ = self._algorithm

    def _on_rollout_start(self) -> None:
        budget = self._algorithm._total_timesteps
        while self.model.num_timesteps < budget:
            if self.play.complete:
                scores = None if self._tasks[0].use == "trial" else self._scores.told()
                self.curriculum.update(self._tasks, self.play.returns, scores=scores, steps=self.play.steps)
                if self.curriculum.done:
                    return
                self._choose()
                self._reset()
            if self._tasks[0].train:
                return
            if self._tasks[0].use == "look":
                self._look()
            else:
                self._try()

    def _on_step(self) -> bool:
        self._scores.step(self.locals["infos"])
        return self._tasks[0].train and not self.curriculum.done

    def _on_rollout_end(self) -> None:
        self._scores.rollout(self.locals["rollout_buffer"])

    @property
    def _algorithm(self) -> OnPolicyAlgorithm:
        if not isinstance(self.model, OnPolicyAlgorithm):
            raise TypeError(
                f"{type(self.model).__name__} learns from a replay buffer; a curriculum is followed by on-policy "
                "algorithms, such as PPO and A2C"
            )
        return self.model

    def _reset(self) -> None:
        """Begin all episodes anew, so that none of an earlier play goes on."""
        env = self._algorithm.env
        assert env is not None
        observations: Any = env.reset()
        self.model._last_obs = observations
        self.model._last_episode_starts = np.ones(env.num_envs, bool)

    def _look(self) -> None:
        """A rollout that is not learnt from."""
        model = self._algorithm
        assert model.env is not None
        buffer = RolloutBuffer(
            model.n_steps,
            model.observation_space,
            model.action_space,
            device=model.device,
            gae_lambda=model.gae_lambda,
            gamma=model.gamma,
            n_envs=model.n_envs,
        )
        watching = Watch(self._scores)
        watching.init_callback(model)
        model.collect_rollouts(model.env, watching, buffer, model.n_steps)

    def _try(self) -> None:
        """Episodes of the mean action, until each task has had one."""
        model = self._algorithm
        assert model.env is not None
        observations: Any = model._last_obs
        while not self.play.complete:
            actions, _ = model.predict(observations, deterministic=True)
            observations, _, _, _ = model.env.step(actions)
            model.num_timesteps += model.n_envs


class Watch(BaseCallback):
    """Notes what a critic says in a rollout."""

    def __init__(self, scores: Scores):
        super().__init__()
        self._scores = scores

    def _on_step(self) -> bool:
        self._scores.step(self.locals["infos"])
        return True

    def _on_rollout_end(self) -> None:
        self._scores.rollout(self.locals["rollout_buffer"])
