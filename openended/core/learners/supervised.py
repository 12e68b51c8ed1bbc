"""Supervised learning: an agent is told the right answers of examples that the domain labels, and fits them.

A training step draws examples of the job's tasks, each task as often, sees how the agent answers them, and then goes
through them in minibatches by Adam on the cross entropy, or the squared error of continuous actions (`envs.nets.
imitation`). Every step draws new examples, so what it sees of a task beforehand is a test on fresh data (Dawid 1984,
Statistical theory: the prequential approach).

A policy with memory begins each example with an empty one; several examples share a sequence, and the gradient goes
back to the beginning of each. What a learner remembers, `fitting` says.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np
from annotated_types import Ge, Gt, Le, Lt, MultipleOf
from numpy.typing import NDArray

from openended.envs.labels import Labelled
from openended.envs.nets.recorded import Run
from openended.envs.policy import Gru, Policy

from ..keys import key
from ..work import Cost, Job, Learned, Limits, Stopped, Visit
from .fitting import fit, heir, like, load, start
from .ppo import Threads, dealt, first_agent
from .questions import Questions, asked, told, written

__all__ = ["NOTE", "Supervised", "check", "first_agent", "heir", "learn", "like", "start"]

NOTE = ""
"""What a run should say of this kind at its start: nothing."""


@dataclass(frozen=True)
class Supervised:
    """Settings of supervised learning.

    Attributes:
        kind: `supervised`.
        examples: of a training step.
        minibatches: steps of Adam in an epoch.
        epochs: how often a training step goes through its examples.
        sequence: rows of a sequence for policies with memory; longer where an example is.
        learning_rate: Adam's step size at the start.
        learning_rate_decay: factor on the step size after every training step.
        learning_rate_floor: where that decay ends.
        norm: largest norm of the gradient.
        beta1: Adam's memory of the gradient.
        beta2: Adam's memory of its square.
        epsilon: Adam's guard against division by zero.

    """

    kind: Literal["supervised"] = "supervised"
    examples: Annotated[int, Ge(1)] = 1024
    minibatches: Annotated[int, Ge(1)] = 8
    epochs: Annotated[int, Ge(1)] = 1
    sequence: Annotated[int, Ge(8), MultipleOf(8)] = 32
    learning_rate: Annotated[float, Gt(0)] = 3e-3
    learning_rate_decay: Annotated[float, Gt(0), Le(1)] = 1.0
    learning_rate_floor: Annotated[float, Ge(0)] = 0.0
    norm: Annotated[float, Gt(0)] = 1.0
    beta1: Annotated[float, Ge(0), Lt(1)] = 0.9
    beta2: Annotated[float, Ge(0), Lt(1)] = 0.999
    epsilon: Annotated[float, Gt(0)] = 1e-8


def check(settings: Supervised, policy: Policy) -> None:
    """Raise ValueError for a policy whose network cannot be fitted."""
    from openended.envs.nets.layout import network

    if not isinstance(policy, Gru):
        network(policy)


def learn(jobs: Sequence[Job], settings: Supervised, limits: Limits, executor: Threads) -> list[Learned]:
    """One step for every job; an example counts as an evaluation, its rows as steps.

    A visit has a return for each example of its task: the weighted share of right choices, or minus the weighted mean
    of squared errors of continuous actions; and the score `loss`, of the whole step, where the learner was trained.

    Raises ValueError if the domain has no labels, Stopped after a request to stop.
    """
    if executor.domain.simulator.labels is None:
        raise ValueError(f"supervised learning needs labels, and {executor.domain.id} has none; choose es")
    return dealt(jobs, executor, lambda job, run, threads: _learn(job, settings, executor, run))


def _learn(job: Job, settings: Supervised, executor: Threads, run: Run) -> Learned:
    """One training step."""
    from .sequences import student_of

    simulator, policy = executor.domain.simulator, executor.policy
    assert simulator.labels is not None
    which, keys = asked(job, settings.examples)
    examples = told(simulator.labels(simulator.prepare(job.genomes), which, keys), job)
    student, places, size = student_of(policy, examples, settings.minibatches, settings.sequence)
    load(student, job.learner, job.plain)
    outputs = student.outputs(run, executor.stop)
    if executor.stop[0]:
        raise Stopped("on request")
    returns = judged(examples, outputs[places], policy.discrete)
    learner, scores, dropped = job.learner, {}, False
    if job.train:
        learner, loss, dropped = fit(
            student, learner, settings, policy, size, run, executor.stop, key(job.key, 0, "order")
        )  # fmt: skip
        scores = {"loss": loss}
    facts = {"answers": written(examples, choices(outputs[places]))} if isinstance(job, Questions) else {}
    visits = tuple(
        Visit(task, returns[mine], {name: fact[mine] for name, fact in facts.items()}, scores)
        for task, mine in enumerate(which == task for task in range(len(job.genomes)))
    )
    cost = Cost(evaluations=len(which), env_steps=int(examples.lengths.sum()), degenerate=int(dropped))
    return Learned(learner, visits, cost)


def judged(examples: Labelled, outputs: NDArray[np.float32], discrete: bool) -> NDArray[np.float64]:
    """The return of every example, float64[n]; outputs: float32[rows, a], in the order of its rows."""
    if discrete:
        worth = (choices(outputs) == examples.labels[:, 0]).astype(np.float64)
    else:
        off = (outputs - examples.labels).astype(np.float64)
        worth = np.zeros(len(off))
        for column in off.T:
            worth -= column * column
    example = np.repeat(np.arange(len(examples.lengths)), examples.lengths)
    weights = examples.weights.astype(np.float64)
    total: NDArray[np.float64] = np.bincount(example, weights * worth) / np.bincount(example, weights)
    return total


def choices(outputs: NDArray[np.float32]) -> NDArray[np.float32]:
    """The likeliest choice of each row, float32[rows]; outputs: float32[rows, a]."""
    made: NDArray[np.float32] = outputs.argmax(axis=1).astype(np.float32)
    return made
