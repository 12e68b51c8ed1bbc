"""POET's evolution strategy: antithetic noise, centred ranks, Adam with weight decay, decaying noise and step size.

Sources: Salimans, Ho, Chen, Sidor, Sutskever (2017), Evolution Strategies as a Scalable Alternative to Reinforcement
Learning; Wang et al. (2019), POET, whose code fixes the details:

    gradient = 1 / (pairs sigma) * sum over pairs of (rank+ - rank-) noise  -  weight_decay * agent

with ranks of all returns spread evenly over [-1/2, 1/2]; Adam climbs it. The update is EvoTorch's `pgpe_tell`. Its own
`pgpe_ask` draws from a global generator, so the noise is drawn here from the job's key.

A learner's memory: Adam's moments m and v, float32[parameters], its steps t, int64[], and the decaying learning_rate
and sigma, float64[].
"""

import os
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from typing import Annotated, Any, Literal

import numpy as np
from annotated_types import Ge, Gt, Le, Lt, MultipleOf
from numpy.typing import NDArray

from ..evaluation import cost
from ..keys import generator
from ..ranks import centred_ranks
from ..types import Agent, Batch, Job, Learned, Learner, Limits, Outcome, Visit


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


def learn(
    jobs: Sequence[Job], settings: Strategy, limits: Limits, evaluate: Callable[[Batch], Outcome]
) -> list[Learned]:
    """One step for every job. The episodes of all jobs form one batch, so that they share one queue."""
    size, asked = settings.population, [ask(job, settings) for job in jobs]
    genomes = [genome for job in jobs for genome in job.genomes]
    first = np.cumsum([0, *(len(job.genomes) for job in jobs)])
    which = np.empty((size * len(jobs), 2), np.int32)
    which[:, 0] = np.concatenate([first[i] + tasks(job, size) for i, job in enumerate(jobs)])
    which[:, 1] = np.arange(len(which))
    agents, keys = (np.concatenate(part) for part in zip(*asked, strict=True))
    outcome = evaluate(Batch(genomes, agents, which, keys, limits))
    learned = []
    for i, job in enumerate(jobs):
        mine = slice(i * size, (i + 1) * size)
        facts = {name: fact[mine] for name, fact in outcome.facts.items()}
        learned.append(tell(job, settings, agents[mine], Outcome(outcome.returns[mine], outcome.steps[mine], facts)))
    return learned


def tasks(job: Job, size: int) -> NDArray[np.int64]:
    """Which of the job's tasks each member of the population plays, int64[size]: a member and its mirror the same."""
    return np.arange(size) // 2 % len(job.genomes)


def ask(job: Job, settings: Strategy) -> tuple[NDArray[np.float32], NDArray[np.uint64]]:
    """The population, float32[population, parameters], and the key of each episode, uint64[population].

    Rows 0, 2, 4, ... are agent + sigma * noise, the rows after them its mirror images agent - sigma * noise.
    """
    stream, agent = generator(job.key), job.learner.agent
    noise = stream.standard_normal((settings.population // 2, len(agent)), dtype=np.float32)
    noise *= np.float32(job.learner.memory["sigma"])
    population = np.empty((settings.population, len(agent)), np.float32)
    np.add(agent, noise, out=population[0::2])
    np.subtract(agent, noise, out=population[1::2])
    return population, stream.integers(2**64, size=settings.population, dtype=np.uint64)


def tell(job: Job, settings: Strategy, population: NDArray[np.float32], outcome: Outcome) -> Learned:
    """The step that follows from what the population did."""
    old, ranks = job.learner.memory, centred_ranks(outcome.returns)
    agent, m, v = _climb(job, settings, population, ranks)
    memory: dict[str, NDArray[Any]] = {
        "m": m,
        "v": v,
        "t": np.array(old["t"] + 1),
        "learning_rate": np.array(
            max(old["learning_rate"] * settings.learning_rate_decay, settings.learning_rate_floor)
        ),
        "sigma": np.array(max(old["sigma"] * settings.sigma_decay, settings.sigma_floor)),
    }
    played = tasks(job, settings.population)
    learner = Learner(job.learner.id, agent, memory, job.learner.steps + 1)
    return Learned(learner, visits(job, played, outcome), replace(cost(outcome), degenerate=int(not ranks.any())))


def visits(job: Job, played: NDArray[np.int64], outcome: Outcome) -> tuple[Visit, ...]:
    """What the population saw of each of the job's tasks; `played` int64[population] says who played which."""
    seen = []
    for task in range(len(job.genomes)):
        mine = played == task
        seen.append(Visit(task, outcome.returns[mine], {name: fact[mine] for name, fact in outcome.facts.items()}))
    return tuple(seen)


def _climb(
    job: Job, settings: Strategy, population: NDArray[np.float32], ranks: NDArray[np.float64]
) -> tuple[Agent, NDArray[np.float32], NDArray[np.float32]]:
    """Agent, m and v after EvoTorch's `pgpe_tell`; a plain step leaves m and v as they are.

    Its gradient is 1 / pairs * sum of (utility+ - utility-) / 2 * sigma * noise. With utilities of 2 / sigma^2 times
    the ranks that is POET's, whose scale matters beside the weight decay.
    """
    torch, functional = _evotorch()
    old = job.learner.memory

    def tensor(array: Any) -> Any:
        return torch.tensor(array, dtype=torch.float32)

    def with_decay(tell: Callable[..., Any]) -> Callable[..., Any]:
        return lambda state, *, follow_grad: tell(state, follow_grad=follow_grad - settings.weight_decay * state.center)

    optimizer = (functional.adam, functional.adam_ask, with_decay(functional.adam_tell))
    constants = {"beta1": settings.beta1, "beta2": settings.beta2, "epsilon": settings.epsilon}
    if job.plain:
        optimizer, constants = (functional.sgd, functional.sgd_ask, with_decay(functional.sgd_tell)), {}
    pgpe = functional.pgpe(
        center_init=tensor(job.learner.agent),
        center_learning_rate=float(old["learning_rate"]),
        stdev_init=float(old["sigma"]),
        stdev_learning_rate=0.0,
        objective_sense="max",
        ranking_method="raw",
        optimizer=optimizer,
        optimizer_config=constants,
    )
    if not job.plain:
        adam = pgpe.optimizer_state._replace(m=tensor(old["m"]), v=tensor(old["v"]), t=tensor(old["t"]))
        pgpe = pgpe._replace(optimizer_state=adam)
    utilities = tensor(ranks * (2.0 / float(old["sigma"]) ** 2))
    with _one_thread(torch):
        new = functional.pgpe_tell(pgpe, tensor(population), utilities).optimizer_state
    return new.center.numpy(), *((old["m"], old["v"]) if job.plain else (new.m.numpy(), new.v.numpy()))


@contextmanager
def _one_thread(torch: Any) -> Iterator[None]:
    """One thread for torch: the same bits, and on busy cores 3 ms instead of 150 ms of waiting for other threads."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)


@cache
def _evotorch() -> tuple[Any, Any]:
    """Torch and EvoTorch's functional algorithms, imported at first use (5 s) and without EvoTorch's log on stdout."""
    os.environ.setdefault("EVOTORCH_VERBOSE_LEVEL", "-1")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import torch
        from evotorch.algorithms import functional
    return torch, functional
