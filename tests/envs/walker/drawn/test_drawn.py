"""Drawn courses: their text, their geometry against the courses they are drawn after, their mutation."""

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openended.envs import read_task
from openended.envs.check_people import put, samples
from openended.envs.walker.courses import cppn, draws, heights
from openended.envs.walker.courses.course import GROUND_HEIGHT, MAX_BOXES, PIT, TILE
from openended.envs.walker.courses.course import course as generated
from openended.envs.walker.courses.describe import describe
from openended.envs.walker.courses.gymnasium_course import gymnasium_course
from openended.envs.walker.courses.hills import Hills
from openended.envs.walker.courses.task import WalkerTask
from openended.envs.walker.drawn import change
from openended.envs.walker.drawn.domain import CONTROLS, WALKER_DRAWN
from openended.envs.walker.drawn.geometry import course, drawn, within
from openended.envs.walker.drawn.task import Drawn, Obstacle, decode, encode

KEYS = st.integers(0, 2**64 - 1)
LONG = settings(deadline=None, max_examples=60)
FLAT = (0,) * 180


@given(KEYS)
@LONG
def test_a_course_that_is_drawn_is_that_of_the_walker_task_to_centimetres(key):
    made = generated(draws.random(key))
    again = course(drawn(made))
    assert np.abs(made.points - again.points).max() < 0.06
    assert abs(made.push - again.push) < 0.0051
    assert describe(again) == pytest.approx(describe(made), abs=0.015)
    if made.box_count == again.box_count:  # else there were some that cannot be seen
        assert made.kinds.tolist() == again.kinds.tolist()
        assert np.abs(made.boxes - again.boxes).max() < 0.06


@given(KEYS)
@LONG
def test_what_is_drawn_after_a_drawn_course_is_the_same(key):
    once = drawn(generated(draws.random(key)))
    assert drawn(course(once)) == once


@given(st.lists(KEYS, max_size=12))
@settings(deadline=None, max_examples=20)
def test_hills_can_be_drawn(keys):
    hills = Hills()
    for key in keys:
        hills = cppn.mutate(hills, key)
    made = heights.course(hills)
    again = course(drawn(made))
    assert np.abs(made.points - again.points).max() < 0.0051
    assert again.box_count == 0


def test_gymnasiums_wide_stumps_cannot_be_drawn():
    made = gymnasium_course(3, hardcore=True)
    with pytest.raises(ValueError, match=r"a stump is 0\.93 m wide; one that can be drawn is 0\.47 m wide"):
        drawn(made)


def test_obstacles_stand_where_they_are_drawn():
    ground = (*FLAT[:30], 50, *FLAT[31:])
    task = Drawn(
        ground,
        (Obstacle("stump", 30, 40), Obstacle("pit", 50, 100), Obstacle("up", 70, 20, 2), Obstacle("down", 90, 30)),
    )
    made = course(task)
    points, boxes = made.points.astype(float), made.boxes.astype(float)
    points[:, 1] -= GROUND_HEIGHT
    boxes[:, :, 1] -= GROUND_HEIGHT
    assert made.box_count == 1 + 2 + 2 + 1
    stump = [(30 * TILE, 0), (31 * TILE, 0), (31 * TILE, 0.4), (30 * TILE, 0.4)]
    assert boxes[0] == pytest.approx(np.array(stump), abs=1e-5)
    assert boxes[2, 0, 0] - boxes[1, 1, 0] == pytest.approx(1.0, abs=1e-5)
    assert points[54, 0] == pytest.approx(54 * TILE)
    assert points[51:55, 1] == pytest.approx(-4 * TILE)
    assert points[55] == pytest.approx([52 * TILE + 1.0, 0.0], abs=1e-5)
    assert [boxes[step, 0, 1] for step in (3, 4)] == pytest.approx([0.0, 0.2], abs=1e-5)
    assert points[[70, 71, 74, 75, 78, 79], 1] == pytest.approx([0, 0, 0, 0.2, 0.2, 0], abs=1e-5)
    assert points[[90, 91, 94, 95], 1] == pytest.approx([0, -0.3, -0.3, 0], abs=1e-5)
    assert describe(made)[:2] == pytest.approx([0.4, 1.0], abs=1e-5)


def test_a_stump_on_a_slope_stands_on_the_ground_and_a_pit_may_have_uneven_sides():
    ground = (*FLAT[:11], *[-60] * 169)
    made = course(Drawn(ground, (Obstacle("stump", 30, 40),)))
    assert made.boxes[0, :, 1] - GROUND_HEIGHT == pytest.approx([-0.6, -0.6, 0.4, 0.4], abs=1e-5)
    uneven = course(Drawn(ground, (Obstacle("pit", 29, 60),)))
    assert uneven.kinds[:2].tolist() == [PIT, PIT]
    assert uneven.boxes[:2, 0, 1] - GROUND_HEIGHT == pytest.approx([0.0, -0.6], abs=1e-5)
    assert uneven.boxes[:2, 2, 1] - GROUND_HEIGHT == pytest.approx(-0.6 - 4 * TILE, abs=1e-5)


@given(KEYS, st.sampled_from((change.mutate, change.edit)))
@settings(deadline=None, max_examples=25)
def test_children_differ_are_valid_and_lie_left_to_right(key, changed):
    task = change.random(key) if key % 2 else Drawn()
    for step in range(8):
        child = changed(task, key + step)
        assert (child.ground, child.obstacles) != (task.ground, task.obstacles)
        assert decode(encode(child)) == child
        made = course(child)
        assert made.box_count <= MAX_BOXES
        lefts = made.boxes[: made.box_count, 0, 0]
        assert (np.diff(lefts) > 0).all()
        assert (np.diff(made.points[:, 0]) > 0).all()
        task = child


def test_stairs_lead_on_to_the_ground_behind_them_however_they_change():
    stairs = Obstacle("up", 60, 20, 3)
    task = change._with(Drawn(), [stairs])
    levels = course(task).points[:, 1] - GROUND_HEIGHT
    assert levels[[60, 72, 73, 199]] == pytest.approx([0.0, 0.4, 0.4, 0.4], abs=1e-5)
    lower = change._with(task, [replace(stairs, kind="down")])
    levels = course(lower).points[:, 1] - GROUND_HEIGHT
    assert levels[[60, 72, 73, 199]] == pytest.approx([0.0, -0.6, -0.6, -0.6], abs=1e-5)
    assert change._with(lower, []) == Drawn()


@given(KEYS)
@settings(deadline=None, max_examples=20)
def test_reseeding_changes_the_push_alone(key):
    task = change.easy(key)
    other = change.reseed(task, key)
    assert replace(other, push=task.push) == task
    assert other == change.reseed(task, key)


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        (("ground",), [0] * 179, "a list of 180 heights"),
        (("ground", 3), 0.5, "the height of ground point 23 is 0.5; it must be a whole number within -50000 .. 50000"),
        (("ground", 0), True, "ground point 20 is True"),
        (
            ("obstacles", 1, "place"),
            55,
            "begins at ground point 55; the one before it ends at 55, so 56",
        ),
        (("obstacles", 0, "kind"), "wall", "obstacle 0 is a 'wall'; choose one of stump, pit, up, down"),
        (("obstacles", 0, "kind"), ["pit"], "obstacle 0 is a .'pit'.; choose"),
        (
            ("obstacles", 0, "size"),
            401,
            "a pit: its size is 401; it must be a whole number within 1 .. 400",
        ),
        (("obstacles", 0, "steps"), 2, "obstacle 0, a pit: its steps is 2; it must be a whole number within 1 .. 1"),
        (("obstacles", 0), {"kind": "pit"}, "it must have kind, place, size, steps"),
        (("obstacles",), None, "must be an object with ground, obstacles, push"),
        (("push",), 501, "push is 501"),
    ],
)
def test_what_is_no_course_is_refused_in_one_sentence(path, value, words):
    task = Drawn(FLAT, (Obstacle("pit", 50, 100), Obstacle("stump", 60, 40)))
    with pytest.raises(ValueError, match=words):
        read_task(WALKER_DRAWN, json.dumps(put(json.loads(encode(task)), path, value)))


def test_too_many_boxes_are_refused():
    stairs = tuple(Obstacle("up", 20 + 9 * number, 5, 2) for number in range(19))
    assert course(Drawn(FLAT, stairs)).box_count == 38
    stumps = tuple(Obstacle("stump", 20 + 2 * number, 5) for number in range(54))
    assert course(Drawn(FLAT, stumps[:53])).box_count == 53
    with pytest.raises(ValueError, match="54 boxes; a course has 53 at most"):
        Drawn(FLAT, stumps)


def test_obstacles_may_be_written_in_any_order_but_have_one_canonical_text():
    task = Drawn(FLAT, (Obstacle("pit", 50, 100), Obstacle("stump", 60, 40)))
    value = json.loads(encode(task))
    value["obstacles"].reverse()
    assert read_task(WALKER_DRAWN, json.dumps(value)) == task
    with pytest.raises(ValueError, match="not in canonical form"):
        decode(json.dumps(value, sort_keys=True, separators=(",", ":")))


@given(KEYS)
@settings(deadline=None, max_examples=10)
def test_controls_hold_what_is_drawn_after_any_walker_task(key):
    value = json.loads(encode(drawn(generated(draws.random(key)))))
    for control in CONTROLS:
        samples(control, value[control.path[0]])


def test_unseen_ground_is_that_within_pits_and_stairs():
    assert list(within(Obstacle("stump", 30, 40))) == []
    assert list(within(Obstacle("pit", 50, 100))) == [51, 52, 53, 54]
    assert list(within(Obstacle("up", 70, 20, 2))) == list(range(71, 79))
    task = Drawn(FLAT, (Obstacle("pit", 50, 100), Obstacle("down", 192, 20, 9)))
    hidden = [point for obstacle in task.obstacles for point in within(obstacle)]
    ground = tuple(77 if point in hidden else 0 for point in range(20, 200))
    assert course(replace(task, ground=ground)).points.tobytes() == course(task).points.tobytes()


def test_a_task_of_sizes_below_half_a_centimetre_has_no_obstacles():
    assert drawn(generated(WalkerTask(stump_height=(0.0, 0.0), pit_gap=(0.0, 0.0)))).obstacles == ()


@given(KEYS, st.integers(0, 3))
@LONG
def test_courses_below_levels_are_those_of_the_walker_drawn_point_by_point(key, kind):
    ranges = WALKER_DRAWN.tasks.ranges
    assert (ranges.names, ranges.first, ranges.full) == (
        draws.RANGES.names, draws.RANGES.first, draws.RANGES.full,
    )  # fmt: skip
    levels = [(first + full) / 2 for first, full in zip(ranges.first, ranges.full, strict=True)]
    assert ranges.draw(levels, key) == drawn(generated(draws.RANGES.draw(levels, key)))
    alone = ranges.edge(levels, kind, key)
    sorts = {"roughness": set(), "pit": {"pit"}, "stump": {"stump"}, "stairs": {"up", "down"}}[ranges.names[kind]]
    assert {each.kind for each in alone.obstacles} <= sorts
