"""Curricula: one learner, shared by all tasks, that chooses what to train on.

Each published method is a choice of settings:

- domain randomization: every step on new tasks, drawn from the whole family;
- automatic domain randomization (Akkaya et al. 2019): new tasks below levels that widen with success;
- prioritized level replay (Jiang, Grefenstette, Rocktaeschel 2021): new tasks, or those of a buffer, by potential;
- robust prioritized level replay (Jiang et al. 2021): the learner trains on replayed tasks only;
- ACCEL (Parker-Holder et al. 2022): replayed tasks are edited, and the edits offered to the buffer.

The buffer is the set of active pairs; all have the learner 0. Episodes vary by the learner's own noise. A task that
leaves the buffer retires; its row stays.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Annotated, Literal

import numpy as np
from annotated_types import Ge

from openended.envs.api import Domain, Genome

from .. import lifecycle
from ..drawing import draw
from ..evaluation import Trial
from ..generation import Generation
from ..growth import Growth, grown
from ..learners import Learning
from ..learners.ppo import Proximal
from ..lifecycle import due, finish
from ..means import Means
from ..potentials import CRITICS, Potential
from ..replay import Replay, weights
from ..settings import Settings
from ..snapshots import Snapshots, keep
from ..types import Changes, Job, Learned, Pair, State, Task
from ..visiting import promise, visited

__all__ = ["Params", "check", "init", "step"]

LEARNER = 0
LEVELS = "levels"
"""The array of the levels of `tasks = "ranges"`, float64[kinds]."""


@dataclass(frozen=True)
class Source:
    """Where new tasks come from.

    Attributes:
        kind: `random`: the whole family; `easy`: the range where ACCEL begins; `ranges`: below levels that grow.
        count: new tasks for a training step. Each episode is on one of them.

    """

    kind: Literal["random", "easy", "ranges"] = "random"
    count: Annotated[int, Ge(1)] = 256


@dataclass(frozen=True, kw_only=True)
class Params(Settings):
    """Settings of a curriculum.

    Attributes:
        learner: proximal policy optimization, unless another kind is chosen.
        source: where new tasks come from.
        replay: what is kept and trained on again.
        potential: which of it.
        growth: how levels widen, where the source is `ranges`.
        snapshots: when the learner's agent is kept for good.

    """

    learner: Learning = field(default_factory=Proximal)
    source: Source = field(default_factory=Source)
    replay: Replay = field(default_factory=Replay)
    potential: Potential = field(default_factory=Potential)
    growth: Growth = field(default_factory=Growth)
    snapshots: Snapshots = field(default_factory=Snapshots)


def check(params: Params, domain: Domain) -> None:
    """Raise ValueError, naming the key, if the parameters do not fit the domain."""
    lifecycle.check(params, domain)
    tasks = domain.tasks
    if {"random": tasks.random, "easy": tasks.easy, "ranges": tasks.ranges}[params.source.kind] is None:
        raise ValueError(f"source.kind is {params.source.kind!r}, but {domain.id} cannot draw such tasks")
    if params.replay.edits and domain.tasks.edit is None:
        raise ValueError(f"replay.edits is {params.replay.edits}, but {domain.id} has no edits: leave it out")
    if params.potential.kind in CRITICS and not isinstance(params.learner, Proximal):
        raise ValueError(f'potential.kind {params.potential.kind!r} needs a critic: choose learner.kind = "ppo"')


def init(means: Means[Params]) -> tuple[State, Changes]:
    """Generation 0: the domain's first task and an agent that knows nothing."""
    state, changes = lifecycle.init(means)
    ranges = means.domain.tasks.ranges
    if means.params.source.kind != "ranges" or ranges is None:
        return state, changes
    levels = {LEVELS: np.array(ranges.first)}
    return replace(state, arrays=state.arrays | levels), replace(changes, arrays=changes.arrays | levels)


def step(means: Means[Params], state: State) -> tuple[State, Changes]:
    """The next generation: the state after it, and what it altered."""
    generation = Generation(means, state)
    buffer = generation.rows[generation.rows["active"]]
    enough = len(buffer) >= means.params.replay.fill * means.params.replay.capacity
    if enough and generation.stream("replay").random() < means.params.replay.probability:
        replay(generation)
    else:
        explore(generation)
    if means.params.source.kind == "ranges" and due(generation, means.params.growth.every):
        grow(generation)
    look_back(generation)
    keep(generation, means.params.snapshots, LEARNER)
    return finish(generation)


def look_back(generation: Generation[Params]) -> None:
    """Try the agent on the first task; the best so far is its elite."""
    pair, agent = generation.pair(0), generation.shared(LEARNER).agent
    (fitness,) = generation.evaluate([Trial(generation.task(0), agent)], "first")
    generation.put(generation.improved(pair, agent, fitness))


def explore(generation: Generation[Params]) -> None:
    """A step on new tasks, which are offered to the buffer."""
    source, replay = generation.means.params.source, generation.means.params.replay
    count = replay.batch if replay.probability else source.count
    genomes = [new_genome(generation, generation.key("new", number)) for number in range(count)]
    learned = play(generation, genomes, train=not replay.robust)
    if replay.probability:
        offer(generation, genomes, learned, [-1] * count, "random", trained=not replay.robust)


def replay(generation: Generation[Params]) -> None:
    """A step on tasks of the buffer; then edits of some of them are looked at and offered."""
    settings = generation.means.params.replay
    buffer = generation.rows[generation.rows["active"]]
    probabilities = weights(settings, buffer["potential"], generation.number - buffer["seen"])
    drawn = draw(probabilities, settings.batch, generation.stream("drawn"))
    pairs = [generation.pair(int(task)) for task in buffer["task"][np.sort(drawn)]]
    learned = play(generation, [generation.task(pair.task).genome for pair in pairs], train=True)
    for pair, visit in zip(pairs, learned.visits, strict=True):
        visited(generation, pair, visit, trained=True)
    edit = generation.means.domain.tasks.edit
    if settings.edits and edit:
        parents = parents_of_edits(generation, [generation.pair(pair.task) for pair in pairs])
        genomes = [
            edit(generation.task(parent).genome, generation.key("edit", number))
            for number, parent in enumerate(parents)
        ]
        offer(generation, genomes, play(generation, genomes, train=False), parents, "edit", trained=False)


def new_genome(generation: Generation[Params], key: int) -> Genome:
    """A task of the source."""
    tasks, kind = generation.means.domain.tasks, generation.means.params.source.kind
    if kind == "ranges" and tasks.ranges:
        return tasks.ranges.draw(generation.before.arrays[LEVELS].tolist(), key)
    source = tasks.easy if kind == "easy" else tasks.random
    assert source is not None
    return source(key)


def play(generation: Generation[Params], genomes: Sequence[Genome], *, train: bool) -> Learned:
    """The shared learner plays the tasks, and learns from it where `train`."""
    learner = generation.shared(LEARNER)
    job = Job(tuple(genomes), learner, generation.key("learn", int(train)), train=train)
    (learned,) = generation.learn([job])
    if train:
        generation.trained(learned.learner)
    return learned


def offer(
    generation: Generation[Params],
    genomes: Sequence[Genome],
    learned: Learned,
    parents: Sequence[int],
    maker: str,
    *,
    trained: bool,
) -> None:
    """Enter new tasks into the buffer: all while there is room, then those whose potential is as high as that of the
    task that is least likely to be replayed, which leaves.
    """
    settings, tasks, archive = generation.means.params.replay, generation.means.domain.tasks, generation.archive
    for genome, visit, parent in zip(genomes, learned.visits, parents, strict=True):
        id, descriptor = generation.counters.tasks_created, tuple(map(float, tasks.describe(genome)))
        score = float(np.mean(visit.returns)) if len(visit.returns) else math.nan
        niche = archive.niche_of(descriptor)
        task = Task(id, genome, parent, generation.number, descriptor, niche, "not chosen", score, maker)
        if archive.name(genome) in archive.names:
            generation.add(replace(task, outcome="duplicate"))
            continue
        buffer = generation.rows[generation.rows["active"]]
        least = None
        if len(buffer) >= settings.capacity:
            chances = weights(settings, buffer["potential"], generation.number - buffer["seen"])
            least = generation.pair(int(buffer["task"][np.argmin(chances)]))
        if least is not None and promise(generation, visit) < least.potential:
            generation.add(task)
            continue
        if least is not None:
            generation.put(replace(least, active=False, retired=generation.number))
        generation.add(replace(task, outcome="admitted"))
        generation.begin(id, generation.shared(LEARNER), None, score, origin=parent)
        visited(generation, generation.pair(id), visit, trained=trained)


def parents_of_edits(generation: Generation[Params], pairs: Sequence[Pair]) -> list[int]:
    """Whose tasks are edited: of the batch those with the highest mean return less potential, or a draw of it, each in
    turn.
    """
    settings = generation.means.params.replay
    if settings.easy:
        chosen = sorted(pairs, key=lambda pair: (pair.potential - pair.fitness, pair.task))[
            : max(settings.edits // 8, 1)
        ]
    else:
        places = draw(np.ones(len(pairs)), settings.edits, generation.stream("edited"))
        chosen = [pairs[place] for place in places]
    return [chosen[number % len(chosen)].task for number in range(settings.edits)]


def grow(generation: Generation[Params]) -> None:
    """Try the agent at the edge of each kind of difficulty, and move the levels."""
    means, ranges = generation.means, generation.means.domain.tasks.ranges
    assert ranges is not None
    settings, levels = means.params.growth, generation.before.arrays[LEVELS].tolist()
    agent, (first, *_) = generation.shared(LEARNER).agent, (generation.task(0),)
    trials = [
        Trial(replace(first, id=place, genome=ranges.edge(levels, kind, generation.key("edge", kind, place))), agent)
        for place, kind in enumerate(np.repeat(np.arange(len(levels)), settings.trials).tolist())
    ]
    returns = np.array(generation.evaluate(trials, "edge")).reshape(len(levels), settings.trials)
    rates = np.mean(returns >= means.params.criterion.solved, axis=1).tolist()
    generation.arrays[LEVELS] = np.array(grown(settings, levels, rates, ranges.full))
    generation.metrics |= {f"level_{name}": level for name, level in zip(ranges.names, levels, strict=True)}
    generation.metrics |= {f"solved_{name}": rate for name, rate in zip(ranges.names, rates, strict=True)}
