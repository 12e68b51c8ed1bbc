"""What `imitation` does within a step: episodes of teachers and of the learner, with labels, and the fit to them.

`settings` are `imitation.Imitation` everywhere.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import Any

import numpy as np
from numpy.typing import NDArray

from openended.envs.nets.actions import CHOICE, NORMAL
from openended.envs.nets.draw import Actor
from openended.envs.nets.imitation import Rows, outputs_of
from openended.envs.nets.layout import ROWS, WEIGHTS, Perceptron, network, packed
from openended.envs.nets.product import LANES
from openended.envs.nets.recorded import Rehearsal
from openended.envs.nets.start import logarithm
from openended.envs.nets.student import FeedforwardStudent
from openended.envs.policy import Policy
from openended.envs.simd.number import number

from ..keys import generator, key
from ..types import Agent, Learner
from ..work import Job, Limits, Stopped
from .fitting import fit, load, slowed
from .ppo import Threads
from .teachers import Teacher

STRETCH = 200
"""Steps that are recorded at a time; when the first episodes of all environments are over, no more are needed."""


@dataclass(frozen=True)
class Episode:
    """What is learnt from an episode.

    Attributes:
        total: its return.
        steps: its length.
        observations: float32[k, o], some of what was seen.
        labels: float32[k, a], what the teacher would do there; of a choice its index, float32[k, 1].

    """

    total: float
    steps: int
    observations: NDArray[np.float32]
    labels: NDArray[np.float32]


def actor(policy: Policy, net: Perceptron, agent: Agent, noise: float) -> Actor:
    """An agent that acts with noise: deviations of continuous actions, the temperature of a choice."""
    parameters = packed(net, agent)
    if policy.discrete:
        last = net.plan[-2]
        parameters[last[WEIGHTS] :] /= np.float32(noise)
        return Actor(CHOICE, policy.outputs, net.plan, parameters, np.zeros(0, np.float32))
    spread = (logarithm(noise), np.float32(noise), np.float32(1.0) / np.float32(noise))
    return Actor(NORMAL, policy.outputs, net.plan, parameters, np.repeat(np.array(spread, np.float32), policy.outputs))


def played(
    job: Job,
    actors: Sequence[Teacher],
    judges: Sequence[Teacher],
    settings: Any,
    limits: Limits,
    executor: Threads,
    seed: int,
) -> list[list[Episode]]:
    """Episodes of every actor on its tasks, labelled by the judge in the same place. Threads take the next actor each.

    Raises Stopped after a request to stop.
    """
    waiting: SimpleQueue[int] = SimpleQueue()
    for place in range(len(actors)):
        waiting.put(place)
    found: dict[int, list[Episode]] = {}

    def work() -> None:
        while not executor.stop[0]:
            try:
                place = waiting.get_nowait()
            except Empty:
                return
            own = key(seed, 0, "episodes", place)
            found[place] = episodes(job, actors[place], judges[place].agent, settings, limits, executor, own)

    executor.everywhere(work)
    if executor.stop[0]:
        raise Stopped("on request")
    return [found[place] for place in range(len(actors))]


def episodes(
    job: Job, who: Teacher, judge: Agent, settings: Any, limits: Limits, executor: Threads, seed: int
) -> list[Episode]:
    """The first episode of every environment, those that the limits cut off included."""
    simulator, policy, net = executor.domain.simulator, executor.policy, network(executor.policy)
    assert simulator.experience is not None
    asked = Rehearsal(
        tasks=simulator.prepare([job.genomes[task] for task in who.tasks]),
        policy=policy,
        environments=settings.episodes,
        key=key(seed, 0, "experience"),
        cap=limits.cap,
        stall=limits.stall,
    )
    recorder, acting = simulator.experience(asked), actor(policy, net, who.agent, settings.noise)
    seen: list[NDArray[np.float32]] = []
    ends: dict[int, tuple[float, int]] = {}
    while len(ends) < settings.episodes and not executor.stop[0]:
        record, ended = recorder.record(STRETCH, acting, call, executor.stop)
        seen.append(record.observations.reshape(settings.episodes, STRETCH, -1))
        lengths = ended.lengths.reshape(settings.episodes, STRETCH)
        totals = ended.totals.reshape(settings.episodes, STRETCH)
        for environment in range(settings.episodes):
            over = np.flatnonzero(lengths[environment])
            if environment not in ends and len(over):
                ends[environment] = float(totals[environment, over[0]]), int(lengths[environment, over[0]])
    stream, made = generator(key(seed, 0, "rows")), []
    for environment, (total, steps) in sorted(ends.items()):
        rows = spread_rows(steps, settings.rows, stream)
        parts = [seen[row // STRETCH][environment, row % STRETCH] for row in rows.tolist()]
        observations = np.stack(parts).astype(np.float32)
        made.append(Episode(total, steps, observations, labels(policy, net, judge, observations)))
    return made


def call(work: Callable[[], None]) -> None:
    """Work in this thread alone: others have actors of their own."""
    work()


def spread_rows(steps: int, most: int, stream: np.random.Generator) -> NDArray[np.int64]:
    """Steps of an episode, at most so many: one at random from each of that many equal parts."""
    if steps <= most:
        return np.arange(steps)
    return np.minimum(((np.arange(most) + stream.random(most)) * (steps / most)).astype(np.int64), steps - 1)


def labels(policy: Policy, net: Perceptron, judge: Agent, observations: NDArray[np.float32]) -> NDArray[np.float32]:
    """What an agent does without noise at observations, float32[k, o]: float32[k, a], of a choice float32[k, 1]."""
    outputs = np.empty((len(observations), policy.outputs), np.float32)
    outputs_of(net.plan, packed(net, judge), observations, outputs, np.zeros(net.values, np.float32), number(LANES))
    return outputs.argmax(axis=1)[:, None].astype(np.float32) if policy.discrete else outputs


def gathered(lessons: Sequence[Sequence[Episode]]) -> Rows | None:
    """All rows; every teacher with an episode has the same weight, and the mean weight is 1. None without a row."""
    held = [each for each in lessons if each]
    if not held:
        return None
    sizes = [sum(len(episode.observations) for episode in each) for each in held]
    weights = [np.full(size, np.float32(sum(sizes) / len(held) / size), np.float32) for size in sizes]
    every = [episode for each in held for episode in each]
    return Rows(
        np.concatenate([episode.observations for episode in every]),
        np.concatenate([episode.labels for episode in every]),
        np.concatenate(weights),
    )


def fitted(
    learner: Learner, lessons: Sequence[Sequence[Episode]], settings: Any, executor: Threads, seed: int
) -> tuple[Learner, float, bool]:
    """The learner after the fit, the mean loss, and whether there was nothing to learn from or a step was dropped."""
    rows, policy = gathered(lessons), executor.policy
    count = 0 if rows is None else len(rows.weights)
    minibatch = min(settings.minibatch, count // ROWS * ROWS)
    if rows is None or not minibatch:
        memory = dict(learner.memory) | {"learning_rate": slowed(learner, settings)}
        return Learner(learner.id, learner.agent, memory, learner.steps + 1), 0.0, True
    student = FeedforwardStudent(network(policy), rows)
    load(student, learner)
    return fit(student, learner, settings, policy, minibatch, executor.everywhere, executor.stop, seed)
