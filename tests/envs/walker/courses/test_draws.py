"""Courses that are drawn, edited, and drawn from ranges that grow."""

from dataclasses import replace

import pytest

from openended.envs.walker.courses.draws import EASY, FULL, RANGES, easy, edit, grown, random, reseed
from openended.envs.walker.courses.task import CATEGORIES, FIELD_OF, WalkerTask

KEYS = range(300)


def sizes(task):
    """The largest size of each kind; 0 where it does not occur."""
    return [task.roughness, *((getattr(task, FIELD_OF[name]) or (0.0, 0.0))[1] for name in CATEGORIES[1:])]


@pytest.mark.parametrize(("draw", "ends"), [(random, FULL), (easy, EASY)])
def test_draws_fill_their_ranges_and_stay_within(draw, ends):
    found = list(zip(*(sizes(draw(key)) for key in KEYS), strict=True))
    for name, column in zip(CATEGORIES, found, strict=True):
        assert 0.9 * ends[name] < max(column) <= ends[name]
    assert draw(5) == draw(5)
    assert draw(5) != draw(6)


def test_an_easy_course_has_stairs_of_one_step():
    assert {easy(key).stair_steps for key in KEYS} == {1}
    assert {random(key).stair_steps for key in KEYS} == set(range(1, 10))


def test_an_edit_changes_at_most_three_parameters_by_a_step_each_and_the_terrain():
    task = WalkerTask(
        roughness=3.0, pit_gap=(1.2, 4.0), stump_height=(0.6, 2.0), stair_height=(0.4, 1.0), stair_steps=4
    )
    moved = set()
    for key in KEYS:
        child = edit(task, key)
        numbers = [
            (task.roughness, child.roughness, 0.6),
            *((a, b, 0.4) for a, b in zip(task.pit_gap, child.pit_gap, strict=True)),
            *((a, b, 0.2) for a, b in zip(task.stump_height, child.stump_height, strict=True)),
            *((a, b, 0.2) for a, b in zip(task.stair_height, child.stair_height, strict=True)),
            (task.stair_steps, child.stair_steps, 1),
        ]
        changed = [place for place, (before, after, _) in enumerate(numbers) if before != after]
        assert len(changed) <= 3
        assert all(abs(after - before) <= 3 * step + 1e-9 for before, after, step in numbers)
        moved.update(changed)
        assert child.terrain_seed != task.terrain_seed
    assert moved == set(range(8))


def test_a_reseeded_course_differs_in_its_terrain_alone():
    task = random(3)
    siblings = [reseed(task, key) for key in KEYS]
    assert len({sibling.terrain_seed for sibling in siblings}) > 290
    assert {replace(sibling, terrain_seed=task.terrain_seed) for sibling in siblings} == {task}


def test_however_often_edited_a_course_stays_valid():
    task = WalkerTask()
    for key in KEYS:
        task = edit(task, key)
    assert any(sizes(task))


def test_grown_courses_stay_below_the_levels_and_reach_them():
    levels = {"roughness": 4.0, "pit": 3.0, "stump": 1.0, "stairs": 2.0}
    found = list(zip(*(sizes(grown(levels, key)) for key in KEYS), strict=True))
    assert [max(column) for column in found] == list(levels.values())
    assert min(sum(size > 0 for size in sizes(grown(levels, key))) for key in KEYS) <= 1


@pytest.mark.parametrize("kind", range(4))
def test_at_the_edge_there_is_one_kind_all_of_one_size(kind):
    levels = (4.0, 3.0, 1.0, 2.0)
    for key in range(20):
        task = RANGES.edge(levels, kind, key)
        assert [size for size in sizes(task) if size] == [levels[kind]]
        if kind:
            assert getattr(task, FIELD_OF[CATEGORIES[kind]]) == (levels[kind], levels[kind])
