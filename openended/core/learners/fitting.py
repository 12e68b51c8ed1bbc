"""What learners share that fit a network to labels: what they remember, and the update (`envs.nets.imitation`).

A learner's memory: Adam's moments m and v, float32[parameters], its steps t, int64[], the decaying learning_rate,
float64[]. `settings` have the fields epochs, learning_rate, learning_rate_decay, learning_rate_floor, norm, beta1,
beta2 and epsilon.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from openended.envs.nets.recorded import Run
from openended.envs.policy import Policy

from ..types import Agent, Learner
from ..work import Stopped


def start(settings: Any, id: int, agent: Agent) -> Learner:
    """A learner before its first step."""
    memory: dict[str, NDArray[Any]] = {
        "m": np.zeros(len(agent), np.float32),
        "v": np.zeros(len(agent), np.float32),
        "t": np.array(0, np.int64),
        "learning_rate": np.array(settings.learning_rate),
    }
    return Learner(id, agent, memory, 0)


def like(settings: Any, policy: Policy, learner: Learner) -> Learner:
    """A learner that remembers arrays of the names, dtypes and shapes that this one should."""
    return start(settings, learner.id, learner.agent)


def heir(settings: Any, id: int, learner: Learner) -> Learner:
    """A learner that takes over another's agent; its optimiser begins afresh."""
    return start(settings, id, learner.agent)


def load(student: Any, learner: Learner, plain: bool = False) -> None:
    """Put a learner into an `envs.nets.student.Student`; a `plain` step has no memory of earlier ones."""
    memory = learner.memory if not plain else start_of(learner)
    student.load(learner.agent, memory["m"], memory["v"], int(memory["t"]))


def start_of(learner: Learner) -> dict[str, NDArray[Any]]:
    """Adam's memory before the first step."""
    return {name: np.zeros_like(learner.memory[name]) for name in ("m", "v", "t")}


def fit(
    student: Any, learner: Learner, settings: Any, policy: Policy, minibatch: int, run: Run, stop: Any, seed: int
) -> tuple[Learner, float, bool]:
    """The learner after an update of the student that was loaded with it; the mean loss; whether a step was dropped.

    Raises Stopped after a request to stop.
    """
    from openended.envs.nets.actions import CHOICE, NORMAL
    from openended.envs.nets.imitation import Settings

    rate = float(learner.memory["learning_rate"])
    given = Settings(
        kind=CHOICE if policy.discrete else NORMAL,
        epochs=settings.epochs,
        minibatch=minibatch,
        norm=np.float32(settings.norm),
        rate=rate,
        beta1=settings.beta1,
        beta2=settings.beta2,
        epsilon=settings.epsilon,
        key=np.uint64(seed),
    )
    loss, dropped = student.fit(given, run, stop)
    if stop[0]:
        raise Stopped("on request")
    agent, m, v, t = student.state()
    memory = dict(learner.memory) | {"m": m, "v": v, "t": np.array(t), "learning_rate": slowed(learner, settings)}
    return Learner(learner.id, agent, memory, learner.steps + 1), loss, dropped


def slowed(learner: Learner, settings: Any) -> NDArray[np.float64]:
    """The step size for the next training step."""
    rate = float(learner.memory["learning_rate"])
    return np.array(max(rate * settings.learning_rate_decay, settings.learning_rate_floor))
