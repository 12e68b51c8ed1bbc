"""Voronoi cells in a rectangle, for pictures of CVT archives."""

import numpy as np
from numpy.typing import NDArray


def voronoi(
    points: NDArray[np.float64], low: tuple[float, float], high: tuple[float, float]
) -> list[NDArray[np.float64]]:
    """The cell of each of the points float64[n, 2] within the rectangle from `low` to `high`, as corners float64[k, 2].

    Each cell starts as the rectangle and loses what lies beyond the bisector to every other point, nearest first, until
    no further bisector can reach it. A point that repeats an earlier one shares its cell.
    """
    rectangle = np.array([low, (high[0], low[1]), high, (low[0], high[1])], np.float64)
    return [cell(points, index, rectangle) for index in range(len(points))]


def cell(points: NDArray[np.float64], index: int, rectangle: NDArray[np.float64]) -> NDArray[np.float64]:
    centre = points[index]
    distance = np.hypot(*(points - centre).T)
    corners = rectangle
    for other in np.argsort(distance, kind="stable"):
        if distance[other] == 0:
            continue
        if distance[other] > 2 * np.hypot(*(corners - centre).T).max():
            break
        normal = points[other] - centre
        corners = clipped(corners, normal, float(normal @ (points[other] + centre)) / 2)
    return corners


def clipped(corners: NDArray[np.float64], normal: NDArray[np.float64], offset: float) -> NDArray[np.float64]:
    """The part of a convex polygon where normal . p <= offset (Sutherland and Hodgman, 1974)."""
    beyond = corners @ normal - offset
    kept = []
    for index, value in enumerate(beyond):
        before = beyond[index - 1]
        if (before > 0) != (value > 0):
            share = before / (before - value)
            kept.append(corners[index - 1] + share * (corners[index] - corners[index - 1]))
        if value <= 0:
            kept.append(corners[index])
    return np.array(kept).reshape(-1, 2)
