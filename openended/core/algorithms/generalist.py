"""The generalist and its specialists: one agent learns from an archive of tasks that grows with it, and where it fails
copies of it go on alone.

- The archive curriculum: the buffer holds one task for each niche of the descriptor space, the most promising that was
  found there. A batch consists of tasks of the buffer, drawn in proportion to their potential and to how long they have
  waited, so that every niche comes again, and of new ones: mutations of tasks that can be learnt now and of solved ones
  at the frontier, or draws from ranges that grow. A new task is kept if the mean return of the episodes just trained on
  meets the minimal criterion and if its niche has none with as much potential.
- The archive of elites: where the learner had a better episode than a task's elite, its agent is tried there without
  noise; each task keeps the best agent ever tried on it, so that the archive holds pairs of tasks and agents, as that
  of `map-elites` does, although one learner made them.
- Specialists: tasks that can be learnt and that nobody solves get copies of the agent, trained on them alone, with
  reproduction and transfer among them as in POET. What they find are elites like any other. With none of them, this is
  the curriculum.

Sources: Mouret and Clune (2015) for the archive; Rutherford et al. (2024), No Regrets, for p (1 - p) as potential;
Jiang, Grefenstette, Rocktäschel (2021), Prioritized Level Replay, for staleness; Wang et al. (2019), POET, for the
minimal criterion and transfer; Akkaya et al. (2019) for the ranges. The whole is this project's.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Annotated

from annotated_types import Ge

from openended.envs.api import Domain

from .. import generators, interest, lifecycle, liking, potentials
from ..buffer import LEARNER, Buffer
from ..generation import Generation
from ..generators import Generating, Mutation
from ..growth import Growth, below_levels, grow, with_levels
from ..hosts import AGAIN, of_buffer
from ..inheritance import first_of_niches, living, shared_init
from ..interest import Interest
from ..invite import House, receive
from ..learners import Learning
from ..learners.ppo import Proximal
from ..lifecycle import due, finish
from ..means import Means
from ..nearness import observe
from ..niching import Invention, best_return, entry, parents, settle_in, take_niches, try_out
from ..offers import Offer
from ..plays import Choice, Item, item, play
from ..potentials import CRITICS, Potential
from ..replay import Law, drawn
from ..settings import Settings
from ..snapshots import Snapshots, keep
from ..specialists import Specialists, specialize
from ..start import Predecessor
from ..transfer import Exchange
from ..types import Changes, Pair, State
from ..visiting import visited
from ..work import Visit

__all__ = ["Params", "absorb", "check", "choose", "init", "step"]


@dataclass(frozen=True, kw_only=True)
class Params(Settings):
    """Settings of the generalist: one table for each operator.

    Attributes:
        learner: proximal policy optimization, unless another kind is chosen.
        invention: where new tasks come from.
        generator: what makes new tasks beside mutation.
        growth: how levels widen, where they come from ranges.
        replay: how tasks are drawn from the buffer.
        potential: which estimate of it.
        interest: tasks that the user cares about, which stay in the buffer and draw replay and invention towards them.
        tries: most tasks per generation on which the agent is tried without noise.
        specialists: copies of the agent on single tasks.
        transfer: agents of specialists tried on other tasks; `every` counts their training steps.
        snapshots: when the shared agent is kept for good.

    """

    learner: Learning = field(default_factory=Proximal)
    invention: Invention = field(default_factory=Invention)
    generator: Generating = field(default_factory=Mutation)
    growth: Growth = field(default_factory=Growth)
    replay: Law = field(default_factory=lambda: Law(law="potential", staleness=0.3, distinct=True, batch=48))
    potential: Potential = field(default_factory=lambda: Potential("learnability"))
    interest: Interest = field(default_factory=Interest)
    tries: Annotated[int, Ge(1)] = 16
    specialists: Specialists = field(default_factory=Specialists)
    transfer: Exchange = field(default_factory=Exchange)
    snapshots: Snapshots = field(default_factory=Snapshots)


def check(params: Params, domain: Domain) -> None:
    """Raise ValueError, naming the key, if the parameters do not fit the domain."""
    lifecycle.check(params, domain)
    liking.check(params)
    if params.invention.ranges and domain.tasks.ranges is None:
        raise ValueError(f"invention.ranges is {params.invention.ranges}, but {domain.id} has no ranges: leave it out")
    if params.invention.ranges and params.specification is not None:
        raise ValueError(
            f"invention.ranges is {params.invention.ranges}, but ranges grow by themselves: leave out [specification]"
        )
    if params.replay.variants and domain.tasks.reseed is None:
        raise ValueError(
            f"replay.variants is {params.replay.variants}, but {domain.id} cannot draw chance anew: leave it out"
        )
    interest.check(params.interest, domain)
    generators.check(params.generator, domain)
    potentials.check(params.potential, params.policy.of(domain))
    if params.potential.kind in CRITICS and not isinstance(params.learner, Proximal):
        raise ValueError(f'potential.kind {params.potential.kind!r} needs a critic: choose learner.kind = "ppo"')


def init(means: Means[Params]) -> tuple[State, Changes]:
    """Generation 0: the domain's first task and an agent that knows nothing, or another run's learner and of each niche
    the task with the highest potential that it had there.
    """
    state, changes = shared_init(means, partial(most_promising, means), take_niches)
    return with_levels(means, state, changes) if means.params.invention.ranges else (state, changes)


def most_promising(means: Means[Params], source: Predecessor) -> list[Pair]:
    """Of every niche the pair with the highest potential among those that had not retired."""
    return first_of_niches(means, source, living(source), lambda pair: pair.potential)


def step(means: Means[Params], state: State, offers: Sequence[Offer] = ()) -> tuple[State, Changes]:
    """The next generation, in which `offers` are taken: the state after it, and what it altered."""
    generation, params = Generation(means, state), means.params
    choice = choose(generation)
    best = absorb(generation, choice, play(generation, LEARNER, choice, params.replay.batch))
    receive(generation, offers, House(of_buffer(entry, params.replay), AGAIN, most=0))
    try_out(generation, best, params.tries)
    if params.invention.ranges and due(generation, params.growth.every):
        grow(generation, params.growth, generation.shared(LEARNER).agent)
    specialize(generation, params.specialists, params.transfer)
    observe(generation)
    keep(generation, params.snapshots, LEARNER)
    generators.told(generation, params.generator)
    return finish(generation)


def choose(generation: Generation[Params]) -> Choice:
    """What this generation plays and trains on: tasks of the buffer and new ones. It alters nothing but the model that
    the new ones may come from.
    """
    return Choice("replay", (*replays(generation), *inventions(generation)), train=True)


def absorb(generation: Generation[Params], choice: Choice, visits: Sequence[Visit]) -> dict[int, float]:
    """Learn what was seen of the tasks, in the order of `choice.genomes`, and which of the new ones to keep; returns
    the best return just seen on each task of the buffer.
    """
    seen = list(zip(choice.items, choice.seen(visits), strict=True))
    known = {each.task: visit for each, visit in seen if each.task >= 0}
    for task, visit in known.items():
        visited(generation, generation.pair(task), visit, trained=choice.train)
    settled = settle_in(generation, [(each, visit) for each, visit in seen if each.task < 0])
    return {task: best_return(visit) for task, visit in (known | settled).items() if generation.pair(task).active}


def replays(generation: Generation[Params]) -> tuple[Item, ...]:
    """Tasks drawn from the buffer."""
    settings, buffer = generation.means.params.replay, Buffer(generation)
    if not len(buffer):
        return ()
    places = drawn(settings, buffer.weights(settings), generation.stream("drawn"))
    tasks = [generation.task(id) for id in buffer.tasks[places].tolist()]
    return tuple(
        item(generation, task.genome, settings.variants, 1, place, task=task.id, maker=task.maker)
        for place, task in enumerate(tasks)
    )


def inventions(generation: Generation[Params]) -> tuple[Item, ...]:
    """New tasks."""
    params, mutate = generation.means.params, generation.family.mutate
    settings, variants = params.invention, params.replay.variants
    below = round(settings.ranges * settings.count)
    drawn = [(below_levels(generation, generation.key("new", number)), -1, "ranges") for number in range(below)]
    seeds = generation.rows["task"][generation.rows["active"]]
    proposed, left = generators.proposals(generation, params.generator, seeds, settings.count - below)
    mutants = [
        (mutate(generation.task(parent).genome, generation.key("invent", number)), parent, "mutation")
        for number, parent in enumerate(parents(generation, settings, left))
    ]
    others = [(each.genome, each.parent, each.maker) for each in proposed]
    return tuple(
        item(generation, genome, variants, 0, place, parent=parent, maker=maker)
        for place, (genome, parent, maker) in enumerate([*drawn, *mutants, *others])
    )
