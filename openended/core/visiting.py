"""What a visit of the shared learner leaves: the pair's scores, and every potential in the run file."""

import math
from dataclasses import replace
from typing import Any

from .generation import Generation
from .measures.potentials import Potentials
from .nearness import VISITS, WANTED
from .novelty import novelty
from .potentials import Seen, potential, potentials
from .types import Pair, Task
from .work import Visit


def seen(generation: Generation[Any], task: Task, pair: Pair | None, visit: Visit) -> Seen:
    """What is known of a task after a visit; it has no pair yet if that is None."""
    active, points = generation.active_before
    others = points[active != task.id]
    returns = [value for value in visit.returns.tolist() if math.isfinite(value)]
    known = [] if pair is None or math.isnan(pair.best_return) else [pair.best_return]
    return Seen(
        visit=visit,
        before=pair.recent[-1] if pair is not None and pair.recent else math.nan,
        best=max([*known, *returns], default=math.nan),
        novelty=novelty(generation.archive.point(task), others, generation.means.params.potential.neighbours),
        witness=math.nan if pair is None or pair.elite is None else pair.best_fitness,
        solved=generation.means.params.criterion.solved,
    )


def promise(generation: Generation[Any], task: Task, visit: Visit) -> float:
    """The potential, of the kind that decides, of a task that has no pair yet."""
    return potential(generation.means.params.potential.kind, seen(generation, task, None, visit))


def visited(generation: Generation[Any], pair: Pair, visit: Visit, *, trained: bool) -> None:
    """Enter a pair as it is after a visit, and what the visit told: `trained` if the learner was trained on it.

    The pair's `fitness` is the visit's mean return, and `recent` holds those of the last visits with a finished
    episode: of one, or of as many as a score is the mean of where there are tasks of interest.
    """
    known = seen(generation, generation.task(pair.task), pair, visit)
    kept = VISITS if WANTED in generation.before.arrays else 1
    generation.told(Potentials(generation.number, pair.task, trained, known.mean, known.rate, potentials(known)))
    generation.put(
        replace(
            pair,
            fitness=pair.fitness if math.isnan(known.mean) else known.mean,
            recent=pair.recent if math.isnan(known.mean) else (*pair.recent, known.mean)[-kept:],
            best_return=known.best,
            potential=potential(generation.means.params.potential.kind, known),
            visits=pair.visits + 1,
            seen=generation.number,
        )
    )
