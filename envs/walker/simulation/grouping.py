"""Which worlds stand side by side: like with like.

A group takes as long as its world with the most contacts. A contact of two points costs three times as much as one of a
single point. So worlds are sorted by the contacts of their lower legs, which rarely change from step to step. Lanes
without an episode go to the end, and groups without episodes are skipped. A world's place changes none of its bits.
"""

from ...box2d.manifold import POINTS, TOUCHING
from ...simd.compiled import inlined, kernel
from .robot import BODIES, LEFT_LOWER, RIGHT_LOWER
from .world import Worlds

MOST = 3
"""Contacts of a leg are counted up to this number."""
IDLE = (2 * (MOST + 1)) ** 2
"""The kind of a lane without an episode."""
KINDS = IDLE + 1


@inlined
def touching(w, lane, body):
    """How many contacts of the body touch, at most `MOST`; 1 if one of them does so in two points, else 0."""
    count, double = 0, 0
    for k in range(w.counts[lane, body]):
        row = w.order[lane, body, k]
        if w.integers[row, TOUCHING]:
            count += 1
            double |= w.integers[row, POINTS] == 2
    return min(count, MOST), double


@inlined
def reflected(kind, digit, base):
    """Append a digit to a kind in reflected Gray code: neighbouring kinds differ by one in one digit."""
    return kind * base + (base - 1 - digit if kind & 1 else digit)


@inlined
def kind_of(w, a, lane):
    """What a world asks of the solver, 0 .. KINDS - 1."""
    if a.live[0, lane] == 0:
        return IDLE
    left, left_double = touching(w, lane, LEFT_LOWER)
    right, right_double = touching(w, lane, RIGHT_LOWER)
    return reflected(reflected(reflected(left_double, right_double, 2), left, MOST + 1), right, MOST + 1)


@inlined
def exchange_columns(x, i, y, j):
    """Exchange column i of x with column j of y."""
    for row in range(len(x)):
        x[row, i], y[row, j] = y[row, j], x[row, i]


@inlined
def exchange_rows(x, i, y, j):
    """Exchange row i of x with row j of y."""
    for column in range(x.shape[1]):
        x[i, column], y[j, column] = y[j, column], x[i, column]


@inlined
def exchange_places(x, i, y, j):
    """Exchange x[i] with y[j]."""
    x[i], y[j] = y[j], x[i]


@kernel
def exchange(v: Worlds, i, w: Worlds, j):
    """Exchange world i of `v` with world j of `w` between two steps; the widths may differ."""
    exchange_columns(v.bodies, i, w.bodies, j)
    exchange_columns(v.joints, i, w.joints, j)
    exchange_columns(v.awake, i, w.awake, j)
    exchange_columns(v.push, i, w.push, j)
    exchange_columns(v.feet, i, w.feet, j)
    exchange_places(v.course, i, w.course, j)
    exchange_places(v.first, i, w.first, j)
    exchange_places(v.serial, i, w.serial, j)
    exchange_places(v.fallen, i, w.fallen, j)
    for body in range(BODIES):
        for k in range(max(v.counts[i, body], w.counts[j, body])):
            exchange_rows(v.reals, v.order[i, body, k], w.reals, w.order[j, body, k])
            exchange_rows(v.integers, v.order[i, body, k], w.integers, w.order[j, body, k])
    exchange_rows(v.counts, i, w.counts, j)


@kernel
def exchange_episodes(a, i, b, j):
    """Exchange what lane i of `a` and lane j of `b` are doing, but for their worlds."""
    exchange_columns(a.live, i, b.live, j)
    exchange_places(a.fresh, i, b.fresh, j)
    exchange_places(a.episode, i, b.episode, j)
    exchange_places(a.steps, i, b.steps, j)
    exchange_places(a.gained, i, b.gained, j)
    exchange_places(a.shaping, i, b.shaping, j)
    exchange_places(a.total, i, b.total, j)
    exchange_places(a.farthest, i, b.farthest, j)
    exchange_rows(a.action, i, b.action, j)


@kernel
def sort_worlds(worlds, lanes, kinds, ends):
    """Sort all worlds of all groups by their kind, the idle last (McIlroy et al. 1993, the American flag sort).

    `kinds` uint8[worlds] and `ends` int64[2, KINDS] are room to work in.
    """
    width = lanes[0].live.shape[1]
    ends[:] = 0
    for place in range(len(kinds)):
        kinds[place] = kind_of(worlds[place // width], lanes[place // width], place % width)
        ends[1, kinds[place]] += 1
    for kind in range(1, KINDS):
        ends[0, kind] = ends[1, kind - 1]
        ends[1, kind] += ends[1, kind - 1]
    for kind in range(KINDS):
        place = ends[0, kind]
        while place < ends[1, kind]:
            other = kinds[place]
            if other == kind:
                place += 1
                continue
            while kinds[ends[0, other]] == other:
                ends[0, other] += 1
            there = ends[0, other]
            v, i, w, j = place // width, place % width, there // width, there % width
            exchange(worlds[v], i, worlds[w], j)
            exchange_episodes(lanes[v], i, lanes[w], j)
            kinds[place], kinds[there] = kinds[there], kinds[place]
