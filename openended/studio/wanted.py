"""Niches that are wanted: empty ones beside solved ones, where a new task would be a step beyond what is known.

Asking people for what an archive lacks is the idea of Charity, Khalifa and Togelius (2020), Baba is Y'all.
"""

from collections import Counter
from typing import Any

import numpy as np

from openended.file.snapshot import Snapshot

MOST = 12
"""Most niches that are asked for."""
NEAR = 5
"""Nearest cells of a CVT archive that count as neighbours."""


def wanted(view: Snapshot) -> list[dict[str, Any]]:
    """Empty niches with the most solved neighbours, ties to the lowest number: `niche`, `beside` (the solved ones), and
    `where`, the middle of the niche in the units of the axes.
    """
    solved = [pair.niche for pair in view.elites.values() if pair.best_fitness >= view.solved]
    beside: dict[int, list[int]] = {}
    for niche in solved:
        for other in neighbours(view, niche):
            if other not in view.elites:
                beside.setdefault(other, []).append(niche)
    counted = Counter({niche: len(others) for niche, others in beside.items()})
    best = sorted(counted, key=lambda niche: (-counted[niche], niche))[:MOST]
    return [{"niche": niche, "beside": beside[niche], "where": middle(view, niche)} for niche in best]


def neighbours(view: Snapshot, niche: int) -> list[int]:
    """The niches beside one: one step along one axis of a grid, the nearest centroids of a CVT archive."""
    if view.cells is None:
        if view.centroids is None:
            return []
        away = np.linalg.norm(view.centroids - view.centroids[niche], axis=1)
        return [int(other) for other in np.argsort(away, kind="stable")[1 : NEAR + 1]]
    place = np.array(np.unravel_index(niche, view.cells))
    found = []
    for axis, size in enumerate(view.cells):
        for step in (-1, 1):
            other = place.copy()
            other[axis] += step
            if 0 <= other[axis] < size:
                found.append(int(np.ravel_multi_index(tuple(other), view.cells)))
    return found


def middle(view: Snapshot, niche: int) -> list[float]:
    """The middle of a niche in the units of the axes."""
    if view.cells is None:
        assert view.centroids is not None
        share = view.centroids[niche]
    else:
        share = (np.array(np.unravel_index(niche, view.cells)) + 0.5) / np.array(view.cells)
    ends = [(axis.low, axis.high) for axis in view.domain.axes]
    return [round(float(low + part * (high - low)), 4) for (low, high), part in zip(ends, share, strict=True)]
