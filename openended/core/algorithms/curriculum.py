"""Curricula: one learner, shared by all tasks, that chooses what to train on.

Each published method is a choice of settings:

- domain randomization: every step on new tasks, drawn from the whole family;
- automatic domain randomization (Akkaya et al. 2019): new tasks below levels that widen with success;
- prioritized level replay (Jiang, Grefenstette, Rocktaeschel 2021): new tasks, or those of a buffer, by potential;
- robust prioritized level replay (Jiang et al. 2021): the learner trains on replayed tasks only;
- ACCEL (Parker-Holder et al. 2022): replayed tasks are edited, and the edits offered to the buffer;
- sampling for learnability (Rutherford et al. 2024): the buffer is filled anew, now and then, by the most learnable of
  many random tasks, and trained on beside random ones.

A generation is one play: `choose` says of which tasks, the learner plays them, `absorb` learns from what it saw which
to keep. What comes next follows from the state alone: after a replay come the edits of what was replayed (the state
machine of facebookresearch/dcd and JaxUED).

The buffer is the set of active pairs; all have the learner 0. Episodes vary by the learner's own noise.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from openended.envs.api import Domain

from .. import generators, interest, lifecycle, liking, potentials, sources
from ..buffer import LEARNER, Buffer, entry, offer, refill
from ..drawing import draw
from ..evaluation import Trial
from ..generation import Generation
from ..generators import Generating, Latent, Mutation
from ..growth import Growth, grow, with_levels
from ..hosts import AGAIN, of_buffer
from ..inheritance import living, shared_init
from ..interest import Interest
from ..invite import House, receive
from ..learners import External, Learning
from ..learners.ppo import Proximal
from ..lifecycle import due, finish
from ..means import Means
from ..nearness import observe
from ..offers import Offer
from ..plays import Choice, Item, item, merged, play
from ..potentials import CRITICS, Potential
from ..replay import Refresh, Replay, drawn
from ..settings import Settings
from ..snapshots import Snapshots, keep
from ..sources import Source
from ..types import Changes, State
from ..visiting import visited
from ..work import Visit

__all__ = ["Params", "absorb", "check", "choose", "init", "step"]


@dataclass(frozen=True, kw_only=True)
class Params(Settings):
    """Settings of a curriculum.

    Attributes:
        learner: proximal policy optimization, unless another kind is chosen.
        source: where new tasks come from.
        generator: what makes new tasks beside the source.
        replay: what is kept and trained on again.
        refresh: when the buffer is filled anew.
        potential: which of it.
        interest: tasks that the user cares about, which stay in the buffer and draw replay towards them.
        growth: how levels widen, where the source is `ranges`.
        snapshots: when the learner's agent is kept for good.

    """

    learner: Learning = field(default_factory=Proximal)
    source: Source = field(default_factory=Source)
    generator: Generating = field(default_factory=Mutation)
    replay: Replay = field(default_factory=Replay)
    refresh: Refresh = field(default_factory=Refresh)
    potential: Potential = field(default_factory=Potential)
    interest: Interest = field(default_factory=Interest)
    growth: Growth = field(default_factory=Growth)
    snapshots: Snapshots = field(default_factory=Snapshots)


def check(params: Params, domain: Domain) -> None:
    """Raise ValueError, naming the key, if the parameters do not fit the domain."""
    lifecycle.check(params, domain)
    liking.check(params)
    sources.check(params.source, params.specification, domain)
    tasks, replay = domain.tasks, params.replay
    if replay.edits and tasks.edit is None:
        raise ValueError(f"replay.edits is {replay.edits}, but {domain.id} has no edits: leave it out")
    if replay.variants and tasks.reseed is None:
        raise ValueError(f"replay.variants is {replay.variants}, but {domain.id} cannot draw chance anew: leave it out")
    if params.refresh.every and not replay.probability:
        raise ValueError(
            "refresh.every fills a buffer that is never replayed: set replay.probability, for instance to 1"
        )
    generators.check(params.generator, domain)
    if isinstance(params.generator, Latent):
        if not replay.probability:
            raise ValueError(
                'generator.kind "latent" learns from tasks that are kept: set replay.probability, for instance to 0.5'
            )
        if params.generator.emitter == "cma_me":
            raise ValueError(
                'generator.emitter "cma_me" needs the same number of new tasks each time, which a curriculum does not '
                'make: choose "iso_line"'
            )
    interest.check(params.interest, domain)
    if params.interest.weight and not replay.probability:
        raise ValueError("interest.weight is set, but nothing is replayed: set replay.probability, for instance to 0.5")
    potentials.check(params.potential, params.policy.of(domain))
    if params.potential.kind in CRITICS and not isinstance(params.learner, Proximal | External):
        raise ValueError(f'potential.kind {params.potential.kind!r} needs a critic: choose learner.kind = "ppo"')


def init(means: Means[Params]) -> tuple[State, Changes]:
    """Generation 0: the domain's first task and an agent that knows nothing, or another run's learner and its tasks,
    which a run that keeps tasks takes into its buffer.
    """
    replay = means.params.replay

    def settle(generation: Generation[Any], seen: Sequence[tuple[Item, Visit]]) -> None:
        offer(generation, seen, replay.capacity, replay, trained=False)

    state, changes = shared_init(means, living if replay.probability else lambda source: (), settle)
    if means.params.source.kind != "ranges":
        return state, changes
    return with_levels(means, state, changes)


def step(means: Means[Params], state: State, offers: Sequence[Offer] = ()) -> tuple[State, Changes]:
    """The next generation, in which `offers` are taken: the state after it, and what it altered."""
    generation = Generation(means, state)
    choice = choose(generation)
    replay = means.params.replay
    absorb(generation, choice, play(generation, LEARNER, choice, replay.batch, appraise=replay.probability > 0))
    kept = of_buffer(entry(replay.capacity, replay), replay) if replay.probability else None
    receive(generation, offers, House(kept, AGAIN, most=0))
    if means.params.source.kind == "ranges" and due(generation, means.params.growth.every):
        grow(generation, means.params.growth, generation.shared(LEARNER).agent)
    look_back(generation)
    observe(generation)
    keep(generation, means.params.snapshots, LEARNER)
    generators.told(generation, means.params.generator)
    return finish(generation)


def choose(generation: Generation[Params]) -> Choice:
    """What this generation plays; it alters nothing but the model that new tasks may come from."""
    params, buffer = generation.means.params, Buffer(generation)
    settings, refresh = params.replay, params.refresh
    if refresh.every and generation.number % refresh.every == 1 % refresh.every:
        return Choice("refresh", new_items(generation, refresh.candidates), train=False)
    if settings.edits and len(replayed := last_replayed(generation)):
        return Choice("edit", edits(generation, replayed), train=False)
    enough = len(buffer) - buffer.lasting.sum() >= settings.fill * settings.capacity
    if enough and generation.stream("replay").random() < settings.probability:
        return Choice("replay", (*replays(generation, buffer), *new_items(generation, settings.new)), train=True)
    count = settings.batch if settings.probability else params.source.count
    return Choice("new", new_items(generation, count), train=not settings.robust)


def absorb(generation: Generation[Params], choice: Choice, visits: Sequence[Visit]) -> None:
    """Learn what was seen of the tasks, in the order of `choice.genomes`, and which of the new ones to keep."""
    settings = generation.means.params.replay
    seen = list(zip(choice.items, choice.seen(visits), strict=True))
    known: dict[int, list[Visit]] = {}
    for each, visit in seen:
        if each.task >= 0:
            known.setdefault(each.task, []).append(visit)
    for task, several in known.items():
        visited(generation, generation.pair(task), merged(several), trained=choice.train)
    fresh = [(each, visit) for each, visit in seen if each.task < 0]
    if choice.purpose == "refresh":
        refill(generation, fresh, settings.capacity)
    elif choice.purpose != "replay" and settings.probability:
        offer(generation, fresh, settings.capacity, settings, trained=choice.train)


def new_items(generation: Generation[Params], count: int) -> tuple[Item, ...]:
    """Tasks of the source and of the generator."""
    params, kind = generation.means.params, generation.means.params.source.rule(generation.number)
    seeds = generation.rows["task"][generation.rows["active"]]
    proposed, left = generators.proposals(generation, params.generator, seeds, count)
    genomes = [
        (sources.new(generation, params.source, generation.key("new", number)), -1, kind) for number in range(left)
    ]
    others = [(each.genome, each.parent, each.maker) for each in proposed]
    return tuple(
        item(generation, genome, params.replay.variants, 0, place, parent=parent, maker=maker)
        for place, (genome, parent, maker) in enumerate([*genomes, *others])
    )


def replays(generation: Generation[Params], buffer: Buffer) -> tuple[Item, ...]:
    """Tasks drawn from the buffer."""
    settings = generation.means.params.replay
    places = drawn(settings, buffer.weights(settings), generation.stream("drawn"))
    tasks = [generation.task(id) for id in buffer.tasks[places].tolist()]
    return tuple(
        item(generation, task.genome, settings.variants, 1, place, task=task.id, maker=task.maker)
        for place, task in enumerate(tasks)
    )


def last_replayed(generation: Generation[Params]) -> list[int]:
    """The tasks of the buffer that the generation before replayed; those that it made were not."""
    rows, before = generation.rows, generation.before.generation
    replayed = rows["active"] & (rows["seen"] == before) & (rows["made"] < before)
    return list(map(int, rows["task"][replayed]))


def edits(generation: Generation[Params], replayed: Sequence[int]) -> tuple[Item, ...]:
    """Edits of some of the tasks that were replayed."""
    settings, edit = generation.means.params.replay, generation.family.edit
    assert edit is not None
    items = []
    for number, parent in enumerate(parents_of_edits(generation, replayed)):
        genome = edit(generation.task(parent).genome, generation.key("edit", number))
        items.append(item(generation, genome, settings.variants, 2, number, parent=parent, maker="edit"))
    return tuple(items)


def parents_of_edits(generation: Generation[Params], replayed: Sequence[int]) -> list[int]:
    """Whose tasks are edited, each in turn: `base` says which."""
    settings = generation.means.params.replay
    if settings.base == "batch":
        places = draw(np.ones(len(replayed)), settings.parents, generation.stream("edited"))
        chosen = [replayed[place] for place in places]
    else:
        pairs = [generation.pair(task) for task in replayed]
        ease = {pair.task: pair.fitness - pair.potential for pair in pairs}
        sign = -1 if settings.base == "easy" else 1
        chosen = sorted(replayed, key=lambda task: (sign * ease[task], task))[: settings.parents]
    return [chosen[number % len(chosen)] for number in range(settings.edits)]


def look_back(generation: Generation[Params]) -> None:
    """Try the agent on the first task; the best so far is its elite."""
    pair, agent = generation.pair(0), generation.shared(LEARNER).agent
    if not len(agent):  # other code keeps it
        return
    (fitness,) = generation.evaluate([Trial(generation.task(0), agent)], "first")
    generation.put(generation.improved(pair, agent, fitness))
