"""Whether the rows of a state fit each other: what a hostile file could break, and kernels would trust."""

import math

from openended.core.types import State
from openended.file import letters


def check(state: State, axes: int, agents: bool) -> None:
    """Raise ValueError unless rows fit each other.

    Pairs stand in the niches of their tasks, with numbers whose sums are finite; descriptors are `axes` finite numbers;
    with `agents`, the learners and elites that pairs point to are there; offers that may be looked at have their form,
    and votes that counted name tasks with pairs.
    """
    for task in state.tasks.values():
        if len(task.descriptor) != axes or not all(map(math.isfinite, task.descriptor)) or task.niche < 0:
            raise ValueError(f"the descriptor or niche of task {task.id}")
    for pair in state.pairs.values():
        if pair.task not in state.tasks or pair.niche != state.tasks[pair.task].niche:
            raise ValueError(f"pair {pair.task}, whose task or niche there is not")
        if max(abs(pair.fitness), abs(pair.best_fitness)) > 1e100:
            raise ValueError(f"the fitness of pair {pair.task}, whose sums would overflow")
        if agents and pair.learner not in state.learners:
            raise ValueError(f"pair {pair.task}, whose learner {pair.learner} there is not")
        if agents and pair.elite is not None and state.elites[pair.elite].task != pair.task:
            raise ValueError(f"pair {pair.task}, whose elite is that of another task")
    for each in state.offered.values():
        if not each.outcome.startswith("invalid"):
            letters.check({"kind": each.offer.kind, "nonce": "", "payload": each.offer.payload})
    for vote in state.votes:
        if not {vote.left, vote.right} <= state.pairs.keys() or vote.choice not in ("left", "right", "equal"):
            raise ValueError(f"a vote on the tasks {vote.left} and {vote.right}")
    for learner in state.learners.values():
        if learner.steps < 0:
            raise ValueError(f"learner {learner.id} with {learner.steps} steps")
