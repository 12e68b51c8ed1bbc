import subprocess
import sys

import numpy as np
import pytest

from openended.envs.api import Trace
from openended.envs.walker.courses.course import TILE, Course
from openended.envs.walker.pictures import draw as pictures
from openended.envs.walker.pictures import paint, sketch
from openended.envs.walker.pictures.paint import Camera

GROUND = 10 / 3


def flat_course(boxes=()):
    points = np.stack((np.arange(200) * TILE, np.full(200, GROUND)), axis=1).astype(np.float32)
    solid = np.zeros((53, 4, 2), np.float32)
    for index, (left, right, low, high) in enumerate(boxes):
        solid[index] = (left, low), (right, low), (right, high), (left, high)
    return Course(points, solid, np.ones(53, np.uint8), len(boxes), np.float32(0))


def standing(xs, tilt=0.0):
    """A trace of a robot that stands upright with its hull at (x, GROUND + 2) in turn."""
    count = len(xs)
    position = np.zeros((count, 5, 2), np.float32)
    for body, height in enumerate((2.2, 1.6, 0.57, 1.6, 0.57)):
        position[:, body] = np.stack((xs, np.full(count, GROUND + height)), axis=1)
    angle = np.zeros((count, 5), np.float32)
    angle[:, 0] = tilt
    scene = {
        "position": position,
        "angle": angle,
        "lidar": np.repeat((position[:, :1] + (0, 3)).astype(np.float32), 10, axis=1),
        "contact": np.zeros((count, 2), bool),
    }
    nothing = np.zeros((count - 1, 4), np.float32)
    return Trace(np.zeros(count - 1), np.zeros((count - 1, 24), np.float32), nothing, scene, {})


def colour_at(picture, camera, x, y):
    column, row = camera.project(np.array((x, y)))
    return tuple(int(value) for value in picture[int(row), int(column)])


def near(colour, expected):
    return max(abs(a - b) for a, b in zip(colour, expected, strict=True)) <= 2


def test_the_camera_turns_metres_into_pixels_with_y_upwards():
    camera = Camera(2.0, -1.0, (10.0, 20.0), 100)
    assert camera.project(np.array([(2.0, -1.0), (3.0, 0.0)])).tolist() == [[0, 100], [10, 80]]
    assert camera.finer(2).project(np.array((3.0, 0.0))).tolist() == [20, 160]


def test_a_body_is_turned_around_its_origin_and_then_moved():
    assert paint.placed(np.array([(1.0, 0.0)]), np.array((5.0, 7.0)), np.pi / 2) == pytest.approx(
        np.array([(5.0, 8.0)])
    )


def test_hull_legs_ground_and_box_are_drawn_where_the_transform_says():
    course = flat_course([(12.0, 13.0, GROUND, GROUND + 1)])
    trace = standing([10.0])
    picture = pictures.draw(course, trace, 0, 600, 300)
    camera = pictures.follow(trace, 0, 600, 300)
    assert picture.shape == (300, 600, 3)
    assert picture.dtype == np.uint8
    for x, y, colour in (
        (9.3, GROUND + 2.2, sketch.BODY),
        (10.9, GROUND + 2.15, sketch.BODY),
        (10.0, GROUND + 0.5, sketch.NEAR),
        (12.5, GROUND + 0.5, sketch.STONE),
        (7.5, GROUND - 0.8, sketch.EARTH),
    ):
        assert near(colour_at(picture, camera, x, y), colour), (x, y)
    for x, y in ((8.8, GROUND + 2.2), (11.3, GROUND + 2.2), (10.3, GROUND + 0.5), (12.5, GROUND + 1.2)):
        drawn = colour_at(picture, camera, x, y)
        assert not any(near(drawn, colour) for colour in (sketch.BODY, sketch.NEAR, sketch.STONE, sketch.EARTH)), (x, y)


def test_a_tilted_hull_is_drawn_tilted():
    trace = standing([10.0], tilt=np.pi / 2)
    picture = pictures.draw(flat_course(), trace, 0, 600, 300)
    camera = pictures.follow(trace, 0, 600, 300)
    assert near(colour_at(picture, camera, 10.0, GROUND + 2.2 + 0.8), sketch.BODY)
    assert not near(colour_at(picture, camera, 10.8, GROUND + 2.2), sketch.BODY)


def test_a_touching_foot_is_marked():
    trace = standing([10.0])
    camera = pictures.follow(trace, 0, 600, 300)
    foot = 10.0, GROUND + 0.57 - 17 / 30
    assert not near(colour_at(pictures.draw(flat_course(), trace, 0, 600, 300), camera, *foot), sketch.TOUCH)
    trace.scene["contact"][0, 1] = True
    assert near(colour_at(pictures.draw(flat_course(), trace, 0, 600, 300), camera, *foot), sketch.TOUCH)


def test_the_lidar_is_drawn_from_the_hull_to_what_it_meets():
    trace = standing([10.0])
    trace.scene["lidar"][0] = (12.0, GROUND + 3)
    picture = pictures.draw(flat_course(), trace, 0, 600, 300)
    camera = pictures.follow(trace, 0, 600, 300)
    assert near(colour_at(picture, camera, 12.0, GROUND + 3), sketch.RAY_END)
    red, _, blue = (colour_at(picture, camera, 11.5, GROUND + 2.8)[channel] for channel in range(3))
    assert red > blue


def test_a_sketch_has_every_body_where_the_trace_has_it_and_nothing_that_cannot_be_drawn():
    trace = standing([10.0, 11.0], tilt=0.3)
    found = sketch.sketch(flat_course([(12.0, 13.0, GROUND, GROUND + 1)]), trace)
    assert found.poses.shape == (2, 15, 3)
    assert (found.poses[:, :5, :2] == trace.scene["position"]).all()
    assert found.poses[1, 0, 2] == np.float32(0.3)
    assert {shape.kind for shape in found.shapes} == {"area", "line", "dot"}
    for shape in found.shapes:
        assert shape.points.ndim == 2
        assert np.isfinite(shape.points).all()
        assert max(shape.body, shape.towards) < found.poses.shape[1]
        assert shape.shown is None or shape.shown.shape == (2,)


def test_the_camera_follows_the_hull():
    trace = standing([10.0, 40.0])
    for step in (0, 1):
        column, _ = pictures.follow(trace, step, 600, 300).project(trace.scene["position"][step, 0])
        assert column == pytest.approx(200, abs=1)


def test_the_finish_flag_stands_at_the_finish():
    trace = standing([86.0])
    picture = pictures.draw(flat_course(), trace, 0, 600, 300)
    camera = pictures.follow(trace, 0, 600, 300)
    assert near(colour_at(picture, camera, 190 * 14 / 30 + 0.25, GROUND + 1.45), sketch.FINISH_FLAG)


@pytest.mark.parametrize("x", [-30.0, 0.0, 50.0, 92.0, 200.0])
def test_a_frame_can_be_drawn_wherever_the_robot_is(x):
    assert pictures.draw(flat_course(), standing([x]), 0, 200, 100).shape == (100, 200, 3)


def test_a_strip_shows_poses_at_regular_distances_and_the_last_one():
    assert pictures.passes(np.array([5.0, 6, 7, 8, 9, 10, 11]), 2.0) == [0, 2, 4, 6]
    assert pictures.passes(np.array([5.0, 4, 3]), 2.0) == [0, 2]
    assert pictures.passes(np.array([5.0]), 2.0) == [0]


def test_a_strip_shows_the_whole_course():
    trace = standing(np.linspace(5, 60, 200))
    picture = pictures.strip(flat_course([(70.0, 71.0, GROUND, GROUND + 1)]), trace, 1200, 200)
    camera = pictures.overview(flat_course(), trace, 1200, 200)
    assert picture.shape == (200, 1200, 3)
    left, right = camera.project(np.array([(0.0, GROUND), (199 * TILE, GROUND)]))[:, 0]
    assert left == pytest.approx(0, abs=1)
    assert right == pytest.approx(1200, abs=1)
    assert near(colour_at(picture, camera, 70.5, GROUND + 0.4), sketch.STONE)
    assert near(colour_at(picture, camera, 59.4, GROUND + 2.2), sketch.BODY)


def test_a_profile_is_small_and_shows_pits_and_stumps():
    course = flat_course([(40.0, 44.0, GROUND, GROUND + 1.5)])
    picture = pictures.profile(course, 160, 50)
    assert picture.shape == (50, 160, 3)
    stone = (np.abs(picture.astype(int) - sketch.STONE).max(axis=2) <= 2).any(axis=0)
    across = 160 / (199 * TILE)
    assert stone[int(42 * across)]
    assert not stone[int(30 * across)]


def test_drawing_changes_nothing_and_repeats_itself():
    course, trace = flat_course(), standing([10.0, 11.0])
    before = {name: array.copy() for name, array in trace.scene.items()}
    first = pictures.draw(course, trace, 1, 300, 150)
    assert (first == pictures.draw(course, trace, 1, 300, 150)).all()
    assert all((before[name] == trace.scene[name]).all() for name in before)


def test_importing_the_module_loads_no_pillow():
    code = "import sys, openended.envs.walker.pictures.draw; sys.exit('PIL' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
