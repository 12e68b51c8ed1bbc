"""The archive of a run as pyribs has archives, for its plots, its emitters and its statistics."""

import math
from typing import Any

from openended.core import archive
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
        params = archive.Params(settings["kind"], tuple(settings["cells"]), settings["samples"])
        archive.check(params, run.domain)
        made = archive.empty(params, run.domain, run.state.centroids)
    except (ValueError, TypeError, KeyError) as error:
        raise Damaged(f"the run's settings make no archive ({error}); the file is damaged.") from error
    pairs = (pair for pair in run.state.pairs.values() if math.isfinite(pair.best_fitness))
    archive.add(made, pairs, run.state.tasks, run.domain.axes)
    return made
