"""Courses that become smaller."""

from hypothesis import given
from hypothesis import strategies as st

from openended.envs.walker.courses.draws import random
from openended.envs.walker.courses.task import FIELD_OF, WalkerTask, features
from openended.envs.walker.shrinking import NONE, names, smaller, without

COURSES = st.integers(0, 2**64 - 1).map(random)


@given(COURSES)
def test_the_parts_of_a_course_are_its_kinds_of_obstacles(task):
    assert names(without(task, names(task))) == []
    for kind in names(task):
        rest = without(task, [kind])
        assert names(rest) == [name for name in names(task) if name != kind]
        assert rest.terrain_seed == task.terrain_seed


@given(COURSES)
def test_smaller_courses_are_smaller_in_that_kind_alone_and_the_smallest_comes_first(task):
    for kind in names(task):
        for course in smaller(task, kind):
            assert (features(course) <= features(task)).all()
            assert names(course) == names(task)
            others = [name for name in FIELD_OF.values() if name != FIELD_OF[kind]]
            assert all(getattr(course, name) == getattr(task, name) for name in (*others, "terrain_seed"))
            assert course != task
        cut = [largest(course, kind) for course in smaller(task, kind) if largest(course, kind) < largest(task, kind)]
        assert cut == sorted(set(cut))


def largest(task, kind):
    return task.roughness if kind == "roughness" else getattr(task, FIELD_OF[kind])[1]


def test_the_smallest_obstacles_have_no_smaller_version():
    assert smaller(WalkerTask(roughness=0.6), "roughness") == []
    assert smaller(WalkerTask(pit_gap=(0.0, 0.8)), "pit") == []
    assert smaller(WalkerTask(stair_height=(0.2, 0.5), stair_steps=2), "stairs") == [
        WalkerTask(stair_height=(0.2, 0.4), stair_steps=2),
        WalkerTask(stair_height=(0.0, 0.5), stair_steps=2),
        WalkerTask(stair_height=(0.2, 0.5), stair_steps=1),
    ]
    assert set(NONE) == set(FIELD_OF.values())
