"""Which elites are shown where there is no room for all."""

from collections.abc import Sequence

import numpy as np

from openended.core.types import Pair
from openended.file.snapshot import Snapshot, chosen


def by_hardness(view: Snapshot, pairs: Sequence[Pair]) -> list[Pair]:
    """The pairs, those of easy tasks first."""
    return sorted(pairs, key=lambda pair: (view.hardness(pair), pair.niche))


def spread(view: Snapshot, pairs: Sequence[Pair], most: int) -> list[Pair]:
    """At most `most` of the pairs, all elites: the most informative first."""
    if not pairs:
        return []
    ordered = by_hardness(view, pairs)
    telling = [chosen(view, None, best=True), chosen(view, None, best=False), ordered[-1]]
    places = np.unique(np.linspace(0, len(ordered) - 1, min(len(ordered), most)).round().astype(int))
    several = {pair.niche: pair for pair in [*telling, *(ordered[place] for place in places)]}
    return list(several.values())[:most]
