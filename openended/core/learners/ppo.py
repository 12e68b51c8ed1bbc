"""Proximal policy optimization: an agent learns from recorded episodes of its own noisy policy, by gradient.

Sources: Schulman et al. (2017), Proximal policy optimization algorithms; Huang et al. (2022), The 37 implementation
details of proximal policy optimization. The kernels are those of `envs.nets`, each with its source. Actor and critic
are separate networks; those of a policy with memory share one (`envs.nets.recurrent`), and the critic of one that
scores candidates sees a summary of them (`envs.nets.scoring`). The standard deviations do not depend on the observation
and are kept in bounds: on hard courses the entropy's weight alone lets them collapse or explode. Small records, of
which many fit into a budget, are what makes learning from scratch fast.

A training step makes `updates` records, each followed by an update. Its environments begin afresh, each episode on one
of the job's tasks, and stay in their episodes from record to record. Time limits and the stall rule truncate. As they
begin together, each short record has one stretch of the tasks; on long courses, records of whole episodes forget less
(docs/evidence.md, b).

The agent is the actor: it acts by its mean, or its most likely action. A learner's memory is empty before its first
step; then it holds the critic, float32[c]; the logarithms of the standard deviations, float32[a]; Adam's moments m and
v, float32[parameters + a + c], and its steps t, int64[]; moments of the discounted return, float64[3] (`envs.nets.
advantages`); the decaying learning_rate, float64[]. One whose jobs are appraised also keeps earlier critics,
float32[3, c].
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from queue import Empty, SimpleQueue
from typing import Annotated, Literal, Protocol

import numpy as np
from annotated_types import Ge, Gt, Le, Lt, MultipleOf
from numpy.typing import NDArray

from openended.envs.api import Domain
from openended.envs.nets.recorded import Rehearsal, Run
from openended.envs.policy import Gru, Policy, Scorer

from ..keys import key
from ..types import Agent, Learner
from ..work import Job, Learned, Limits, Stopped

NOTE = ""
"""What a run should say of this kind at its start: nothing."""


@dataclass(frozen=True)
class Proximal:
    """Settings of proximal policy optimization.

    Attributes:
        kind: `ppo`.
        environments: episodes recorded side by side.
        steps: of each environment in a record.
        updates: in a training step, each after a record. Environments begin afresh with every training step: what
            comes later in an episode than steps times updates is never learnt from.
        minibatch: rows of a step of Adam; divides environments times steps.
        sequence: steps that the gradient of a policy with memory goes back, at most; no matter to others.
        epochs: how often an update goes through its record.
        learning_rate: Adam's step size at the start.
        learning_rate_decay: factor on the step size after every training step.
        learning_rate_floor: where that decay ends.
        discount: gamma, by which a reward a step later is worth less.
        trace: lambda of generalised advantage estimation.
        clip: how far the ratio of probabilities may leave 1.
        entropy: weight of the entropy.
        value: weight of the value's squared error.
        norm: largest norm of the gradient.
        deviation: standard deviation of continuous actions at the start.
        deviation_lowest: the smallest it becomes.
        deviation_highest: the largest.
        beta1: Adam's memory of the gradient.
        beta2: Adam's memory of its square.
        epsilon: Adam's guard against division by zero.

    """

    kind: Literal["ppo"] = "ppo"
    environments: Annotated[int, Ge(1)] = 64
    steps: Annotated[int, Ge(1)] = 128
    updates: Annotated[int, Ge(1)] = 16
    minibatch: Annotated[int, Ge(64), MultipleOf(64)] = 512
    sequence: Annotated[int, Ge(8), MultipleOf(8)] = 64
    epochs: Annotated[int, Ge(1)] = 5
    learning_rate: Annotated[float, Gt(0)] = 3e-4
    learning_rate_decay: Annotated[float, Gt(0), Le(1)] = 1.0
    learning_rate_floor: Annotated[float, Ge(0)] = 0.0
    discount: Annotated[float, Gt(0), Lt(1)] = 0.99
    trace: Annotated[float, Ge(0), Le(1)] = 0.95
    clip: Annotated[float, Gt(0), Lt(1)] = 0.2
    entropy: Annotated[float, Ge(0)] = 0.001
    value: Annotated[float, Gt(0)] = 0.5
    norm: Annotated[float, Gt(0)] = 0.5
    deviation: Annotated[float, Gt(0)] = 1.0
    deviation_lowest: Annotated[float, Gt(0)] = 0.2
    deviation_highest: Annotated[float, Gt(0)] = 1.0
    beta1: Annotated[float, Ge(0), Lt(1)] = 0.9
    beta2: Annotated[float, Ge(0), Lt(1)] = 0.999
    epsilon: Annotated[float, Gt(0)] = 1e-5


class Threads(Protocol):
    """The executor that a training step needs, one of threads."""

    domain: Domain
    policy: Policy
    threads: int
    stop: NDArray[np.uint8]

    def everywhere(self, work: Callable[[], None]) -> None:
        """Call a function in every thread, and wait. Raises what it raised."""
        ...


def check(settings: Proximal, policy: Policy) -> None:
    """Raise ValueError, in one sentence, for settings or policies that do not fit."""
    from openended.envs.nets.layout import network
    from openended.envs.nets.recurrent.trainer import sequence_length

    if isinstance(policy, Gru):
        sequence_length(settings.steps, settings.minibatch, settings.sequence)
    elif not isinstance(policy, Scorer):
        network(policy)
    rows = settings.environments * settings.steps
    if rows % settings.minibatch:
        raise ValueError(
            f"a minibatch of {settings.minibatch} does not divide the {rows} rows of {settings.environments} "
            f"environments x {settings.steps} steps; change one of the three"
        )
    low, high = settings.deviation_lowest, settings.deviation_highest
    if not low <= settings.deviation <= high:
        raise ValueError(f"deviation {settings.deviation} is not within {low} .. {high}, its lowest and highest")


def first_agent(policy: Policy, seed: int) -> Agent:
    """An agent to begin with: orthogonal weights, outputs near zero (see `envs.nets.start`)."""
    from openended.envs.nets.layout import network
    from openended.envs.nets.recurrent import start
    from openended.envs.nets.scoring.layout import scorer
    from openended.envs.nets.start import first_network

    if isinstance(policy, Gru):
        return start.first_agent([key(seed, 0, "actor", matrix) for matrix in range(start.KEYS)], policy, 0.01)
    sizes = (scorer if isinstance(policy, Scorer) else network)(policy).sizes
    return first_network([key(seed, 0, "actor", layer) for layer in range(len(sizes) - 1)], sizes, 0.01)


def start(settings: Proximal, id: int, agent: Agent) -> Learner:
    """A learner before its first step. It makes its critic when it first learns."""
    return Learner(id, agent, {}, 0)


def like(settings: Proximal, policy: Policy, learner: Learner) -> Learner:
    """A learner that remembers arrays of the names, dtypes and shapes that this one should: nothing before its first
    step, or after an agent without a critic has taken over.
    """
    fresh = start(settings, learner.id, learner.agent)
    if not learner.memory:
        return fresh
    from .proximal import example

    return replace(fresh, memory=example(policy, compared="critics" in learner.memory))


def heir(settings: Proximal, id: int, learner: Learner) -> Learner:
    """A learner that takes over another's agent, critic, deviations and scale of rewards; its Adam begins afresh."""
    if not learner.memory:
        return start(settings, id, learner.agent)
    names = ("critic", "logarithms", "moments")
    adam = {
        "m": np.zeros_like(learner.memory["m"]),
        "v": np.zeros_like(learner.memory["v"]),
        "t": np.zeros_like(learner.memory["t"]),
        "learning_rate": np.array(settings.learning_rate),
    }
    return Learner(id, learner.agent, {name: learner.memory[name] for name in names} | adam, 0)


def learn(jobs: Sequence[Job], settings: Proximal, limits: Limits, executor: Threads) -> list[Learned]:
    """One step for every job: many jobs one in each thread, few jobs one after the other by all threads.

    Raises ValueError if the domain cannot record episodes, Stopped after a request to stop.
    """
    if executor.domain.simulator.experience is None:
        raise ValueError(f"ppo needs recorded episodes, and {executor.domain.id} has no `experience`; choose es")
    return dealt(jobs, executor, lambda job, run, threads: _learn(job, settings, limits, executor, run, threads))


def dealt(jobs: Sequence[Job], executor: Threads, learn: Callable[[Job, Run, int], Learned]) -> list[Learned]:
    """What `learn` makes of every job, given the job, what calls a function in its threads, and how many these are:
    many jobs one in each thread, few jobs one after the other by all threads.
    """
    if len(jobs) < executor.threads or executor.threads == 1:
        return [learn(job, executor.everywhere, executor.threads) for job in jobs]
    waiting: SimpleQueue[int] = SimpleQueue()
    for place in range(len(jobs)):
        waiting.put(place)
    learned: dict[int, Learned] = {}

    def work() -> None:
        while True:
            try:
                place = waiting.get_nowait()
            except Empty:
                return
            learned[place] = learn(jobs[place], _alone, 1)

    executor.everywhere(work)
    return [learned[place] for place in range(len(jobs))]


def _alone(work: Callable[[], None]) -> None:
    work()


def _learn(job: Job, settings: Proximal, limits: Limits, executor: Threads, run: Run, threads: int) -> Learned:
    """One training step."""
    from .proximal import Training

    simulator, stop = executor.domain.simulator, executor.stop
    training = Training(settings, executor.policy, job)
    asked = Rehearsal(
        tasks=simulator.prepare(job.genomes),
        policy=executor.policy,
        environments=settings.environments,
        key=key(job.key, 0, "experience"),
        cap=limits.cap,
        stall=limits.stall,
        threads=threads,
    )
    assert simulator.experience is not None
    recorder = simulator.experience(asked)
    for update in range(settings.updates):
        record, ended = recorder.record(settings.steps, training.actor(), run, stop)
        if not stop[0]:
            training.take(record, ended, key(job.key, update, "order"), run, stop)
        if stop[0]:
            raise Stopped("on request")
    return training.learned()
