"""Tasks of interest and their held-out twins."""

import pytest

from openended.core import interest
from openended.core.interest import LARGEST, Interest, drawn, held_out, identity
from openended.envs.api import Domain
from tests.support.altered import altered
from tests.support.errands import ERRANDS
from tests.support.point import Errand


def of_kinds(**kinds) -> Domain:
    return altered(ERRANDS, kinds=kinds)


FAR = of_kinds(far=lambda key: Errand(5.0 + key % 100000 / 100000, 0.0, 0.1))


def test_a_kind_is_drawn_the_same_for_every_run_and_begins_with_the_same_tasks():
    assert drawn(FAR, "far", 8) == drawn(FAR, "far", 30)[:8]
    assert len({FAR.tasks.encode(task) for task in drawn(FAR, "far", 30)}) == 30


def test_the_twin_of_a_kind_shares_no_task_with_any_set_of_interest():
    few = of_kinds(few=lambda key: Errand(float(key % 290), 0.0, 0.1))
    wanted, twin = drawn(few, "few", LARGEST), held_out(few, "few", 20)
    assert not set(wanted) & set(twin)
    assert len(set(twin)) == 20


def test_tasks_with_equal_features_count_as_the_same():
    featured = altered(FAR, tasks={"features": lambda errand: [errand.wind, round(errand.x, 2)]})
    wanted, twin = drawn(featured, "far", 40), held_out(altered(featured, kinds=FAR.kinds), "random", 5)
    assert len({identity(featured, task) for task in wanted}) == 40
    assert len(twin) == 5


def test_a_kind_with_too_few_tasks_is_said_to_have_too_few():
    few = of_kinds(few=lambda key: Errand(float(key % 4), 0.0, 0.1))
    assert len(drawn(few, "few", 4)) == 4
    with pytest.raises(ValueError, match="too few different tasks of the kind 'few': 5 were wanted"):
        drawn(few, "few", 5)
    with pytest.raises(ValueError, match="too few"):
        held_out(few, "few", 1)


def test_what_cannot_be_solved_is_of_no_interest():
    picky = altered(FAR, tasks={"solvable": lambda errand: errand.x > 5.5})
    assert all(task.x > 5.5 for task in drawn(picky, "far", 20) + held_out(picky, "far", 5))


SUITED = altered(FAR, suites={"errand-suite-v1": lambda: {"near": [Errand()]}})


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        (Interest(weight=0.5), "no tasks are named: set interest.tasks"),
        (
            Interest("errand-suite-v1"),
            "a suite, by which agents are judged and which none is trained on: choose one of",
        ),
        (Interest("errand-suite"), "a suite, by which agents are judged"),
        (Interest("nowhere", weight=1.0), "no kind 'nowhere' of point-v1; choose far or random, or a file of tasks"),
    ],
)
def test_what_is_no_set_of_interest_is_refused_in_one_sentence(settings, said):
    with pytest.raises(ValueError, match=said):
        interest.check(settings, SUITED)


@pytest.mark.parametrize("settings", [Interest(), Interest("far"), Interest("random", weight=1.0), Interest("a.jsonl")])
def test_kinds_the_whole_family_and_files_are_sets_of_interest(settings):
    interest.check(settings, SUITED)


def test_no_task_of_a_suite_is_of_interest():
    few = of_kinds(few=lambda key: Errand(float(key % 4), 0.0, 0.1))
    judged = altered(few, suites={"errand-suite-v1": lambda: {"second": [Errand(2.0, 0.0, 0.1), "no genome"]}})
    assert {task.x for task in drawn(judged, "few", 3)} == {0.0, 1.0, 3.0}
    with pytest.raises(ValueError, match="too few"):
        drawn(judged, "few", 4)
