"""POET's evolution strategy: antithetic noise, centred ranks, Adam with weight decay, decaying noise and step size.

Sources: Salimans, Ho, Chen, Sidor, Sutskever (2017), Evolution Strategies as a Scalable Alternative to Reinforcement
Learning; Wang et al. (2019), POET, whose code fixes the details:

    gradient = 1 / (pairs sigma) * sum over pairs of (rank+ - rank-) noise  -  weight_decay * agent

with ranks of all returns spread evenly over [-1/2, 1/2]; Adam climbs it. Noise and arithmetic are kernels of our own
(`envs.nets`), so the same job gives the same bits on every CPU; EvoTorch's `pgpe_tell` is the oracle of the tests. The
kernels are imported at first use, since whoever only reads a recipe needs no compiler.

A learner's memory: Adam's moments m and v, float32[parameters], its steps t, int64[], and the decaying learning_rate
and sigma, float64[].
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import numpy as np
from annotated_types import Ge, Gt, Le, Lt, MultipleOf
from numpy.typing import NDArray

from openended.envs.policy import Policy

from ..types import Agent, Learner
from ..work import Executor, Job, Learned, Limits, Outcome
from . import members
from .members import Population, episode_keys, tasks

__all__ = ["NOTE", "Strategy", "ask", "check", "learn", "start", "tasks", "tell"]

NOTE = ""
"""What a run should say of this kind at its start: nothing."""


@dataclass(frozen=True)
class Strategy:
    """Settings of the evolution strategy; the defaults are POET's.

    Attributes:
        kind: `es`.
        population: episodes per step, half of them with the mirrored noise.
        learning_rate: Adam's step size at the start.
        learning_rate_decay: factor on the step size after every step.
        learning_rate_floor: where that decay ends.
        sigma: standard deviation of the noise at the start.
        sigma_decay: factor on sigma after every step.
        sigma_floor: where that decay ends.
        weight_decay: share of the parameters that is subtracted from the gradient.
        beta1: Adam's memory of the gradient.
        beta2: Adam's memory of its square.
        epsilon: Adam's guard against division by zero.

    """

    kind: Literal["es"] = "es"
    population: Annotated[int, Ge(2), MultipleOf(2)] = 512
    learning_rate: Annotated[float, Gt(0)] = 0.01
    learning_rate_decay: Annotated[float, Gt(0), Le(1)] = 0.9999
    learning_rate_floor: Annotated[float, Ge(0)] = 0.001
    sigma: Annotated[float, Gt(0)] = 0.1
    sigma_decay: Annotated[float, Gt(0), Le(1)] = 0.999
    sigma_floor: Annotated[float, Gt(0)] = 0.01
    weight_decay: Annotated[float, Ge(0)] = 0.01
    beta1: Annotated[float, Ge(0), Lt(1)] = 0.9
    beta2: Annotated[float, Ge(0), Lt(1)] = 0.999
    epsilon: Annotated[float, Gt(0)] = 1e-8


def check(settings: Strategy, policy: Any) -> None:
    """Any policy will do."""


def first_agent(policy: Policy, key: int) -> Agent:
    """An agent to begin with: the policy's own random one."""
    return policy.init(key)


def start(settings: Strategy, id: int, agent: Agent) -> Learner:
    """A learner before its first step."""
    memory: dict[str, NDArray[Any]] = {
        "m": np.zeros(len(agent), np.float32),
        "v": np.zeros(len(agent), np.float32),
        "t": np.array(0, np.int64),
        "learning_rate": np.array(settings.learning_rate),
        "sigma": np.array(settings.sigma),
    }
    return Learner(id, agent, memory, 0)


def like(settings: Strategy, policy: Any, learner: Learner) -> Learner:
    """A learner that remembers arrays of the names, dtypes and shapes that this one should."""
    return start(settings, learner.id, learner.agent)


def heir(settings: Strategy, id: int, learner: Learner) -> Learner:
    """A learner that takes over another's agent; its optimiser begins afresh."""
    return start(settings, id, learner.agent)


def learn(jobs: Sequence[Job], settings: Strategy, limits: Limits, executor: Executor) -> list[Learned]:
    """One step for every job."""
    played = members.play(jobs, settings.population, _fill, limits, executor.evaluate)
    return [tell(job, settings, *result) for job, result in zip(jobs, played, strict=True)]


def ask(job: Job, settings: Strategy) -> tuple[Population, NDArray[np.uint64]]:
    """The population, float32[population, parameters], and the key of each episode, uint64[population].

    Rows 0, 2, 4, ... are agent + sigma * noise, the rows after them its mirror images agent - sigma * noise.
    """
    population = np.empty((settings.population, len(job.learner.agent)), np.float32)
    _fill(job, population)
    return population, episode_keys(job, settings.population)


def tell(job: Job, settings: Strategy, population: Population, outcome: Outcome) -> Learned:
    """The step that follows from what the population did."""
    old, ranks = job.learner.memory, members.ranks(job, outcome)
    agent, m, v = _climb(job, settings, population, ranks)
    memory: dict[str, NDArray[Any]] = {
        "m": m,
        "v": v,
        "t": np.array(int(old["t"]) + 1, np.int64),
        "learning_rate": _decayed(old["learning_rate"], settings.learning_rate_decay, settings.learning_rate_floor),
        "sigma": _decayed(old["sigma"], settings.sigma_decay, settings.sigma_floor),
    }
    return members.learned(job, outcome, not ranks.any(), agent, memory)


def _fill(job: Job, population: Population) -> None:
    """Write the population that `ask` gives."""
    from openended.envs.nets.evolve import perturb, room_for_noise
    from openended.envs.simd.normal import WIDTH
    from openended.envs.simd.number import number

    agent, sigma = np.array(job.learner.agent), float(job.learner.memory["sigma"])
    room = room_for_noise(len(agent))
    perturb(agent, sigma, np.uint64(job.key), room, room.ravel(), population, number(WIDTH))


def _climb(
    job: Job, settings: Strategy, population: Population, ranks: NDArray[np.float64]
) -> tuple[Agent, NDArray[np.float32], NDArray[np.float32]]:
    """Agent, m and v after the step; a plain step leaves m and v as they are."""
    from openended.envs.nets.adam import adam
    from openended.envs.nets.evolve import ascent, follow

    memory = job.learner.memory
    agent, m, v = (np.array(array) for array in (job.learner.agent, memory["m"], memory["v"]))
    rate, gradient = float(memory["learning_rate"]), np.empty_like(agent)
    ascent(population, agent, ranks, float(memory["sigma"]), settings.weight_decay, gradient)
    if job.plain:
        follow(agent, gradient, rate)
    else:
        step = int(memory["t"]) + 1
        adam(agent, gradient, m, v, step, rate, settings.beta1, settings.beta2, settings.epsilon)
    return agent, m, v


def _decayed(value: NDArray[np.float64], factor: float, floor: float) -> NDArray[np.float64]:
    return np.array(max(float(value) * factor, floor))
