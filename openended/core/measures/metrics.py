"""What is measured after every generation, as plain floats and ints by name."""

from ..archive import Archive
from ..criterion import Bounds
from ..types import Counters


def measure(archive: Archive, counters: Counters, criterion: Bounds) -> dict[str, float | int | None]:
    """The metrics of an archive and a run's counters.

    `elites`, `coverage`, `qd_score`, `best`, `mean_fitness` describe the archive; `active` counts the pairs being
    trained, `solved` those whose best fitness reached `criterion.solved`, and `niches_solved` the niches that such a
    pair holds; the rest are the run's counters.
    """
    statistics = archive.statistics()
    return {
        "elites": statistics.elites,
        "coverage": statistics.coverage,
        "qd_score": statistics.qd_score,
        "best": statistics.best,
        "mean_fitness": statistics.mean_fitness,
        "active": int(archive.rows["active"].sum()),
        "solved": int(archive.solved(criterion).sum()),
        "niches_solved": archive.niches_solved(criterion),
        "tasks_created": counters.tasks_created,
        "transfers_tried": counters.transfers_tried,
        "transfers_accepted": counters.transfers_accepted,
        "annecs": counters.annecs,
    }
