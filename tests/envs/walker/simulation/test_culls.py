"""What the walker leaves out for speed would not have mattered: compared with versions that leave nothing out."""

import numpy as np
import pytest

from openended.envs.box2d.constants import ONE, ZERO
from openended.envs.box2d.impact import TOUCHING, time_of_impact
from openended.envs.box2d.manifold import ENABLED, GROUND, TOI
from openended.envs.box2d.rays import meet_edge, meet_polygon
from openended.envs.forward import act, room_for
from openended.envs.simd.compiled import kernel
from openended.envs.simd.number import lane, number, splat, zero
from openended.envs.walker.courses.course import Course, course, stack
from openended.envs.walker.courses.gymnasium_course import gymnasium_course
from openended.envs.walker.courses.task import WalkerTask
from openended.envs.walker.domain import DEFAULT
from openended.envs.walker.simulation.broad import start_of_sweep
from openended.envs.walker.simulation.ground import EDGES, grounds
from openended.envs.walker.simulation.impacts import find_impacts
from openended.envs.walker.simulation.lidar import REACH, look
from openended.envs.walker.simulation.positions import FIRST_ROUNDS, begin_positions, solve_positions
from openended.envs.walker.simulation.robot import BODIES, CENTERS, COUNTS, POSITION_ITERATIONS, RAYS, VERTICES
from openended.envs.walker.simulation.step import ACTIONS, OBSERVATIONS, approach, conclude, drive, observe
from openended.envs.walker.simulation.touch import find_new_contacts
from openended.envs.walker.simulation.world import (
    ANGLE,
    ANGLE0,
    BODY_ROWS,
    C0X,
    C0Y,
    COSINE,
    CX,
    CY,
    HIGH_X,
    HIGH_Y,
    LOW_X,
    LOW_Y,
    SINE,
    SLOTS,
    X,
    Y,
    begin,
    worlds,
)
from tests.support.harsh import any_task

KIND = number(1)


@pytest.fixture(scope="module")
def courses() -> list[Course]:
    tasks = [WalkerTask(pit_gap=(0.5, 8.0), stump_height=(0.1, 5.0), stair_height=(0.1, 2.0), stair_steps=9)]
    tasks += [any_task(key) for key in range(10)]
    return [*(course(task) for task in tasks), gymnasium_course(3, hardcore=True)]


@pytest.fixture(scope="module")
def ground(courses):
    return grounds(stack(courses))


def world(ground):
    w = worlds(1)
    begin(w, ground, 0, 0)
    return w


@kernel
def full_search(ground, which, number, body, sweep, cache, simplex, support):
    """The time of impact of a body's sweep with one object of the ground, searched for without any thought."""
    boxes = ground.box_counts[which]
    if number < boxes:
        vertices, count = ground.boxes[which, number], ground.box_corners[which, number]
    else:
        vertices, count = ground.edge_ends[which, number - boxes], 2
    still = (ZERO, ZERO, ZERO, ZERO, ZERO, ZERO, ZERO, ZERO)
    state, time = time_of_impact(vertices, count, still, VERTICES[body], COUNTS[body], sweep, cache, simplex, support)
    return min(time, ONE) if state == TOUCHING else ONE


@kernel
def impacts(w, ground, live, which, body, numbers, sweep, found, wanted):
    """Times of impact of one sweep with the objects `numbers`: as the walker finds them, and by full search."""
    w.course[0] = which
    base = body * BODY_ROWS
    for row, value in zip((C0X, C0Y, ANGLE0, CX, CY, ANGLE), sweep):  # noqa: B905 (numba's zip has no `strict`)
        w.bodies[base + row, 0] = value
    x, y, sine, cosine = start_of_sweep(body, sweep[3], sweep[4], sweep[5], ZERO)
    w.bodies[base + X, 0], w.bodies[base + Y, 0] = x, y
    w.bodies[base + SINE, 0], w.bodies[base + COSINE, 0] = sine, cosine
    for other in range(BODIES):
        w.counts[0, other] = 0
    w.counts[0, body] = len(numbers)
    for k in range(len(numbers)):
        row = w.order[0, body, k]
        w.integers[row, GROUND] = numbers[k]
        w.integers[row, ENABLED] = 1
    find_impacts(w, ground, live)
    whole = (sweep[0], sweep[1], sweep[2], sweep[3], sweep[4], sweep[5], CENTERS[body, 0], CENTERS[body, 1])
    for k in range(len(numbers)):
        found[k] = w.reals[w.order[0, body, k], TOI]
        wanted[k] = full_search(ground, which, numbers[k], body, whole, w.cache, w.simplex, w.support)


def objects_near(ground, which, x):
    """Numbers of the ground objects within a few metres, as many as a body can touch."""
    boxes = ground.box_counts[which]
    reach = np.concatenate([ground.box_reach[which, :boxes], ground.edge_reach[which]])
    near = np.flatnonzero((reach[:, 0] < x + 3) & (reach[:, 2] > x - 3))
    return near[np.argsort(np.abs(reach[near, 0] + reach[near, 2] - 2 * x))][:SLOTS]


def sweep_near(random, course, body):
    """A sweep that starts near a corner of the ground, mostly just off it; some move little, some far."""
    corners = np.concatenate([course.points, course.boxes[: course.box_count].reshape(-1, 2)])
    corner = corners[random.integers(len(corners))]
    along, angle = random.uniform(-0.6, 0.6), random.uniform(-3, 3)
    sine, cosine = np.sin(angle), np.cos(angle)
    polygon = (VERTICES[body, : COUNTS[body]] - CENTERS[body]) @ np.array([[cosine, sine], [-sine, cosine]])
    low = polygon[np.argmin(polygon[:, 1] + 0.2 * np.abs(polygon[:, 0]))]
    gap = random.choice([0.02, 0.1, 1.0]) * random.uniform(-0.3, 1)
    start = corner + np.array([along * random.integers(0, 2), gap]) - low
    motion = 10 ** random.uniform(-3.5, 0.3) * random.normal(size=2)
    turn = 10 ** random.uniform(-4, -0.7) * random.choice([-1, 1])
    return tuple(np.float32(value) for value in (*start, angle, *(start + motion), angle + turn))


def test_no_impact_is_missed_by_ruling_contacts_out_beforehand(courses, ground):
    random = np.random.default_rng(1)
    w, live = world(ground), np.ones((1, 1), np.uint8)
    found, wanted = np.zeros(SLOTS, np.float32), np.zeros(SLOTS, np.float32)
    hits = searched = 0
    for k in range(12_000):
        which, body = k % len(courses), int(random.integers(BODIES))
        sweep = sweep_near(random, courses[which], body)
        numbers = objects_near(ground, which, sweep[0])
        impacts(w, ground, live, which, body, numbers, sweep, found, wanted)
        count = len(numbers)
        assert found[:count].tobytes() == wanted[:count].tobytes(), (which, body, sweep, numbers)
        hits += int((wanted[:count] < 1).sum())
        searched += count
    assert hits > 2000
    assert searched > 100_000


@kernel
def every_ray(ground, which, x, y, readings, kind):
    """The lidar's readings from (x, y), each ray against the whole course."""
    like = zero(kind)
    for ray in range(RAYS):
        dx = splat(like, np.float32(x + REACH[ray, 0]) - x)
        dy = splat(like, np.float32(y + REACH[ray, 1]) - y)
        nearest = splat(like, ONE)
        for e in range(EDGES):
            edge = ground.edges[which, e]
            ends = (edge[0], edge[1], edge[2], edge[3], edge[4], edge[5], edge[6])
            nearest = meet_edge(x, y, dx, dy, ends, nearest, like)
        for b in range(ground.box_counts[which]):
            nearest = meet_polygon(
                x, y, dx, dy, ground.boxes[which, b], ground.box_normals[which, b], ground.box_corners[which, b],
                nearest, like,
            )  # fmt: skip
        readings[ray] = lane(nearest, 0)


@kernel
def see(w, ground, which, x, y, readings, kind):
    """The lidar's readings as the walker gets them."""
    w.course[0] = which
    w.bodies[X, 0], w.bodies[Y, 0] = x, y
    look(w, ground, 0, readings, zero(kind))


def test_the_lidar_sees_all_there_is_to_see(courses, ground):
    random = np.random.default_rng(2)
    w = world(ground)
    seen, wanted = np.zeros(RAYS, np.float32), np.zeros(RAYS, np.float32)
    shorter = 0
    for k in range(3000):
        which = k % len(courses)
        point = courses[which].points[random.integers(len(courses[which].points))]
        x, y = np.float32(point[0] + random.uniform(-0.5, 0.5)), np.float32(point[1] + random.uniform(-0.5, 6))
        see(w, ground, which, x, y, seen, KIND)
        every_ray(ground, which, x, y, wanted, KIND)
        assert seen.tobytes() == wanted.tobytes(), (which, x, y)
        shorter += int((wanted < 1).sum())
    assert shorter > 5000


def test_a_body_finds_every_ground_object_whose_box_its_own_overlaps(courses, ground):
    random = np.random.default_rng(3)
    w = world(ground)
    numbers = 0
    for k in range(2000):
        which = k % len(courses)
        w.course[0] = which
        w.counts[:] = 0
        wanted = []
        boxes = ground.box_counts[which]
        reach = np.concatenate([ground.box_reach[which, :boxes], ground.edge_reach[which]])
        for body in range(BODIES):
            point = courses[which].points[random.integers(len(courses[which].points))]
            low, size = point + random.uniform(-4, 1, 2), random.uniform(0.2, 7.6, 2)
            box = np.concatenate([low, low + size]).astype(np.float32)
            w.bodies[body * BODY_ROWS + np.array([LOW_X, LOW_Y, HIGH_X, HIGH_Y]), 0] = box
            w.moved[body, 0] = random.random() < 0.7
            overlapping = (reach[:, :2] <= box[2:]).all(1) & (reach[:, 2:] >= box[:2]).all(1)
            wanted.append(np.flatnonzero(overlapping) if w.moved[body, 0] else [])
        find_new_contacts(w, ground, 0)
        for body in range(BODIES):
            found = w.integers[w.order[0, body, : w.counts[0, body]], GROUND]
            assert found.tolist() == list(wanted[body]), (which, body)
            numbers += len(found)
    assert numbers > 20_000


@kernel
def walk_on(w, g, live, agent, steps, room, circled, kind):
    """Walk with all rounds of the position solver; counts in `circled` how often worlds circled, and how often the
    rounds that could be left out moved a body then."""
    like = zero(kind)
    code, scratch, memory, observation, action, before = room
    for _ in range(steps):
        act(code, agent, observation, memory, scratch, action)
        drive(w, 0, action)
        approach(w, g, live, like)
        begin_positions(w, like)
        for row in range(len(before)):
            before[row] = w.bodies[row, 0]
        if w.unsolved[0, 0]:
            solve_positions(w, POSITION_ITERATIONS - FIRST_ROUNDS, like)
        if w.circling[0, 0]:
            circled[0] += 1
            for row in range(len(before)):
                circled[1] += before[row] != w.bodies[row, 0]
        conclude(w, g, live, like)
        observe(w, g, 0, observation, like)


@pytest.mark.parametrize("seed", [7, 9])
def test_rounds_that_jammed_walkers_are_spared_would_not_move_them(seed):
    agent = (np.random.default_rng(seed).standard_normal(DEFAULT.parameters) * 0.1).astype(np.float32)
    vectors = (np.zeros(size, np.float32) for size in (0, OBSERVATIONS, ACTIONS, BODIES * BODY_ROWS))
    room = (DEFAULT.code, room_for(DEFAULT), *vectors)
    w, ground, live = worlds(1), grounds(stack([course(WalkerTask())])), np.ones((1, 1), np.uint8)
    circled = np.zeros(2, np.int64)
    begin(w, ground, 0, 0)
    walk_on(w, ground, live, agent, 300, room, circled, KIND)
    assert circled[0] > 50
    assert circled[1] == 0
