from functools import lru_cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openended.envs.random import between, uniform
from openended.envs.walker.courses import course as module
from openended.envs.walker.courses.course import GROUND_HEIGHT, MAX_BOXES, PIT, STAIRS, STUMP, TILE, course, courses
from openended.envs.walker.courses.describe import AXES, describe
from openended.envs.walker.courses.task import WalkerTask


def interval(limit):
    return st.none() | st.tuples(st.floats(0, limit), st.floats(0, limit)).map(sorted).map(tuple)


@st.composite
def tasks(draw):
    stairs = draw(interval(5))
    steps = draw(st.integers(1, 9)) if stairs else 1
    seed = draw(st.integers(0, 999_999))
    return WalkerTask(draw(st.floats(0, 10)), draw(interval(8)), draw(interval(5)), stairs, steps, seed)


class Drawing:
    """The rules written obstacle after obstacle instead of point after point; float64 throughout."""

    def __init__(self, task):
        self.task, self.seed = task, task.terrain_seed
        self.xs, self.ys, self.boxes, self.kinds = [], [], [], []
        self.y, self.velocity = GROUND_HEIGHT, 0.0
        self.intervals = {STUMP: task.stump_height, STAIRS: task.stair_height, PIT: task.pit_gap}
        present = [kind for kind, sizes in self.intervals.items() if sizes is not None]
        self.grass(20, rest=0)
        while self.index < 200:
            last = self.index - 1
            if present:
                kind = present[between(self.seed, 5 * last + 1, 0, len(present))]
                {STUMP: self.stump, STAIRS: self.stairs, PIT: self.pit}[kind]()
            self.grass(between(self.seed, 5 * (self.index - 1) + 2, 5, 10), rest=1)
        self.points = np.array([self.xs, self.ys], np.float32).T[:200]

    @property
    def index(self):
        return len(self.xs)

    def point(self, y, shift=0.0):
        self.xs.append(self.index * TILE - shift)
        self.ys.append(y)

    def grass(self, points, rest):
        for k in range(points):
            if k >= rest:
                self.velocity = 0.8 * self.velocity + 0.01 * ((self.y < GROUND_HEIGHT) - (self.y > GROUND_HEIGHT))
                if self.index > 20:
                    self.velocity += (2 * uniform(self.seed, 5 * self.index) - 1) / 30
                self.y += self.task.roughness * self.velocity
            self.point(self.y)

    def box(self, kind, left, right, first, second):
        if self.index < 200 and abs(second - first) >= 0.001 - 1e-12:
            self.boxes.append([(left, first), (right, first), (right, second), (left, second)])
            self.kinds.append(kind)

    def size(self, kind):
        low, high = self.intervals[kind]
        return low + (high - low) * uniform(self.seed, 5 * self.index + 3)

    def stump(self):
        x, height = self.index * TILE, self.size(STUMP)
        self.box(STUMP, x, x + TILE, self.y, self.y + height * TILE)
        self.point(self.y)

    def stairs(self):
        x, height = self.index * TILE, self.size(STAIRS)
        up = uniform(self.seed, 5 * self.index + 4) > 0.5
        start, rise = self.y, height if up else -height
        for s in range(self.task.stair_steps):
            top = start + s * rise * TILE
            self.box(STAIRS, x + 4 * s * TILE, x + 4 * (s + 1) * TILE, top, start + (s * rise - height) * TILE)
        self.point(start)
        for s in range(self.task.stair_steps):
            self.y = start + s * rise * TILE - (0.0 if up else height * TILE)
            for _ in range(4):
                self.point(self.y)

    def pit(self):
        x, clear = self.index * TILE, self.size(PIT)
        for left in (x, x + TILE * (1 + clear)):
            self.box(PIT, left, left + TILE, self.y, self.y - 4 * TILE)
        self.point(self.y)
        tiles = int(np.ceil(1 + clear))
        for _ in range(tiles):
            self.point(self.y - 4 * TILE)
        self.point(self.y, shift=(tiles - (1 + clear)) * TILE)


@given(tasks())
@settings(max_examples=150)
def test_courses_follow_poets_rules_as_a_second_implementation_reads_them(task):
    made, expected = course(task), Drawing(task)
    assert np.abs(made.points - expected.points).max() < 2e-5, "two float32 roundings of sums in another order"
    assert made.box_count == len(expected.boxes)
    assert list(made.kinds[: made.box_count]) == expected.kinds
    if expected.boxes:
        assert np.abs(made.boxes[: made.box_count] - np.array(expected.boxes)).max() < 2e-5
    assert not made.boxes[made.box_count :].any()
    assert made.push == np.float32(5 * (2 * uniform(task.terrain_seed, 1000) - 1))


@given(tasks())
@settings(max_examples=100)
def test_every_course_is_sound(task):
    made = course(task)
    assert np.isfinite(made.points).all()
    assert (np.diff(made.points[:, 0]) >= 0).all()
    assert (made.points[:21, 1] == np.float32(GROUND_HEIGHT)).all()
    solid = made.boxes[: made.box_count]
    assert (np.ptp(solid, axis=1) > 0.0009).all(), "no box without area"
    assert (np.diff(solid[:, 0, 0]) > 0).all(), "boxes come in the order of the course"
    assert abs(made.push) <= 5
    demands = describe(made)
    for value, axis in zip(demands[:2], AXES[:2], strict=True):
        assert axis.low <= value <= axis.high
    fastest = (0.01 + 1 / 30) / (1 - 0.8)
    assert 0 <= demands[2] <= fastest * task.roughness + 0.001, "the bound of v = 0.8 v + 0.01 + 1/30"
    assert made.points.dtype == made.boxes.dtype == np.float32


def test_flat_ground_is_flat():
    made = course(WalkerTask())
    assert (made.points[:, 1] == np.float32(GROUND_HEIGHT)).all()
    assert made.points[:, 0].tobytes() == np.array([i * TILE for i in range(200)], np.float32).tobytes()
    assert made.box_count == 0
    assert describe(made).tolist() == [0, 0, 0]


def test_courses_with_one_seed_share_their_unevenness():
    one, two = course(WalkerTask(1.0, terrain_seed=5)), course(WalkerTask(2.0, terrain_seed=5))
    correlation = np.corrcoef(np.diff(one.points[20:, 1]), np.diff(two.points[20:, 1]))[0, 1]
    assert correlation > 0.95
    assert not np.array_equal(one.points, course(WalkerTask(1.0, terrain_seed=6)).points)


def test_stacked_courses_are_the_single_ones():
    several = [WalkerTask(terrain_seed=3), WalkerTask(1.0, (0.0, 0.8), (0.0, 0.4), (0.2, 0.4), 3, 9)]
    stacked = courses(several)
    for k, task in enumerate(several):
        single = course(task)
        assert stacked.points[k].tobytes() == single.points.tobytes()
        assert stacked.boxes[k].tobytes() == single.boxes.tobytes()
        assert (stacked.box_counts[k], stacked.pushes[k]) == (single.box_count, single.push)
    assert stacked.points.dtype == stacked.boxes.dtype == stacked.pushes.dtype == np.float32
    assert stacked.box_counts.dtype == np.int32
    assert courses([]).boxes.shape == (0, MAX_BOXES, 4, 2)


def test_no_course_can_have_more_boxes_than_there_is_room_for():
    @lru_cache(None)
    def most(point):
        """Most boxes of obstacles that start at ground point `point` or later, the grass behind at its shortest."""
        if point >= module.GROUND_POINTS:
            return 0
        obstacles = [(1, 1), (3, 2)] + [(4 * n + 1, n) for n in range(1, 10)]
        return max(most(point + 1), *(boxes + most(point + length + 5) for length, boxes in obstacles))

    assert most(module.START_PAD) == MAX_BOXES


def test_a_stump_a_pit_and_stairs_measure_what_they_were_made_with():
    for size in (0.5, 1.0, 3.3):
        stumps = describe(course(WalkerTask(stump_height=(size, size))))
        pits = describe(course(WalkerTask(pit_gap=(size, size))))
        stairs = describe(course(WalkerTask(stair_height=(size, size), stair_steps=3)))
        assert stumps == pytest.approx([size * TILE, 0, 0], abs=1e-5)
        assert pits == pytest.approx([0, size * TILE, 0], abs=1e-4)
        assert stairs == pytest.approx([size * TILE, 0, 0], abs=1e-5)


def test_obstacles_do_not_count_as_unevenness():
    obstacles = {"pit_gap": (0.0, 8.0), "stump_height": (0.0, 5.0), "stair_height": (0.0, 5.0), "stair_steps": 9}
    for seed in range(100):
        assert describe(course(WalkerTask(0.0, **obstacles, terrain_seed=seed)))[2] < 1e-6


def test_unevenness_grows_in_proportion_to_roughness():
    for seed in range(20):
        values = [describe(course(WalkerTask(r, terrain_seed=seed)))[2] for r in (0.0, 0.1, 0.5, 1.0, 3.0, 6.0, 10.0)]
        assert values == sorted(values)
        assert values[0] == 0
        assert values[-1] / values[3] == pytest.approx(10, rel=0.15)
        assert 0.02 < values[3] < 0.04


def test_demands_beyond_the_finish_do_not_count():
    made = course(WalkerTask(pit_gap=(1.0, 1.0)))
    moved = made._replace(boxes=made.boxes + np.array([89.0, 0.0], np.float32))
    assert describe(made)[1] > 0
    assert describe(moved)[1] == 0
