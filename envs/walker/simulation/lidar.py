"""The walker's eyes: ten rays from the hull's origin, from straight down to nearly ahead (Gymnasium's lidar).

One world at a time, its rays side by side. A ray ends `LIDAR_RANGE` away; its reading is the free fraction.
"""

import math

import numpy as np

from ...box2d.constants import ONE
from ...box2d.rays import meet_edge, meet_polygon
from ...simd.compiled import kernel
from ...simd.number import load, splat, store, width_of
from .ground import Grounds, edges_between
from .robot import HULL, LIDAR_RANGE, RAYS
from .world import BODY_ROWS, Worlds, X, Y

REACH = np.array([(math.sin(1.5 * i / 10.0), -math.cos(1.5 * i / 10.0)) for i in range(RAYS)]) * LIDAR_RANGE
"""float64[10, 2], where each ray ends, relative to the hull (m)."""


@kernel
def look(w: Worlds, g: Grounds, lane, fractions, like):
    """Fill `fractions` float32[10] with the rays' readings in one world."""
    px, py = w.bodies[HULL * BODY_ROWS + X, lane], w.bodies[HULL * BODY_ROWS + Y, lane]
    width = width_of(like)
    groups = len(w.rays) // 3
    for ray in range(RAYS):
        row, column = ray // width, ray % width
        w.rays[row, column] = np.float32(px + REACH[ray, 0]) - px
        w.rays[groups + row, column] = np.float32(py + REACH[ray, 1]) - py
    course = w.course[lane]
    first, last = edges_between(px, px + np.float32(LIDAR_RANGE))
    for group in range(groups):
        dx, dy = load(w.rays, group, like), load(w.rays, groups + group, like)
        nearest = splat(like, ONE)
        for e in range(first, last + 1):
            edge = g.edges[course, e]
            ends = (edge[0], edge[1], edge[2], edge[3], edge[4], edge[5], edge[6])
            nearest = meet_edge(px, py, dx, dy, ends, nearest, like)
        for b in range(g.box_counts[course]):
            reach = g.box_reach[course, b]
            if reach[2] < px or reach[0] > px + np.float32(LIDAR_RANGE):
                continue
            nearest = meet_polygon(
                px, py, dx, dy, g.boxes[course, b], g.box_normals[course, b], g.box_corners[course, b], nearest, like
            )
        store(w.rays, 2 * groups + group, nearest)
    for ray in range(RAYS):
        fractions[ray] = w.rays[2 * groups + ray // width, ray % width]
