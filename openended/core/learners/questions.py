"""A training step on questions that are given, with answers that need not be the domain's."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from openended.envs.labels import Labelled

from ..keys import generator, key
from ..work import Job


@dataclass(frozen=True)
class Questions(Job):
    """A step of `supervised` on these questions, which are choices; a visit's facts have `answers`, float32[n, w]: what
    the learner chose where it counts, -1 behind.

    Attributes:
        which: int64[n], the place in the job of each question's task.
        keys: uint64[n], of the questions.
        answers: float32[n, w], choices that the learner is told instead of the domain's labels, at the rows of a
            question that count, -1 behind; a question with -1 alone keeps its labels. No columns: all do.

    """

    which: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))
    keys: NDArray[np.uint64] = field(default_factory=lambda: np.zeros(0, np.uint64))
    answers: NDArray[np.float32] = field(default_factory=lambda: np.zeros((0, 0), np.float32))


def asked(job: Job, count: int) -> tuple[NDArray[np.int64], NDArray[np.uint64]]:
    """The tasks, int64[n], and keys, uint64[n], of a job's questions: those given, or `count` new ones."""
    if isinstance(job, Questions):
        return job.which, job.keys
    which = np.arange(count) % len(job.genomes)
    return which, generator(key(job.key, 0, "examples")).integers(0, 2**64, count, np.uint64)


def told(examples: Labelled, job: Job) -> Labelled:
    """The examples with the labels that the job gives."""
    if not isinstance(job, Questions) or not job.answers.size:
        return examples
    own = job.answers[:, 0] >= 0
    labels, given = examples.labels.copy(), job.answers[own]
    labels[(examples.weights > 0) & np.repeat(own, examples.lengths), 0] = given[given >= 0]
    return examples._replace(labels=labels)


def written(examples: Labelled, choices: NDArray[np.float32]) -> NDArray[np.float32]:
    """Of every example the choices, float32[rows], at the rows that count: float32[n, w], -1 behind."""
    counts = examples.weights > 0
    example = np.repeat(np.arange(len(examples.lengths)), examples.lengths)[counts]
    widths = np.bincount(example, minlength=len(examples.lengths))
    made = np.full((len(widths), int(widths.max(initial=0))), -1, np.float32)
    made[np.arange(made.shape[1]) < widths[:, None]] = choices[counts]
    return made
