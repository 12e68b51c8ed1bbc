"""Self-improvement: learners go from easy tasks to hard ones, and what they answer, filtered, is what they learn next.

Source: Lee, Cai, Schwarzschild, Lee, Papailiopoulos (2025), Self-improving transformers overcome easy-to-hard and
length generalization challenges. The tasks stand in a row, easy first: the path from an easy task to the given
one. The domain labels the first ones alone. After some training begin rounds: in each,

1. the next task is opened: every learner answers new questions of it;
2. a filter says which answers are labels (`core.labelling`); they stay so for good;
3. the learners are trained on all open tasks, each as often: on new questions of the first ones, on labelled ones of
   the others.

So a learner that generalises a little beyond what it was trained on may go on for ever, or learn its own mistakes: the
filter decides. Controls are labels that are verified, and those of the domain. A generation is one training step of
every learner. At the end of a round learner 0 is tried on all tasks, open or not, and kept as a snapshot.

A pair's `fitness` is what learner 0 reaches on the task. Other than in the paper, an answer has as many choices as the
task asks for, so answers are never too short for lack of an end; and learners go on from round to round.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Annotated, Any

import numpy as np
from annotated_types import Ge
from numpy.typing import NDArray

from openended.envs.api import Domain, Genome

from .. import labelling, lifecycle, liking
from ..buffer import LEARNER
from ..evaluation import Trial
from ..generation import Generation
from ..invite import NOBODY, receive
from ..labelling import Labels, filtered, same
from ..learners import Supervised, kind
from ..learners.questions import Questions, written
from ..lifecycle import begun, finish
from ..means import Means
from ..offers import Offer
from ..settings import Settings
from ..training import visit
from ..types import Changes, State, Task

__all__ = ["Params", "check", "init", "step"]

KEYS, ANSWERS = "keys ", "answers "
"""Names of the state's arrays before the id of a task that was opened: its questions' keys, int64[n], the bits of
uint64; the answers that are their labels, float32[n, w]."""


@dataclass(frozen=True)
class Rounds:
    """When harder tasks come.

    Attributes:
        taught: tasks at the beginning of the path that the domain labels.
        first: generations before the first round.
        generations: of a round.
        questions: of a task that is opened.

    """

    taught: Annotated[int, Ge(1)] = 3
    first: Annotated[int, Ge(1)] = 400
    generations: Annotated[int, Ge(1)] = 200
    questions: Annotated[int, Ge(1)] = 4096


@dataclass(frozen=True, kw_only=True)
class Params(Settings):
    """Settings of self-improvement. Of the criterion only `solved` is used.

    Attributes:
        task: the hardest task, as its domain writes it (canonical JSON).
        easiest: the first one of the path; empty: the domain's first task.
        learner: how the learners are trained.
        rounds: when harder tasks come.
        labels: who labels them.

    """

    task: str
    easiest: str = ""
    learner: Supervised = field(default_factory=Supervised)
    rounds: Rounds = field(default_factory=Rounds)
    labels: Labels = field(default_factory=Labels)


def check(params: Params, domain: Domain) -> None:
    """Raise ValueError, naming the key, if the parameters do not fit the domain."""
    tasks = domain.tasks
    if domain.simulator.labels is None or tasks.toward is None or not domain.policies.default.discrete:
        raise ValueError(
            f"self-improvement goes from task to task by labels that are choices, and {domain.id} lacks one of "
            "`labels`, `toward` and choices: choose a domain such as digits-v1"
        )
    lifecycle.check(params, domain)
    liking.check(params)
    if params.start is not None:
        raise ValueError(
            "start.run is given, but self-improvement begins with learners that know nothing: leave it out"
        )
    labelling.check(params.labels)
    if params.rounds.taught >= (count := len(path(params, domain))):
        raise ValueError(
            f"rounds.taught is {params.rounds.taught}, but the path to the task has {count} tasks: leave some to label"
        )


def init(means: Means[Params]) -> tuple[State, Changes]:
    """Generation 0: all tasks of the path, and learners that know nothing."""
    generation, first_agent = begun(means), kind(means.params.learner).first_agent
    learners = [
        means.learner(number, first_agent(means.policy, generation.key("agent", number)))
        for number in range(means.params.labels.learners)
    ]
    tasks = [row(generation, place, genome) for place, genome in enumerate(path(means.params, means.domain))]
    agent = learners[LEARNER].agent
    fitnesses = generation.evaluate([Trial(task, agent) for task in tasks], "compare")
    for task, fitness in zip(tasks, fitnesses, strict=True):
        generation.add(task)
        generation.begin(task.id, learners[LEARNER], agent, fitness, origin=task.parent)
    for learner in learners:
        generation.trained(learner)
    return finish(generation)


def path(params: Params, domain: Domain) -> list[Genome]:
    """The tasks from the easiest to the hardest. Raises ValueError, naming the key, for what is none of the domain."""
    tasks, ends = domain.tasks, {}
    for name, text in (("easiest", params.easiest or domain.tasks.encode(domain.tasks.first())), ("task", params.task)):
        try:
            ends[name] = tasks.decode(text)
        except ValueError as error:
            raise ValueError(f"{name} is not one of {domain.id}: {error}") from None
    found = [ends["easiest"]]
    assert tasks.toward is not None
    while tasks.encode(found[-1]) != tasks.encode(ends["task"]):
        found.append(tasks.toward(found[-1], ends["task"]))
    return found


def row(generation: Generation[Params], place: int, genome: Genome) -> Task:
    """A task of the path."""
    descriptor = tuple(map(float, generation.means.domain.tasks.describe(genome)))
    niche, maker = generation.archive.niche_of(descriptor), "path" if place else "first"
    return Task(place, genome, place - 1, 0, descriptor, niche, "admitted", math.nan, maker)


def step(means: Means[Params], state: State, offers: Sequence[Offer] = ()) -> tuple[State, Changes]:
    """The next generation, in which `offers` are taken: the state after it, and what it altered."""
    generation, rounds = Generation(means, state), means.params.rounds
    before, count = (opened(rounds, number, len(state.tasks)) for number in (state.generation, generation.number))
    if count > before:
        label(generation, generation.task(count - 1))
    train(generation, count)
    receive(generation, offers, NOBODY)
    since = generation.number - rounds.first
    if since >= 0 and since % rounds.generations == 0:
        compare(generation)
    generation.metrics["open"] = count
    return finish(generation)


def opened(rounds: Rounds, number: int, path: int) -> int:
    """Tasks that are trained on in a generation."""
    begun = max(0, -(-(number - rounds.first) // rounds.generations))
    return min(path, rounds.taught + begun)


def label(generation: Generation[Params], task: Task) -> None:
    """Open a task: its first questions, answered by all learners, and what of that is kept."""
    params, domain = generation.means.params, generation.means.domain
    keys = generation.stream("questions").integers(0, 2**64, params.rounds.questions, np.uint64)
    which = np.zeros(len(keys), np.int64)
    job = Questions((task.genome,), generation.shared(LEARNER), 0, train=False, which=which, keys=keys)
    learners = range(params.labels.learners)
    asked = [replace(job, learner=generation.shared(number), key=generation.key("ask", number)) for number in learners]
    answers = [learned.visits[0].facts["answers"] for learned in generation.learn(asked)]
    assert domain.simulator.labels is not None
    examples = domain.simulator.labels(domain.simulator.prepare([task.genome]), which, keys)
    right = written(examples, examples.labels[:, 0])
    labels, kept = filtered(params.labels, answers, right)
    generation.arrays[f"{KEYS}{task.id}"] = keys[kept].view(np.int64)
    generation.arrays[f"{ANSWERS}{task.id}"] = labels[kept]
    faultless = same(labels, right)[kept]
    generation.metrics |= {
        "labels_kept": float(kept.mean()),
        "labels_right": float(faultless.mean()) if len(faultless) else None,
        "answers_right": float(same(answers[LEARNER], right).mean()),
    }


def train(generation: Generation[Params], count: int) -> None:
    """One training step of every learner on the tasks that are open."""
    pairs = [generation.pair(task) for task in range(count)]
    genomes = tuple(generation.task(pair.task).genome for pair in pairs)
    jobs = [lessons(generation, genomes, number) for number in range(generation.means.params.labels.learners)]
    for learned in generation.learn(jobs):
        generation.trained(learned.learner)
    visit(generation, pairs)


def lessons(generation: Generation[Params], genomes: tuple[Genome, ...], learner: int) -> Questions:
    """A learner's training step: new questions of the tasks that the domain labels, labelled ones of the others. A task
    of which no answer was kept gives its turn to those that the domain labels.
    """
    params, stream = generation.means.params, generation.stream("lessons", learner)
    taught, which = params.rounds.taught, np.arange(params.learner.examples) % len(genomes)
    keys = stream.integers(0, 2**64, len(which), np.uint64)
    known = {
        task: [array(generation, f"{name}{task}") for name in (KEYS, ANSWERS)] for task in range(taught, len(genomes))
    }
    widest = max([labels.shape[1] for _, labels in known.values()], default=0)
    answers = np.full((len(which), widest), -1, np.float32)
    for task, (questions, labels) in known.items():
        mine = np.flatnonzero(which == task)
        if len(labels):
            drawn = stream.integers(0, len(labels), len(mine))
            keys[mine] = questions.view(np.uint64)[drawn]
            answers[mine, : labels.shape[1]] = labels[drawn]
        else:
            which[mine] = np.arange(len(mine)) % taught
    key = generation.key("learn", learner)
    return Questions(genomes, generation.shared(learner), key, which=which, keys=keys, answers=answers)


def array(generation: Generation[Params], name: str) -> NDArray[Any]:
    """An array of the state, as it is by now."""
    return generation.arrays[name] if name in generation.arrays else generation.before.arrays[name]


def compare(generation: Generation[Params]) -> None:
    """Try learner 0 on all tasks, and keep it. `reached`: tasks in a row, the first one on, that it solves."""
    agent, solved = generation.shared(LEARNER).agent, generation.means.params.criterion.solved
    tasks = [generation.task(task) for task in sorted(generation.before.tasks)]
    fitnesses = generation.evaluate([Trial(task, agent) for task in tasks], "compare")
    for task, fitness in zip(tasks, fitnesses, strict=True):
        generation.put(generation.improved(generation.pair(task.id), agent, fitness))
    failed = [place for place, fitness in enumerate(fitnesses) if not fitness >= solved]
    generation.metrics["reached"] = failed[0] if failed else len(tasks)
    generation.keep(LEARNER)
