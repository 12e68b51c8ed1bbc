"""Retention: what is left of the return that was reached on a task once."""

import math


def retention(fitness: float, best: float, lowest: float) -> float:
    """An agent's fitness on a task beside the best agent's there, both counted from the domain's lowest return.

    1: as good as the best; 0: no better than an agent that fails at once. NaN where one is no number, or where the best
    is no better than the lowest.
    """
    return max(0.0, fitness - lowest) / (best - lowest) if best > lowest and not math.isnan(fitness) else math.nan
