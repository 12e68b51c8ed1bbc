"""Learning potential: where more training is likely to pay.

Source: Oudeyer, Kaplan, Hafner (2007), Intrinsic Motivation Systems for Autonomous Mental Development.
"""

from collections.abc import Sequence

import numpy as np


def progress(before: float, gain: float, memory: float) -> float:
    """Learning progress after one more ES step: a moving average of the gains in best fitness, `memory` the weight of
    the newest.
    """
    return (1 - memory) * before + memory * gain


def draw(weights: Sequence[float], count: int, stream: np.random.Generator) -> list[int]:
    """`count` different indices (all, if there are fewer), each drawn in proportion to the weights of those left.

    Weights are not negative; when those left are all zero, the draw is uniform.
    """
    left = list(range(len(weights)))
    drawn: list[int] = []
    while left and len(drawn) < count:
        position = draw_one([weights[index] for index in left], stream)
        drawn.append(left.pop(position))
    return drawn


def draw_one(weights: Sequence[float], stream: np.random.Generator) -> int:
    """One index, drawn in proportion to the weights; uniformly if they are all zero."""
    edges = np.cumsum(weights if any(weights) else np.ones(len(weights)))
    return min(int(np.searchsorted(edges, stream.random() * edges[-1], side="right")), len(weights) - 1)
