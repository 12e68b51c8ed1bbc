"""The suites of fixed courses, POET's variant of the walker, its features and the direct path."""

import numpy as np
import pytest

from openended.envs.walker.courses.course import PIT, STAIRS, STUMP, course
from openended.envs.walker.courses.suites import BANDS, DIFFICULT, band, banded, suite
from openended.envs.walker.courses.task import WalkerTask, features, mutate, toward
from openended.envs.walker.domain import WALKER, WALKER_POET

TARGET = WalkerTask(roughness=1.5, pit_gap=(0.4, 2.0), stump_height=(0.0, 0.6), terrain_seed=9)


def test_a_suite_has_a_hundred_different_courses_of_each_name():
    courses = suite()
    assert list(courses) == ["Basic", "Hardcore", "Stairs", "PitGap", "Stump", "Roughness", *BANDS]
    for several in courses.values():
        assert (
            len({each.points.tobytes() + each.boxes.tobytes() + np.float32(each.push).tobytes() for each in several})
            == 100
        )
    assert {kind for each in courses["Stairs"] for kind in each.kinds[: each.box_count]} == {STAIRS}
    assert {kind for each in courses["PitGap"] for kind in each.kinds[: each.box_count]} == {PIT}
    assert {kind for each in courses["Stump"] for kind in each.kinds[: each.box_count]} == {STUMP}
    assert {each.box_count for each in courses["Roughness"]} == {0}


def test_the_suite_without_a_version_is_the_newest_and_an_unknown_one_is_refused():
    assert WALKER.suite("walker-suite").keys() == WALKER.suite("walker-suite-v1").keys() == suite().keys()
    with pytest.raises(ValueError, match="'hard'; choose walker-suite-v1"):
        WALKER.suite("hard")


@pytest.mark.parametrize("count", [1, 2, 3])
def test_a_band_has_so_many_difficult_parameters(count):
    assert {band(banded(count, seed)) for seed in range(100)} == {count}


def test_bands_by_hand():
    assert band(WalkerTask()) == 0
    assert band(WalkerTask(roughness=4.5, stump_height=(0.0, 2.3))) == 1
    assert band(WalkerTask(roughness=4.4, stump_height=(0.0, 2.4), pit_gap=(0.0, 6.0))) == 2
    assert len(DIFFICULT) == 3


def test_every_child_of_poets_walker_changes_roughness_pits_and_stumps_at_once():
    domain = WALKER_POET
    child = domain.tasks.mutate(domain.tasks.first(), 1)
    assert (child.pit_gap, child.stump_height, child.stair_height) == ((0.0, 0.8), (0.0, 0.4), None)
    grandchild = domain.tasks.mutate(child, 2)
    assert grandchild.pit_gap != child.pit_gap
    assert grandchild.stump_height != child.stump_height
    assert domain.id == "walker-poet-v1"
    assert WALKER.tasks.mutate(child, 3) == mutate(child, 3)


def test_features_are_the_numbers_that_mutation_changes():
    assert features(TARGET).tolist() == [1.5, 0.4, 2.0, 0.0, 0.6, 0.0, 0.0, 1.0]
    assert features(WalkerTask()).tolist() == [0.0] * 7 + [1.0]
    other = WalkerTask(**{**vars(TARGET), "terrain_seed": 1})
    assert np.array_equal(features(other), features(TARGET))


def test_the_direct_path_by_hand():
    path = [WalkerTask()]
    while path[-1] != TARGET:
        path.append(toward(path[-1], TARGET))
    assert [(each.roughness, each.pit_gap, each.stump_height) for each in path[1:]] == [
        (0.6, (0.4, 0.4), (0.0, 0.2)),
        (1.2, (0.4, 0.8), (0.0, 0.4)),
        (1.5, (0.4, 1.2), (0.0, 0.6)),
        (1.5, (0.4, 1.6), (0.0, 0.6)),
        (1.5, (0.4, 2.0), (0.0, 0.6)),
    ]
    assert {each.terrain_seed for each in path[1:]} == {9}
    assert toward(TARGET, TARGET) == TARGET


def test_a_path_may_lead_down_and_over_stairs():
    low = WalkerTask(stair_height=(0.0, 0.2), stair_steps=3)
    assert toward(TARGET, low) == WalkerTask(roughness=0.9, stair_height=(0.0, 0.2), stair_steps=2)


def test_courses_may_stand_for_tasks_wherever_only_episodes_are_asked_for():
    domain = WALKER
    made = course(TARGET)
    assert domain.simulator.course(made) is made
    for one, other in zip(domain.simulator.prepare([TARGET]), domain.simulator.prepare([made]), strict=True):
        assert np.array_equal(one, other)
