"""Imitation: a network learns to do what several others do, each on its own tasks, from their episodes and its own.

A training step:

1. Every teacher plays its own task and the others it was given, with a little noise on its actions, so that it also
   visits what lies beside its way; what it would do without noise is the label (Laskey et al. 2017, DART).
2. Of these episodes only those are kept that solve their task (reward-ranked or rejection-sampled self-training:
   Gulcehre et al. 2023, ReST; Lee et al. 2025, Self-improving transformers).
3. The learner plays the own task of every teacher that has something to show, and the teacher says what it would have
   done at what the learner saw, failures included (Ross, Gordon, Bagnell 2011, DAgger; each step learns from new
   episodes, which is the online form of their reduction: no data is kept).
4. The network is fitted to all of it (`envs.nets.imitation`); all teachers weigh the same.

What a learner remembers, `fitting` says.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import numpy as np
from annotated_types import Ge, Gt, Le, Lt, MultipleOf

from openended.envs.policy import Policy

from ..drawing import draw
from ..keys import generator, key
from ..work import Cost, Learned, Limits, Visit
from .fitting import heir, like, start
from .ppo import Threads, first_agent
from .teachers import Lessons, Teacher

__all__ = ["NOTE", "Imitation", "check", "first_agent", "heir", "learn", "like", "start"]

NOTE = ""
"""What a run should say of this kind at its start: nothing."""

Filter = Literal["solved", "random", "none"]


@dataclass(frozen=True)
class Imitation:
    """Settings of imitation.

    Attributes:
        kind: `imitation`.
        episodes: of each teacher in a training step; of the learner as many on each teacher's own task.
        rows: most steps of an episode that are learnt from, spread evenly.
        noise: of what acts: the standard deviation of continuous actions; of a choice the temperature, by which outputs
            are divided before the softmax.
        filter: which episodes of teachers are kept: those that are `solved`; as many at `random`; all (`none`).
        correct: whether the learner plays, too, and is corrected.
        minibatch: rows of a step of Adam.
        epochs: how often an update goes through its rows.
        learning_rate: Adam's step size at the start.
        learning_rate_decay: factor on the step size after every training step.
        learning_rate_floor: where that decay ends.
        norm: largest norm of the gradient.
        beta1: Adam's memory of the gradient.
        beta2: Adam's memory of its square.
        epsilon: Adam's guard against division by zero.

    """

    kind: Literal["imitation"] = "imitation"
    episodes: Annotated[int, Ge(1)] = 16
    rows: Annotated[int, Ge(1)] = 256
    noise: Annotated[float, Gt(0)] = 0.1
    filter: Filter = "solved"
    correct: bool = True
    minibatch: Annotated[int, Ge(64), MultipleOf(64)] = 512
    epochs: Annotated[int, Ge(1)] = 4
    learning_rate: Annotated[float, Gt(0)] = 1e-3
    learning_rate_decay: Annotated[float, Gt(0), Le(1)] = 1.0
    learning_rate_floor: Annotated[float, Ge(0)] = 0.0
    norm: Annotated[float, Gt(0)] = 1.0
    beta1: Annotated[float, Ge(0), Lt(1)] = 0.9
    beta2: Annotated[float, Ge(0), Lt(1)] = 0.999
    epsilon: Annotated[float, Gt(0)] = 1e-8


def check(settings: Imitation, policy: Policy) -> None:
    """Raise ValueError for a policy whose network cannot be fitted so: one with memory."""
    from openended.envs.nets.layout import network

    network(policy)


def learn(jobs: Sequence[Lessons], settings: Imitation, limits: Limits, executor: Threads) -> list[Learned]:
    """One step for every job, one after the other by all threads. Raises Stopped after a request to stop.

    A visit for each teacher has the returns of the learner's own episodes on that teacher's task, and the scores
    `played` and `kept`, episodes of the teacher, and `loss`, of the fit.
    """
    return [_learn(job, settings, limits, executor) for job in jobs]


def _learn(job: Lessons, settings: Imitation, limits: Limits, executor: Threads) -> Learned:
    """One training step."""
    from .lessons import Episode, fitted, played

    own = [Teacher(job.learner.agent, each.tasks[:1]) for each in job.teachers]
    shown = played(job, job.teachers, job.teachers, settings, limits, executor, key(job.key, 0, "shown"))
    kept = _kept(shown, settings.filter, job.solved, key(job.key, 0, "kept"))
    nothing: tuple[Episode, ...] = ()
    corrected = [nothing for _ in own]
    if settings.correct and job.learner.steps:
        able = [place for place, episodes in enumerate(kept) if episodes]
        actors, judges = [own[place] for place in able], [job.teachers[place] for place in able]
        done = played(job, actors, judges, settings, limits, executor, key(job.key, 0, "corrected"))
        for place, episodes in zip(able, done, strict=True):
            corrected[place] = tuple(episodes)
    learner, loss, dropped = fitted(
        job.learner, [(*one, *two) for one, two in zip(kept, corrected, strict=True)], settings, executor,
        key(job.key, 0, "order"),
    )  # fmt: skip
    every = [episode for episodes in (*shown, *corrected) for episode in episodes]
    cost = Cost(
        evaluations=len(every),
        env_steps=sum(episode.steps for episode in every),
        nonfinite=sum(not np.isfinite(episode.total) for episode in every),
        degenerate=int(dropped),
    )
    visits = tuple(
        Visit(
            teacher.tasks[0],
            np.array([episode.total for episode in after], np.float64),
            {},
            {"played": float(len(before)), "kept": float(len(held)), "loss": loss},
        )
        for teacher, before, held, after in zip(job.teachers, shown, kept, corrected, strict=True)
    )
    return Learned(learner if job.train else job.learner, visits, cost)


def _kept(shown: Sequence[Sequence[Any]], filter: Filter, solved: float, key: int) -> list[tuple[Any, ...]]:
    """Those of every teacher's episodes that are kept."""
    passed = [tuple(episode for episode in episodes if episode.total >= solved) for episodes in shown]
    if filter == "solved":
        return passed
    if filter == "none":
        return [tuple(episodes) for episodes in shown]
    places = [(teacher, episode) for teacher, episodes in enumerate(shown) for episode in range(len(episodes))]
    chosen = draw(np.ones(len(places)), sum(map(len, passed)), generator(key))
    some = {places[place] for place in chosen}
    return [
        tuple(episode for place, episode in enumerate(episodes) if (teacher, place) in some)
        for teacher, episodes in enumerate(shown)
    ]
