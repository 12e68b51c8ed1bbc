"""Training: every active pair's learner takes a step on its own task, and its agent is tried there."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from .evaluation import Trial
from .generation import Generation
from .potentials import moving_progress
from .types import Pair
from .work import Job


def active(generation: Generation[Any]) -> list[Pair]:
    """The pairs that are trained, the oldest first."""
    rows = generation.rows
    return [generation.pair(int(task)) for task in rows["task"][rows["active"]]]


def visit(generation: Generation[Any], pairs: Sequence[Pair]) -> None:
    """Count a generation in which the pairs are trained."""
    for pair in pairs:
        generation.put(replace(pair, active=True, visits=pair.visits + 1, seen=generation.number))


def train(generation: Generation[Any], *step: int, memory: float = 0.0, recent: int = 0) -> None:
    """One step for every active pair, and the fitness of what it gave.

    Args:
        generation: whose rows are altered.
        step: number of the step within the generation, where there are several.
        memory: weight of the newest gain in learning progress.
        recent: how many of the last fitnesses are remembered.

    """
    pairs = active(generation)
    tasks = [generation.task(pair.task) for pair in pairs]
    jobs = [
        Job((task.genome,), generation.learner(pair), generation.key("es", *step, pair.task))
        for pair, task in zip(pairs, tasks, strict=True)
    ]
    learned = generation.learn(jobs)
    trials = [Trial(task, new.learner.agent) for task, new in zip(tasks, learned, strict=True)]
    fitnesses = generation.evaluate(trials, "evaluate", *step)
    for pair, new, fitness in zip(pairs, learned, fitnesses, strict=True):
        after = generation.improved(pair, new.learner.agent, fitness)
        generation.passed(after, new.learner.steps)
        generation.put(
            replace(
                after,
                potential=moving_progress(pair.potential, after.best_fitness - pair.best_fitness, memory),
                recent=(*pair.recent, fitness)[-recent:] if recent else (),
            ),
            new.learner,
        )
