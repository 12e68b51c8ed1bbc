"""The archive of a run as pyribs has archives, for its plots, its emitters and its statistics."""

import math
from typing import Any

import numpy as np

from openended.core import niches
from openended.core.novelty import scaled
from openended.file.errors import Damaged
from openended.file.snapshot import Snapshot


def to_pyribs(run: Snapshot) -> Any:
    """The archive of a run: a `ribs.archives.GridArchive` or `CVTArchive`.

    It holds of each elite the best agent (`solution`, float32), its fitness (`objective`, float64), the descriptor
    (`measures`, float64) and the id of the task (`task`, int64). Measures are in units of the axes' ranges, 0 .. 1: in
    them the run cut its niches, so that the archive's indices are the run's niches. A pair whose fitness is NaN is left
    out. Raises Damaged if the run file's settings make no archive.
    """
    settings = run.config["archive"]
    try:
        cut = niches.Niches(settings["kind"], tuple(settings["cells"]), settings["samples"])
        niches.check(cut, run.domain)
        size, offset = run.policy.parameters, run.domain.simulator.lowest_return
        made = niches.empty(cut, run.domain.axes, run.centroids, size, np.float32, offset, task=((), np.int64))
    except (ValueError, TypeError, KeyError) as error:
        raise Damaged(f"the run's settings make no archive ({error}); the file is damaged.") from error
    pairs = [pair for pair in run.agents if math.isfinite(pair.best_fitness)]
    places = scaled([run.state.tasks[pair.task].descriptor for pair in pairs], run.domain.axes)
    for pair, agent, place in zip(pairs, run.best_agents(pairs), places, strict=True):
        made.add_single(agent, pair.best_fitness, place, task=pair.task)
    return made
