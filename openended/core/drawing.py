"""Random draws in proportion to weights."""

import numpy as np
from numpy.typing import ArrayLike, NDArray


def draw(weights: ArrayLike, count: int, stream: np.random.Generator) -> NDArray[np.int64]:
    """`count` different indices (all, if there are fewer), each drawn in proportion to the weights of those left.

    Weights are not negative; when those left are all zero, the draw is uniform.
    """
    left = np.arange(len(np.asarray(weights)))
    remaining = np.array(weights, np.float64)
    drawn: list[int] = []
    while len(left) and len(drawn) < count:
        position = draw_one(remaining, stream)
        drawn.append(int(left[position]))
        left, remaining = np.delete(left, position), np.delete(remaining, position)
    return np.array(drawn, np.int64)


def draw_one(weights: ArrayLike, stream: np.random.Generator) -> int:
    """One index, drawn in proportion to the weights; uniformly if they are all zero."""
    return int(draw_with_replacement(weights, 1, stream)[0])


def draw_with_replacement(weights: ArrayLike, count: int, stream: np.random.Generator) -> NDArray[np.int64]:
    """`count` indices, each as `draw_one` draws it."""
    given = np.asarray(weights, np.float64)
    edges = np.cumsum(given if given.any() else np.ones(len(given)))
    drawn = np.searchsorted(edges, stream.random(count) * edges[-1], side="right")
    return np.asarray(np.minimum(drawn, len(given) - 1), np.int64)
