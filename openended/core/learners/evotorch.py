"""EvoTorch's other distributions as kinds of learner: SNES, XNES and the cross-entropy method.

Sources: Schaul, Glasmachers, Schmidhuber (2011), High Dimensions and Heavy Tails for Natural Evolution Strategies;
Glasmachers, Schaul, Sun, Wierstra, Schmidhuber (2010), Exponential Natural Evolution Strategies; Rubinstein (1999), The
Cross-Entropy Method for Combinatorial and Continuous Optimization. Updates are EvoTorch's (Toklu et al. 2023), which
computes them by torch; the noise comes from the job's key, never from a global generator.

The agent is the centre of the distribution. A learner's memory: the standard deviations sigma, float32[parameters];
XNES: the root of the covariance sigma and its inverse sigma_inv, float32[parameters, parameters].
"""

import math
import os
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, Literal

import numpy as np
from annotated_types import Ge, Gt, Le, MultipleOf

from openended.envs.policy import Policy

from ..types import Agent, Learner
from ..work import Executor, Job, Learned, Limits, Outcome
from . import members
from .members import Population

NOTE = "This kind of learner is computed by torch: on another kind of CPU the same seed may give other results."
"""What a run should say at its start."""

LARGEST = 2**26
"""XNES: most numbers in the products of all members' noise, population * parameters^2."""


@dataclass(frozen=True)
class Snes:
    """Separable natural evolution strategy: a normal distribution with a standard deviation for each parameter.

    Attributes:
        kind: `snes`.
        population: episodes per step.
        sigma: standard deviation at the start.
        learning_rate: of the centre.
        sigma_rate: of the standard deviations, in units of the paper's 0.2 (3 + log n) / sqrt(n) for n parameters.

    """

    kind: Literal["snes"] = "snes"
    population: Annotated[int, Ge(4), MultipleOf(2)] = 512
    sigma: Annotated[float, Gt(0)] = 0.1
    learning_rate: Annotated[float, Gt(0)] = 1.0
    sigma_rate: Annotated[float, Ge(0)] = 1.0


@dataclass(frozen=True)
class Xnes:
    """Exponential natural evolution strategy: a normal distribution with a full covariance, for small policies.

    Attributes:
        kind: `xnes`.
        population: episodes per step.
        sigma: standard deviation of every parameter at the start.
        learning_rate: of the centre.
        sigma_rate: of the covariance, in units of the paper's 0.6 (3 + log n) / (n sqrt(n)) for n parameters.

    """

    kind: Literal["xnes"] = "xnes"
    population: Annotated[int, Ge(4), MultipleOf(2)] = 64
    sigma: Annotated[float, Gt(0)] = 0.1
    learning_rate: Annotated[float, Gt(0)] = 1.0
    sigma_rate: Annotated[float, Ge(0)] = 1.0


@dataclass(frozen=True)
class Cem:
    """Cross-entropy method: a normal distribution fitted to the best members.

    Attributes:
        kind: `cem`.
        population: episodes per step.
        sigma: standard deviation of every parameter at the start.
        sigma_floor: least standard deviation.
        parents: share of the members that count as the best; two at least.

    """

    kind: Literal["cem"] = "cem"
    population: Annotated[int, Ge(4), MultipleOf(2)] = 512
    sigma: Annotated[float, Gt(0)] = 0.1
    sigma_floor: Annotated[float, Ge(0)] = 0.01
    parents: Annotated[float, Gt(0), Le(1)] = 0.25


Settings = Snes | Xnes | Cem


def check(settings: Settings, policy: Policy) -> None:
    """Raise ValueError if the policy cannot be trained this way."""
    numbers = settings.population * policy.parameters**2
    if settings.kind == "xnes" and numbers > LARGEST:
        fits = math.isqrt(LARGEST // settings.population)
        raise ValueError(
            f"learner.kind `xnes` keeps a matrix of all parameters: with a population of {settings.population} the "
            f"policy may have {fits} parameters, this one has {policy.parameters}; choose `snes` or `cem`, or a "
            "smaller network"
        )
    if isinstance(settings, Cem) and int(settings.population * settings.parents) < 2:
        raise ValueError(
            f"learner.parents {settings.parents} of {settings.population} members are fewer than two: give more"
        )


def first_agent(policy: Policy, key: int) -> Agent:
    """An agent to begin with: the policy's own random one."""
    return policy.init(key)


def start(settings: Settings, id: int, agent: Agent) -> Learner:
    """A learner that has not been trained yet."""
    size, sigma = len(agent), np.float32(settings.sigma)
    if isinstance(settings, Xnes):
        one = np.eye(size, dtype=np.float32)
        return Learner(id, agent, {"sigma": one * sigma, "sigma_inv": one / sigma}, 0)
    return Learner(id, agent, {"sigma": np.full(size, sigma)}, 0)


def like(settings: Settings, policy: Any, learner: Learner) -> Learner:
    """A learner that remembers arrays of the names, dtypes and shapes that this one should."""
    return start(settings, learner.id, learner.agent)


def heir(settings: Settings, id: int, learner: Learner) -> Learner:
    """A learner that takes over another's agent; its distribution begins afresh."""
    return start(settings, id, learner.agent)


def learn(jobs: Sequence[Job], settings: Settings, limits: Limits, executor: Executor) -> list[Learned]:
    """One step for every job."""
    with _one_thread():
        played = members.play(jobs, settings.population, _fill, limits, executor.evaluate)
        return [tell(job, settings, *result) for job, result in zip(jobs, played, strict=True)]


def tell(job: Job, settings: Settings, population: Population, outcome: Outcome) -> Learned:
    """The step that follows from what the population did. Without any difference among the members nothing changes; a
    plain step moves the agent and leaves the distribution as it is.
    """
    ranks, agent, memory = members.ranks(job, outcome), np.array(job.learner.agent), dict(job.learner.memory)
    if ranks.any():
        torch, _, functional = evotorch()
        samples = torch.tensor(population)
        # Places instead of returns: none is NaN, none equals another, so that no library decides between equals.
        places = np.empty(len(ranks), np.float32)
        places[np.argsort(ranks, kind="stable")] = np.arange(len(ranks))
        values = torch.tensor(places)
        if isinstance(settings, Cem):
            new = functional.cem_tell(_cem(job.learner, settings), samples, values)
            agent, arrays = new.center.numpy(), {"sigma": new.stdev.numpy()}
        else:
            old = _distribution(job.learner)
            gradients = old.compute_gradients(samples, values, objective_sense="max", ranking_method="nes")
            rates = {"mu": settings.learning_rate, "sigma": _sigma_rate(settings, len(agent))}
            new = old.update_parameters(gradients, learning_rates=rates)
            agent, arrays = new.mu.numpy(), {name: new.parameters[name].numpy() for name in memory}
        memory = memory if job.plain else arrays
    return members.learned(job, outcome, not ranks.any(), agent, memory)


def _fill(job: Job, population: Population) -> None:
    """Write a population drawn from the learner's distribution."""
    from openended.envs.simd.normal import normals

    memory, agent = job.learner.memory, job.learner.agent
    noise = normals(job.key, population.shape)
    if "sigma_inv" in memory:
        torch, _, _ = evotorch()
        population[:] = _distribution(job.learner).to_global_coordinates(torch.tensor(noise)).numpy()
    else:
        np.add(agent, memory["sigma"] * noise, out=population)


def _distribution(learner: Learner) -> Any:
    """EvoTorch's distribution around a learner's agent: that of XNES, or of SNES."""
    torch, distributions, _ = evotorch()
    parameters = {"mu": learner.agent, **learner.memory}
    family = distributions.ExpGaussian if "sigma_inv" in parameters else distributions.ExpSeparableGaussian
    return family({name: torch.tensor(np.array(array)) for name, array in parameters.items()})


def _cem(learner: Learner, settings: Cem) -> Any:
    """EvoTorch's state of the cross-entropy method."""
    torch, _, functional = evotorch()
    return functional.cem(
        center_init=torch.tensor(np.array(learner.agent)),
        stdev_init=torch.tensor(np.array(learner.memory["sigma"])),
        stdev_min=settings.sigma_floor,
        parenthood_ratio=settings.parents,
        objective_sense="max",
    )


def _sigma_rate(settings: Snes | Xnes, parameters: int) -> float:
    """Learning rate of the standard deviations or of the covariance."""
    root = math.sqrt(parameters)
    scale = 0.2 / root if isinstance(settings, Snes) else 0.6 / (parameters * root)
    return settings.sigma_rate * scale * (3 + math.log(parameters))


@contextmanager
def _one_thread() -> Iterator[None]:
    """One thread for torch while a step lasts: more would only wait for the threads that run episodes."""
    torch, _, _ = evotorch()
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)


@cache
def evotorch() -> tuple[Any, Any, Any]:
    """Torch, EvoTorch's distributions and its functional algorithms, imported at first use (5 s), without its log."""
    given = os.environ.get("EVOTORCH_VERBOSE_LEVEL")
    os.environ["EVOTORCH_VERBOSE_LEVEL"] = given or "-1"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import torch
        from evotorch import distributions
        from evotorch.algorithms import functional
    if given is None:
        del os.environ["EVOTORCH_VERBOSE_LEVEL"]
    return torch, distributions, functional
