"""Tests of a frozen agent: which tasks are drawn, who else is trained for them, which enter the atlas."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any, Literal

from annotated_types import Ge, MinLen

from openended.envs.api import Genome, Tasks

from .buffer import LEARNER, leave
from .evaluation import Trial
from .generation import Generation
from .keys import generator
from .types import Task
from .witnesses import Finding, provisional
from .work import Job

CHAIN = 10
"""Most mutations between the first task and one that is drawn where a domain cannot draw tasks itself."""


@dataclass(frozen=True, kw_only=True)
class Target:
    """The agent that is attacked, and where its witnesses are. The files are read when the run begins, never again.

    Attributes:
        agent: a run file, or a network in an ONNX file.
        learner: of a run file: the learner whose agent it is.
        snapshot: generation of the learner's snapshot; -1: the agent as it is now.
        niche: instead the elite of this niche; -1: none.
        witnesses: the run file whose elites are the witnesses; empty: that of the agent.

    """

    agent: Annotated[str, MinLen(1)]
    learner: Annotated[int, Ge(0)] = 0
    snapshot: Annotated[int, Ge(-1)] = -1
    niche: Annotated[int, Ge(-1)] = -1
    witnesses: str = ""


@dataclass(frozen=True)
class Probing:
    """How tasks are found on which the agent fails.

    Attributes:
        count: tests in a generation.
        first: so many tests are drawn at random before others are mutated.
        total: after so many tests faults are examined only; 0: there is no end.
        source: `archive`, mutations of tests that hold niches; `random`, all drawn; `fuzzing`, mutations of any test
            that showed a fault.
        draws: how tasks are drawn: `graded`, below shares of the full ranges, from easy to hard; `random`, from the
            whole family. Where the domain has neither, they are chains of mutations of the first task.
        objective: which test holds a niche: that with the highest `regret`, or that with the lowest return
            (`failure`), whether or not it can be solved.
        witnesses: how many are asked on each test.
        training: training steps in a generation of a witness of the run's own, on tests that nobody solves.

    """

    count: Annotated[int, Ge(1)] = 50
    first: Annotated[int, Ge(0)] = 1000
    total: Annotated[int, Ge(0)] = 5000
    source: Literal["archive", "random", "fuzzing"] = "archive"
    draws: Literal["graded", "random"] = "graded"
    objective: Literal["regret", "failure"] = "regret"
    witnesses: Annotated[int, Ge(1)] = 4
    training: Annotated[int, Ge(0)] = 0


LESSON = 16
"""Most tests on which that witness is trained at once."""


def drawn(generation: Generation[Any], settings: Probing) -> list[Task]:
    """Tasks drawn at random."""
    keys = [generation.key("draw", number) for number in range(settings.count)]
    genomes = [one(generation.means.domain.tasks, settings.draws, key) for key in keys]
    return provisional(generation, genomes, [-1] * len(genomes), "random")


def one(tasks: Tasks, draws: str, key: int) -> Genome:
    """A genome drawn at random (`Probing.draws`)."""
    stream = generator(key)
    if draws == "graded" and tasks.ranges is not None:
        share = stream.random()
        return tasks.ranges.draw([share * most for most in tasks.ranges.full], key)
    if tasks.random is not None:
        return tasks.random(key)
    genome = tasks.first()
    for step in stream.integers(2**63, size=stream.integers(1, CHAIN + 1)).tolist():
        genome = tasks.mutate(genome, step)
    return genome


def challenged(generation: Generation[Any], findings: Sequence[Finding]) -> list[Finding]:
    """The findings after a training of the run's own witness on those tests that nobody solves, and on which the best
    is no worse than `criterion.low`: the best of them first, `LESSON` at most. What it reaches then counts.
    """
    params = generation.means.params
    solved, low, steps = params.criterion.solved, params.criterion.low, params.tests.training
    hard = [each for each in findings if each.own < solved and low <= each.best < solved]
    hard = sorted(hard, key=lambda each: (-each.best, each.task.id))[:LESSON]
    if not (steps and hard):
        return list(findings)
    genomes = tuple(each.task.genome for each in hard)
    for step in range(steps):
        (learned,) = generation.learn([Job(genomes, generation.shared(LEARNER), generation.key("challenge", step))])
        generation.trained(learned.learner)
    agent = generation.shared(LEARNER).agent
    returns = generation.evaluate([Trial(each.task, agent) for each in hard], "challenge")
    better = {
        each.task.id: replace(each, best=value, witness=agent)
        for each, value in zip(hard, returns, strict=True)
        if value > each.best
    }
    return [better.get(each.task.id, each) for each in findings]


def offer(generation: Generation[Any], findings: Sequence[Finding]) -> None:
    """Enter tests into the atlas, one after the other: each into its niche, if that is empty or held by one that ranks
    lower, which leaves. Of the controls, all faults are kept beside those that hold niches.
    """
    settings, solved, rows = generation.means.params.tests, generation.means.params.criterion.solved, generation.rows
    holding = rows[rows["active"]]
    held = dict(zip(holding["niche"].tolist(), holding["task"].tolist(), strict=True))
    control = settings.source == "fuzzing" or settings.objective == "failure"
    for found in findings:
        task, other = found.task, held.get(found.task.niche)
        outcome = "admitted"
        if settings.objective == "regret" and max(found.own, found.best) < solved:
            outcome = "no witness"
        elif other is not None:
            holder = generation.pair(other)
            if rank(settings, solved, found.own, found.best) <= rank(
                settings, solved, holder.fitness, holder.best_fitness
            ):
                outcome = "niche taken"
        generation.add(replace(task, outcome=outcome, score=found.own))
        if outcome == "admitted":
            enter(generation, found)
            if other is not None:
                leave(generation, other)
            held[task.niche] = task.id
        elif control and found.fault(solved):
            enter(generation, found)
            leave(generation, task.id)


def enter(generation: Generation[Any], found: Finding) -> None:
    """The pair of a test whose task was added: the agent's return, and the witness as its elite."""
    id = found.task.id
    generation.begin(id, generation.shared(LEARNER), found.witness, found.best, origin=found.task.parent)
    generation.put(replace(generation.pair(id), fitness=found.own, potential=found.regret))


def rank(settings: Probing, solved: float, own: float, best: float) -> tuple[bool, float]:
    """What a test ranks by in its niche: verified faults above all others, then by regret; or by failure alone."""
    if settings.objective == "failure":
        return False, -own
    return own < solved <= best, best - own
