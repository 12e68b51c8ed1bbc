"""What is measured after every generation, as plain floats and ints by name."""

import math
from collections.abc import Iterable, Mapping

from ..archive import Statistics
from ..criterion import Params as Criterion
from ..criterion import judge
from ..types import Pair, State, Task


def measure(state: State, statistics: Statistics, criterion: Criterion) -> dict[str, float | int | None]:
    """The metrics of a state and its archive.

    `elites`, `coverage`, `qd_score`, `best`, `mean_fitness` describe the archive; `active` counts the pairs being
    optimised and `solved` those whose best fitness reached `criterion.solved`; the rest are the run's counters.
    """
    counters = state.counters
    return {
        "elites": statistics.elites,
        "coverage": statistics.coverage,
        "qd_score": statistics.qd_score,
        "best": statistics.best,
        "mean_fitness": statistics.mean_fitness,
        "active": sum(pair.active for pair in state.pairs.values()),
        "solved": sum(pair.best_fitness >= criterion.solved for pair in state.pairs.values()),
        "tasks_created": counters.tasks_created,
        "transfers_tried": counters.transfers_tried,
        "transfers_accepted": counters.transfers_accepted,
        "annecs": counters.annecs,
    }


def annecs(tasks: Mapping[int, Task], pairs: Iterable[Pair], criterion: Criterion, earlier: Mapping[int, float]) -> int:
    """Accumulated Number of Novel Environments Created and Solved.

    The paper's definition (Wang et al. 2020, Enhanced POET): tasks that met the minimal criterion against all agents
    there had been when they were made, and that were solved at some time since. Those in the population passed it at
    admission; `earlier` (see `best_earlier`) says what the best of the others reaches. The first task met no criterion
    and does not count.
    """
    return sum(
        tasks[pair.task].parent >= 0
        and pair.best_fitness >= criterion.solved
        and earlier.get(pair.task, -math.inf) <= criterion.high
        for pair in pairs
    )


def annecs_code(
    tasks: Mapping[int, Task], pairs: Iterable[Pair], criterion: Criterion, earlier: Mapping[int, float]
) -> int:
    """ANNECS as the reference code counts it (`poet_algo.py`): at admission, solved or not, if the best of the agents
    archived by then lies within the minimal criterion. It is 0 until an agent has been archived.
    """
    return sum(
        tasks[pair.task].parent >= 0 and judge(earlier.get(pair.task, math.nan), criterion) == "ok" for pair in pairs
    )


def best_earlier(state: State) -> dict[int, float]:
    """For each task the best score of the agents that had retired before it was made, where there is one."""
    best: dict[int, float] = {}
    for (agent, task), fitness in state.scores.items():
        if state.pairs[agent].retired < state.tasks[task].generation and fitness > best.get(task, -math.inf):
            best[task] = fitness
    return best
