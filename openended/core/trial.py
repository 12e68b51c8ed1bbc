"""Trials of a specification's next version: when one begins, and whether it is kept.

A search that stands still opens the next version on trial, in a copy of itself. The trial is kept if agents learnt to
solve tasks that only the new version allows, and if what could be done before can still be done; otherwise the search
goes on from the generation before the trial, as if there had been none.

A fresh version makes cheap novelty: of its tasks those count only that the agents failed when they were made. Trials
that are repeated would be kept by chance in the end, so the pause between them doubles.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from openended.envs.api import Specification

from .buffer import LEARNER
from .evaluation import Trial as Episode
from .means import Means
from .specification import OPEN, Opening
from .types import State, Task

MOST = 256
"""Older tasks, and new ones, on which a shared learner is tried: the newest."""

Measured = Mapping[str, float | int | None]
"""The metrics of a generation."""


@dataclass(frozen=True)
class Trial:
    """A trial that is over.

    Attributes:
        version: name of the version that was opened.
        begun: the last generation before it.
        ended: its last generation.
        kept: whether the search goes on from there.
        made: tasks admitted in it that only the new version allows.
        solved: those of them that no agent solved when they were made, and one solves now.
        older: tasks from before the trial on which it is judged.
        before, after: how many of these were solved before it, and are after it.
        env_steps: steps that the trial took, those of its judgement included.
    """

    version: str
    begun: int
    ended: int
    kept: bool
    made: int
    solved: int
    older: int
    before: int
    after: int
    env_steps: int


def due(opening: Opening, version: str, history: Sequence[Measured], generation: int, trials: Sequence[Trial]) -> bool:
    """Whether a trial of the next version, named so, begins after `generation`.

    Args:
        opening: the settings.
        version: name of the next version.
        history: metrics of the last `stall` + 1 generations, the oldest first; fewer at the beginning of a run.
        generation: the last one.
        trials: all that there have been.

    """
    since = max((trial.ended for trial in trials if trial.kept), default=0)
    refused = [trial.begun for trial in trials if not trial.kept and trial.version == version]
    if refused and generation < max(refused) + opening.pause * 2 ** (len(refused) - 1):
        return False
    return generation >= since + opening.stall and stands_still(opening, history)


def stands_still(opening: Opening, history: Sequence[Measured]) -> bool:
    """Whether no measure has grown since the oldest of `stall` + 1 generations, but for the slack."""
    if len(history) <= opening.stall:
        return False
    pairs = ((history[0][name] or 0.0, history[-1][name] or 0.0) for name in opening.measures)
    return all(now - then <= opening.slack * abs(then) for then, now in pairs)


def judge(means: Means[Any], opening: Opening, before: State, after: State, shared: bool) -> Trial:
    """What came of a trial: `before` and `after` are the states around it.

    Where pairs have learners of their own, a task counts as solved by its elite, which is never lost. Where they share
    one (`shared`), its agent is tried anew, before and after, on the newest of the older tasks that are active, and on
    the newest of the new ones.
    """
    versions = means.domain.tasks.specifications
    old, new = versions[int(before.arrays[OPEN])], versions[int(after.arrays[OPEN])]
    older = [pair for _, pair in sorted(before.pairs.items()) if pair.active or not shared]
    fresh = made(before, after, old)
    solved = means.params.criterion.solved
    steps = after.counters.env_steps - before.counters.env_steps
    if shared:
        older, asked = older[-MOST:], fresh[-MOST:]
        tasks = [before.tasks[pair.task] for pair in older]
        then, now = before.learners[LEARNER].agent, after.learners[LEARNER].agent
        episodes = [Episode(task, then) for task in tasks] + [Episode(task, now) for task in [*tasks, *asked]]
        tried = means.evaluate(episodes, means.key(after.generation, "trial"))
        steps += tried.cost.env_steps
        reached = np.array(tried.fitness) >= solved
        could, can = int(reached[: len(tasks)].sum()), int(reached[len(tasks) : 2 * len(tasks)].sum())
        able = dict(zip((task.id for task in asked), reached[2 * len(tasks) :].tolist(), strict=True))
    else:
        could, can = (sum(state.pairs[pair.task].best_fitness >= solved for pair in older) for state in (before, after))
        able = {task.id: after.pairs[task.id].best_fitness >= solved for task in fresh}
    learnt = sum(able[task.id] and not task.score >= solved for task in fresh if task.id in able)
    lost = (could - can) / max(len(older), 1)
    return Trial(
        version=new.name,
        begun=before.generation,
        ended=after.generation,
        kept=learnt >= opening.solved and lost <= opening.tolerance,
        made=len(fresh),
        solved=learnt,
        older=len(older),
        before=could,
        after=can,
        env_steps=steps,
    )


def made(before: State, after: State, old: Specification) -> list[Task]:
    """The tasks that were admitted in between and that the old version does not allow, by id."""
    tasks = (after.tasks[id] for id in sorted(after.pairs) if id not in before.pairs)
    return [task for task in tasks if not old.allows(task.genome)]
