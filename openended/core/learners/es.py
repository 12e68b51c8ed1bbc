"""POET's evolution strategy: antithetic noise, centred ranks, Adam with weight decay, decaying noise and step size.

Sources: Salimans, Ho, Chen, Sidor, Sutskever (2017), Evolution Strategies as a Scalable Alternative to Reinforcement
Learning; Wang et al. (2019), POET, whose code fixes the details:

    gradient = 1 / (pairs sigma) * sum over pairs of (rank+ - rank-) noise  -  weight_decay * agent

with ranks of all returns spread evenly over [-1/2, 1/2]; Adam climbs it. The update is EvoTorch's `pgpe_tell`. Its own
`pgpe_ask` draws from a global generator, so the noise is drawn here from the job's key.
"""

import os
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from math import fsum
from typing import Annotated, Any

import numpy as np
from annotated_types import Ge, Gt, Le, Lt, MultipleOf
from numpy.typing import NDArray

from ..keys import generator
from ..types import Agent, Optimiser, Outcome, StepJob, Stepped


@dataclass(frozen=True)
class Params:
    """Settings of the evolution strategy; the defaults are POET's.

    Attributes:
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


def start(params: Params, parameters: int) -> Optimiser:
    """The optimiser before its first step."""
    zeros = np.zeros(parameters, np.float32)
    return Optimiser(m=zeros, v=zeros, t=0, learning_rate=params.learning_rate, sigma=params.sigma)


def step(
    jobs: Sequence[StepJob], params: Params, cap: int, stall: int, evaluate: Callable[..., Outcome]
) -> list[Stepped]:
    """One step for every job. The episodes of all jobs form one call of `evaluate` (`Executor.evaluate`), so that they
    share one queue.
    """
    if not jobs:
        return []
    size = params.population
    asked = [ask(job, params) for job in jobs]
    which = np.empty((size * len(jobs), 2), np.int32)
    which[:, 0] = np.repeat(np.arange(len(jobs)), size)
    which[:, 1] = np.arange(len(which))
    agents = np.concatenate([agents for agents, _ in asked])
    keys = np.concatenate([keys for _, keys in asked])
    outcome = evaluate([job.genome for job in jobs], agents, which, keys, cap, stall)
    return [
        tell(job, params, agents[part], outcome.returns[part], int(outcome.steps[part].sum()))
        for job, part in ((job, slice(i * size, (i + 1) * size)) for i, job in enumerate(jobs))
    ]


def ask(job: StepJob, params: Params) -> tuple[NDArray[np.float32], NDArray[np.uint64]]:
    """The population, float32[population, parameters], and the key of each episode, uint64[population].

    Rows 0, 2, 4, ... are agent + sigma * noise, the rows after them its mirror images agent - sigma * noise.
    """
    stream = generator(job.key)
    noise = stream.standard_normal((params.population // 2, len(job.agent)), dtype=np.float32)
    noise *= np.float32(job.optimiser.sigma)
    population = np.empty((params.population, len(job.agent)), np.float32)
    np.add(job.agent, noise, out=population[0::2])
    np.subtract(job.agent, noise, out=population[1::2])
    return population, stream.integers(2**64, size=params.population, dtype=np.uint64)


def tell(
    job: StepJob, params: Params, population: NDArray[np.float32], returns: NDArray[np.float64], env_steps: int
) -> Stepped:
    """The step that follows from the returns, float64[population], of the population."""
    old = job.optimiser
    ranks = centred_ranks(returns)
    agent, m, v = _climb(job, params, population, ranks)
    optimiser = Optimiser(
        m=m,
        v=v,
        t=old.t + 1,
        learning_rate=max(old.learning_rate * params.learning_rate_decay, params.learning_rate_floor),
        sigma=max(old.sigma * params.sigma_decay, params.sigma_floor),
    )
    finite = returns[np.isfinite(returns)]
    return Stepped(
        agent=agent,
        optimiser=optimiser,
        mean_return=fsum(finite) / len(finite) if len(finite) else float("nan"),
        evaluations=len(returns),
        env_steps=env_steps,
        nonfinite=len(returns) - len(finite),
        degenerate=not ranks.any(),
    )


def centred_ranks(returns: NDArray[np.float64]) -> NDArray[np.float64]:
    """Ranks float64[n], spread evenly over [-1/2, 1/2]; the best return has 1/2.

    Equal returns share the mean of their ranks, so that returns which are all equal give no gradient. Returns that are
    not finite are the worst, equal among themselves. A single return has rank 0.
    """
    _, group, sizes = np.unique(
        np.where(np.isfinite(returns), returns, -np.inf), return_inverse=True, return_counts=True
    )
    ranks = np.cumsum(sizes) - (sizes + 1) / 2
    return ranks[group] / (len(returns) - 1) - 0.5 if len(returns) > 1 else np.zeros(len(returns))


def _climb(
    job: StepJob, params: Params, population: NDArray[np.float32], ranks: NDArray[np.float64]
) -> tuple[Agent, NDArray[np.float32], NDArray[np.float32]]:
    """Agent, m and v after EvoTorch's `pgpe_tell`; a plain step leaves m and v as they are.

    Its gradient is 1 / pairs * sum of (utility+ - utility-) / 2 * sigma * noise. With utilities of 2 / sigma^2 times
    the ranks that is POET's, whose scale matters beside the weight decay.
    """
    torch, functional = _evotorch()
    old = job.optimiser

    def tensor(array: Any) -> Any:
        return torch.tensor(array, dtype=torch.float32)

    def with_decay(tell: Callable[..., Any]) -> Callable[..., Any]:
        return lambda state, *, follow_grad: tell(state, follow_grad=follow_grad - params.weight_decay * state.center)

    optimizer = (functional.adam, functional.adam_ask, with_decay(functional.adam_tell))
    settings = {"beta1": params.beta1, "beta2": params.beta2, "epsilon": params.epsilon}
    if job.plain:
        optimizer, settings = (functional.sgd, functional.sgd_ask, with_decay(functional.sgd_tell)), {}
    pgpe = functional.pgpe(
        center_init=tensor(job.agent),
        center_learning_rate=old.learning_rate,
        stdev_init=old.sigma,
        stdev_learning_rate=0.0,
        objective_sense="max",
        ranking_method="raw",
        optimizer=optimizer,
        optimizer_config=settings,
    )
    if not job.plain:
        adam = pgpe.optimizer_state._replace(m=tensor(old.m), v=tensor(old.v), t=tensor(old.t))
        pgpe = pgpe._replace(optimizer_state=adam)
    utilities = tensor(ranks * (2.0 / old.sigma**2))
    with _one_thread(torch):
        new = functional.pgpe_tell(pgpe, tensor(population), utilities).optimizer_state
    return new.center.numpy(), *((old.m, old.v) if job.plain else (new.m.numpy(), new.v.numpy()))


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
