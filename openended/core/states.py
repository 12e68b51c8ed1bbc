"""The state after a generation: the state before it and what it altered.

A run is resumed by the same function that its algorithms end a generation with, so both come to the same.
"""

from .layers import with_entries
from .offers import counted, stand, waiting
from .types import Changes, State


def after(before: State, changes: Changes) -> State:
    """The state after `changes`."""
    old = (before.pairs[pair.task].elite for pair in changes.pairs if pair.task in before.pairs)
    made, held = {task.id: task for task in changes.tasks}, {pair.elite for pair in changes.pairs}
    scores = {(score.agent, score.task): score.fitness for score in changes.scores}
    offered = stand(before.offered, changes.offers)
    return State(
        generation=changes.generation,
        tasks=with_entries(before.tasks, {pair.task: made[pair.task] for pair in changes.pairs if pair.task in made}),
        pairs=with_entries(before.pairs, {pair.task: pair for pair in changes.pairs}),
        learners=with_entries(before.learners, {learner.id: learner for learner in changes.learners}),
        elites=with_entries(
            before.elites,
            {elite.id: elite for elite in changes.elites if elite.id in held},
            without={elite for elite in old if elite is not None} - held,
        ),
        counters=changes.counters,
        scores=with_entries(before.scores, scores) if scores else before.scores,
        arrays=before.arrays | changes.arrays,
        offered=with_entries(before.offered, offered) if offered else before.offered,
        parked=waiting(before.parked, offered),
        votes=before.votes + counted(changes.offers),
    )
