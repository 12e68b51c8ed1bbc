"""Sliders and keys of the walkers."""

import json

import numpy as np
import pytest

from openended.envs import read_task
from openended.envs.check_people import at, put, samples
from openended.envs.walker.courses.task import WalkerTask, encode
from openended.envs.walker.domain import WALKER
from openended.envs.walker.people import KEYS, controls

TASK = WalkerTask(1.0, (0.0, 0.8), None, (0.2, 1.0), 3, 7)


def test_people_may_write_whole_numbers_as_they_like():
    written = (
        '{"roughness":1,"pit_gap":[0,0.8],"stump_height":null,"stair_height":[0.2,1],"stair_steps":3,"terrain_seed":7}'
    )
    assert read_task(WALKER, written) == TASK
    with pytest.raises(ValueError, match="not in canonical form"):
        WALKER.tasks.decode(written)


def test_a_slider_stands_where_its_number_is():
    value = json.loads(encode(TASK))
    found = {control.label: (control.kind, at(value, control.path)) for control in controls(TASK)}
    assert found == {
        "roughness of the ground": ("number", 1.0),
        "pits, clear width": ("interval", [0.0, 0.8]),
        "stumps, height": ("interval", None),
        "stairs, height of a step": ("interval", [0.2, 1.0]),
        "steps of a stair": ("number", 3),
        "terrain": ("seed", 7),
    }


def test_without_stairs_there_is_no_number_of_steps():
    stairs = controls(TASK)[3]
    value = put(json.loads(encode(TASK)), stairs.path, None)
    with pytest.raises(ValueError, match="without stair_height"):
        read_task(WALKER, json.dumps(value))
    for path, other in stairs.without:
        value = put(value, path, other)
    without = read_task(WALKER, json.dumps(value))
    assert without.stair_height is None
    assert "steps of a stair" not in [control.label for control in controls(without)]
    assert None in samples(stairs, [0.2, 1.0])


def test_keys_add_up_and_opposite_ones_cancel():
    assert KEYS.action([]).tolist() == [0.0] * 4
    assert KEYS.action(["KeyQ", "KeyS", "Escape"]).tolist() == [1.0, -1.0, 0.0, 0.0]
    assert KEYS.action(["KeyQ", "KeyA", "KeyO", "KeyK"]).tolist() == [0.0, 0.0, 1.0, -1.0]
    assert KEYS.action(["KeyO"]).dtype == np.float32


def test_a_course_is_drawn_as_it_is_in_an_episode():
    still, ground = WALKER.people.drawn(TASK), WALKER.simulator.course(TASK)
    line = still.shapes[1]
    assert line.points[1:-1].tobytes() == ground.points.tobytes()
    assert still.poses.shape == (1, 1, 3)
    assert all(shape.body < 0 for shape in still.shapes)


@pytest.mark.parametrize("place", range(4))
def test_keys_turn_the_joints_as_they_say(place):
    """Angles: hull, far thigh, far shank, near thigh, near shank; those of a lower part less those of an upper one."""
    upper, lower = (0, 1 + 2 * (place // 2)) if place % 2 == 0 else (1 + 2 * (place // 2), 2 + 2 * (place // 2))
    turned = {}
    for key in KEYS.keys[2 * place : 2 * place + 2]:
        world = WALKER.simulator.begin(WalkerTask(), 0)
        for _ in range(6):
            world.step(KEYS.action([key.code]))
        angles = world.trace().scene["angle"]
        turned[key.label.split(": ")[1]] = (angles[-1] - angles[0])[lower] - (angles[-1] - angles[0])[upper]
    ahead, behind = ("forward", "back") if place % 2 == 0 else ("stretch", "bend")
    assert turned[ahead] > turned[behind] + 0.1
