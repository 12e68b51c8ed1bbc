"""The suite holds what is never trained on."""

from openended.envs.digits.domain import DIGITS, DIGITS_HIDDEN
from openended.envs.digits.draws import trained_on
from openended.envs.digits.suites import programs


def test_no_exercise_of_the_suite_is_ever_drawn():
    suite = DIGITS.suite("digits-suite")
    assert not any(trained_on(exercise) for exercises in suite.values() for exercise in exercises)
    assert {name: len(exercises) for name, exercises in suite.items()} == (
        {f"Longer{digits}": 24 for digits in range(5, 9)}
        | {f"Base{base}": 8 for base in (7, 12, 15)}
        | {"Trees2": 30, "Trees3": 60, "Trees4": 60}
    )
    assert {exercise.seen for exercises in DIGITS_HIDDEN.suite("digits-suite").values() for exercise in exercises} == {
        "hidden"
    }


def test_all_trees_of_a_size_are_counted():
    assert [len(programs(size)) for size in (1, 2, 3)] == [2, 24, 12 * 24 + 3 * 4]
