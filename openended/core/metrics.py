"""What is measured after every generation, as plain floats and ints by name."""

from collections.abc import Iterable

from .archive import Statistics
from .criterion import Params as Criterion
from .types import Pair, State, Task


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


def annecs(tasks: dict[int, Task], pairs: Iterable[Pair], criterion: Criterion) -> int:
    """Accumulated Number of Novel Environments Created and Solved.

    The paper's definition (Wang et al. 2020, Enhanced POET): tasks that met the minimal criterion when they were made
    and that were solved at some time since. Its code counts at admission already. The first task met no criterion and
    does not count.
    """
    return sum(tasks[pair.task].parent >= 0 and pair.best_fitness >= criterion.solved for pair in pairs)
