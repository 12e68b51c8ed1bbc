"""Distillation: one agent learns what the elites of an archive can do, and takes over where it does it better.

Generation 0 copies the tasks and elites of another run (`[start] run`), one task for each niche. In each generation
after it,

1. some niches have their turn, those that waited longest: their elites are the teachers, on their own tasks and on the
   neighbours', and the student learns from the episodes that solve their task, and from what the teachers say of the
   student's own (`learners.imitation`);
2. the student is tried on every task of the archive, without noise, as in a transfer; where it is better than the elite
   it becomes the elite, and the teacher there from then on.

So the archive is improved by what was learnt from it (expert iteration: Anthony, Tian, Barber 2017, Thinking Fast and
Slow with Deep Learning and Tree Search), and judges by simulation what is learnt: no label is ever wrong about success.
Mertan and Cheney (2024) distil a MAP-Elites repertoire into one controller in the same way; the filter is that of Lee
et al. (2025), Self-improving transformers.

A pair's `fitness` is what the student reaches on the task; its elite and `best_fitness` are the best agent's.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from math import fsum, isnan
from typing import Annotated, Literal

import numpy as np
from annotated_types import Ge

from openended.envs.api import Domain

from .. import lifecycle, liking, specification
from ..buffer import LEARNER
from ..evaluation import Trial
from ..generation import Generation
from ..inheritance import best_agent, copies, enter, of_niches, shared_learner
from ..invite import NOBODY, receive
from ..learners import Imitation, kind
from ..learners.teachers import Lessons, Teacher
from ..lifecycle import begun, finish
from ..means import Means
from ..measures.retention import retention
from ..offers import Offer
from ..settings import Settings
from ..snapshots import Snapshots, keep
from ..start import Predecessor
from ..types import Agent, Changes, Learner, Pair, State, Task

__all__ = ["Params", "check", "init", "step"]


@dataclass(frozen=True)
class Teaching:
    """Who teaches whom.

    Attributes:
        niches: most niches that have their turn in a generation.
        neighbours: nearest tasks that an elite plays beside its own.
        student: what begins: a `new` agent, the shared `learner` of the other run, or the `best` elite, the one that
            solves most of the tasks.
        lessons: whether the student is taught at all; without, it is only compared.

    """

    niches: Annotated[int, Ge(1)] = 64
    neighbours: Annotated[int, Ge(0)] = 5
    student: Literal["new", "learner", "best"] = "new"
    lessons: bool = True


@dataclass(frozen=True, kw_only=True)
class Params(Settings):
    """Settings of distillation.

    Attributes:
        learner: how the student is taught.
        teaching: by whom, on what.
        snapshots: when the student is kept for good.

    """

    learner: Imitation = field(default_factory=Imitation)  # type: ignore[assignment]
    teaching: Teaching = field(default_factory=Teaching)
    snapshots: Snapshots = field(default_factory=lambda: Snapshots(every=10))


def check(params: Params, domain: Domain) -> None:
    """Raise ValueError, naming the key, if the parameters do not fit the domain."""
    lifecycle.check(params, domain)
    liking.check(params)
    specification.unused(params.specification, "distil")
    if domain.simulator.experience is None:
        raise ValueError(f"distil records episodes, and {domain.id} has no `experience`: choose another algorithm")
    if params.start is None:
        raise ValueError("start.run is missing: distil learns from the elites of another run, name its run file")


def init(means: Means[Params]) -> tuple[State, Changes]:
    """Generation 0: the best task and elite of every niche of the other run, and the student."""
    source, generation = means.before, begun(means)
    if source is None:
        raise ValueError("distil begins with another run, and none is given")
    pairs = of_niches(means, source)
    tasks, agents = copies(generation, source, pairs, 0), [best_agent(source, pair) for pair in pairs]
    trials = [Trial(task, agent) for task, agent in zip(tasks, agents, strict=True)]
    fitnesses = generation.evaluate(trials, "start")
    student = first_student(generation, source, tasks, agents)
    for task, agent, fitness in zip(tasks, agents, fitnesses, strict=True):
        enter(generation, task, agent, fitness, student)
    compare(generation)
    return finish(generation)


def first_student(
    generation: Generation[Params], source: Predecessor, tasks: Sequence[Task], agents: Sequence[Agent]
) -> Learner:
    """The student before its first lesson. A source without a shared learner has none to begin with: a new one."""
    means, wanted = generation.means, generation.means.params.teaching.student
    if wanted == "learner" and (learner := shared_learner(means, source)):
        return learner
    if wanted == "best":
        return means.learner(LEARNER, most_able(generation, tasks, agents))
    agent: Agent = kind(means.params.learner).first_agent(means.policy, generation.key("agent"))
    return means.learner(LEARNER, agent)


def most_able(generation: Generation[Params], tasks: Sequence[Task], agents: Sequence[Agent]) -> Agent:
    """The agent that solves most of the tasks; ties go to the first."""
    different = list({agent.tobytes(): agent for agent in agents}.values())
    trials = [Trial(task, agent) for agent in different for task in tasks]
    fitnesses = np.array(generation.evaluate(trials, "best")).reshape(len(different), len(tasks))
    solved = (fitnesses >= generation.means.params.criterion.solved).sum(axis=1)
    return different[int(np.argmax(solved))]


def step(means: Means[Params], state: State, offers: Sequence[Offer] = ()) -> tuple[State, Changes]:
    """The next generation, in which `offers` are taken: the state after it, and what it altered."""
    generation = Generation(means, state)
    if means.params.teaching.lessons:
        teach(generation, turns(generation))
        compare(generation)
    receive(generation, offers, NOBODY)
    keep(generation, means.params.snapshots, LEARNER)
    return finish(generation)


def turns(generation: Generation[Params]) -> list[Pair]:
    """The pairs whose turn it is: those that waited longest, in random order among equals, by task."""
    rows, most = generation.rows, generation.means.params.teaching.niches
    chosen = np.lexsort((generation.stream("turns").random(len(rows)), rows["seen"]))[:most]
    return [generation.pair(task) for task in sorted(rows["task"][chosen].tolist())]


def teach(generation: Generation[Params], pairs: Sequence[Pair]) -> None:
    """One training step by the elites of these pairs."""
    settings, archive = generation.means.params.teaching, generation.archive
    played = [[each.task, *archive.neighbours(generation.task(each.task), settings.neighbours)] for each in pairs]
    places = {task: place for place, task in enumerate(sorted({task for tasks in played for task in tasks}))}
    teachers = tuple(
        Teacher(generation.best_agent(pair), tuple(places[task] for task in tasks))
        for pair, tasks in zip(pairs, played, strict=True)
    )
    job = Lessons(
        genomes=tuple(generation.task(task).genome for task in places),
        learner=generation.shared(LEARNER),
        key=generation.key("teach"),
        teachers=teachers,
        solved=generation.means.params.criterion.solved,
    )
    (learned,) = generation.learn([job])
    generation.trained(learned.learner)
    for pair in pairs:
        generation.put(replace(pair, visits=pair.visits + 1, seen=generation.number))
    played_of = {name: fsum(visit.scores[name] for visit in learned.visits) for name in ("played", "kept")}
    generation.metrics |= {"episodes_shown": int(played_of["played"]), "episodes_kept": int(played_of["kept"])}
    generation.metrics["loss"] = learned.visits[0].scores["loss"]


def compare(generation: Generation[Params]) -> None:
    """Try the student on every task; where it is better than the elite, it takes over."""
    means, student = generation.means, generation.shared(LEARNER).agent
    tasks = [generation.task(task) for task in generation.rows["task"].tolist()]
    fitnesses = generation.evaluate([Trial(task, student) for task in tasks], "compare")
    before = [generation.pair(task.id) for task in tasks]
    for pair, fitness in zip(before, fitnesses, strict=True):
        generation.put(generation.improved(pair, student, fitness))
    lowest, solved = means.domain.simulator.lowest_return, means.params.criterion.solved
    kept = [retention(fitness, pair.best_fitness, lowest) for pair, fitness in zip(before, fitnesses, strict=True)]
    known = [min(1.0, value) for value in kept if not isnan(value)]
    generation.metrics |= {
        "student_solved": sum(fitness >= solved for fitness in fitnesses),
        "elites_replaced": sum(fitness > pair.best_fitness for pair, fitness in zip(before, fitnesses, strict=True)),
        "retention": fsum(known) / len(known) if known else None,
    }
