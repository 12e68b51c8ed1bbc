import Box2D
import numpy as np
import pytest
from gymnasium.envs.box2d.bipedal_walker import BipedalWalker

from openended.envs.walker.courses.course import MAX_BOXES
from openended.envs.walker.courses.gymnasium_course import gymnasium_course, next_course


@pytest.fixture
def pushes(monkeypatch):
    """The forces that environments put on their hulls, in the order of their resets."""
    given = []
    apply = Box2D.b2Body.ApplyForceToCenter

    def record(body, force, wake):
        given.append(force)
        return apply(body, force, wake)

    monkeypatch.setattr(Box2D.b2Body, "ApplyForceToCenter", record)
    return given


def shapes(environment):
    """The vertices of all static bodies as Box2D has them (float32), in the order of their creation."""
    return [body.fixtures[0].shape.vertices for body in reversed(environment.terrain)]


def in_order(vertices):
    """Box2D orders the vertices of polygons itself, so they are compared sorted."""
    return sorted((float(x), float(y)) for x, y in vertices)


def assert_same(course, environment, push):
    boxes, edges = shapes(environment)[: course.box_count], shapes(environment)[course.box_count :]
    assert len(edges) == 199
    assert [list(edge[0]) for edge in edges] == course.points[:-1].tolist()
    assert [list(edge[1]) for edge in edges] == course.points[1:].tolist()
    assert [in_order(box) for box in boxes] == [in_order(box) for box in course.boxes[: course.box_count]]
    assert course.points[:, 0].tobytes() == np.array(environment.terrain_x, np.float32).tobytes()
    assert course.points[:, 1].tobytes() == np.array(environment.terrain_y, np.float32).tobytes()
    assert (np.float32(push[0]), push[1]) == (course.push, 0)


@pytest.mark.parametrize("hardcore", [False, True])
def test_courses_are_gymnasiums_bit_for_bit(hardcore, pushes):
    for seed in [*range(58), 24582922, 2**31]:
        environment = BipedalWalker(hardcore=hardcore)
        environment.reset(seed=seed)
        course = gymnasium_course(seed, hardcore)
        assert_same(course, environment, pushes[-1])
        assert (course.box_count > 0) == hardcore
        assert course.box_count <= MAX_BOXES


@pytest.mark.parametrize("hardcore", [False, True])
def test_resets_without_a_seed_go_on_where_the_generator_stands(hardcore, pushes):
    environment = BipedalWalker(hardcore=hardcore)
    environment.reset(seed=3)
    random = np.random.Generator(np.random.PCG64(3))
    next_course(random, hardcore)
    for _ in range(5):
        environment.reset()
        assert_same(next_course(random, hardcore), environment, pushes[-1])
        assert environment.np_random.bit_generator.state == random.bit_generator.state
