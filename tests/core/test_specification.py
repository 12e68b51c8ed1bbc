import numpy as np
import pytest

from openended import envs
from openended.core.specification import OPEN, Opening, check, limited, opened, sound, unused, version
from openended.core.trial import Trial, due, stands_still
from tests.support.point import POINT, Errand
from tests.support.winds import WINDS

VERSIONS = WINDS.tasks.specifications


@pytest.mark.parametrize("place", range(len(VERSIONS)))
def test_a_version_limits_mutations_and_draws_and_lets_old_tasks_be(place):
    tasks = limited(WINDS.tasks, VERSIONS[place])
    errand, made = tasks.first(), []
    for key in range(200):
        errand = tasks.mutate(errand, key)
        made.append(errand)
    assert all(VERSIONS[place].allows(each) for each in made)
    assert max(each.wind for each in made) > 0
    for older in VERSIONS[: place + 1]:
        again = [limited(WINDS.tasks, older).mutate(made[0], key) for key in range(20)]
        assert all(VERSIONS[place].allows(each) for each in again)


def test_where_a_version_allows_all_that_comes_the_family_is_as_ever():
    last = limited(WINDS.tasks, VERSIONS[-1])
    for key in range(50):
        assert last.mutate(Errand(1.0, 0.5, 0.3), key) == WINDS.tasks.mutate(Errand(1.0, 0.5, 0.3), key)


def test_a_task_beyond_the_version_stays_as_it_is_if_no_change_brings_it_back():
    outside = Errand(1.0, 0.0, 0.6)
    assert limited(WINDS.tasks, VERSIONS[0]).mutate(outside, 3) == outside


def test_a_vector_of_a_task_that_a_version_does_not_allow_has_no_genome():
    family = envs.domain("maze-v1").tasks
    small, large = (
        vectors_of(limited(family, version)) for version in (family.specifications[0], family.specifications[-1])
    )
    maze = family.specifications[4].easy(1)
    vector = large.of(maze)
    assert (maze.size, large.genome(vector, 3)) == (15, vectors_of(family).genome(vector, 3))
    with pytest.raises(ValueError, match="'7 cells' of the specification does not allow"):
        small.genome(vector, 3)


def vectors_of(tasks):
    assert tasks.vectors is not None
    return tasks.vectors


def test_versions_open_in_given_generations_and_the_last_one_stays():
    opening = Opening(grow="at", at=(3, 7))
    arrays = {OPEN: np.array(0)}
    seen = []
    for number in range(1, 10):
        arrays |= opened(opening, number, arrays)
        seen.append(int(arrays[OPEN]))
    assert seen == [0, 0, 1, 1, 1, 1, 2, 2, 2]


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"first": "gale"}, "specification.first is 'gale', but winds-v1 has: 'wind 0.1', 'wind 0.3'"),
        ({"grow": "all", "first": "wind 0.3"}, "leave one of them out"),
        ({"grow": "at"}, "goes with grow"),
        ({"at": (3,)}, "goes with grow"),
        ({"grow": "at", "at": (3, 3)}, "generations must ascend"),
        ({"grow": "at", "at": (1, 2, 3), "first": "wind 0.3"}, "opens 3 versions, but after the first one there are 2"),
    ],
)
def test_a_specification_that_does_not_fit_is_refused_in_one_sentence(settings, message):
    with pytest.raises(ValueError, match=message.replace("[", r"\[")) as error:
        check(Opening(**settings), WINDS)
    assert "\n" not in str(error.value)


def test_a_domain_without_versions_and_an_algorithm_that_has_no_use_for_them_refuse_a_specification():
    check(None, POINT)
    unused(None, "direct")
    with pytest.raises(ValueError, match="tasks of point-v1 have no versions"):
        check(Opening(), POINT)
    with pytest.raises(ValueError, match="direct makes no tasks"):
        unused(Opening(), "direct")


def test_a_state_that_does_not_say_which_version_is_open_is_unsound():
    sound(None, WINDS, {})
    sound(Opening(), WINDS, {OPEN: np.array(3)})
    for opening, arrays in ((Opening(), {}), (None, {OPEN: np.array(0)}), (Opening(), {OPEN: np.array(4)})):
        with pytest.raises(ValueError, match="specification"):
            sound(opening, WINDS, arrays)
    assert version(WINDS, {OPEN: np.array(1)}) is VERSIONS[1]


def rows(**measures):
    return [dict(zip(measures, values, strict=True)) for values in zip(*measures.values(), strict=True)]


def test_a_search_stands_still_if_no_measure_has_grown_by_more_than_the_slack():
    opening = Opening(stall=3, measures=("annecs", "coverage"))
    assert stands_still(opening, rows(annecs=[5, 5, 5, 5], coverage=[0.2] * 4))
    assert not stands_still(opening, rows(annecs=[5, 5, 5], coverage=[0.2] * 3))  # too short a time
    assert not stands_still(opening, rows(annecs=[5, 5, 5, 6], coverage=[0.2] * 4))
    assert not stands_still(opening, rows(annecs=[5] * 4, coverage=[0.2, 0.2, 0.2, 0.3]))
    assert stands_still(Opening(stall=1, slack=0.1, measures=("annecs",)), rows(annecs=[20, 22]))
    assert not stands_still(Opening(stall=1, slack=0.1, measures=("annecs",)), rows(annecs=[20, 23]))


def trial(version, begun, ended, kept):
    return Trial(version, begun, ended, kept, made=1, solved=1, older=1, before=1, after=1, env_steps=1)


def test_a_refused_version_rests_twice_as_long_each_time_and_a_kept_one_begins_a_new_stall():
    opening, still = Opening(stall=3, trial=2, pause=4, measures=("annecs",)), rows(annecs=[5] * 4)
    once = [trial("b", 10, 12, kept=False)]
    twice = [*once, trial("b", 14, 16, kept=False)]
    assert due(opening, "b", still, 3, [])
    assert not due(opening, "b", still, 2, [])
    assert [generation for generation in range(10, 16) if due(opening, "b", still, generation, once)] == [14, 15]
    assert [generation for generation in range(14, 24) if due(opening, "b", still, generation, twice)] == [22, 23]
    kept = [trial("a", 5, 7, kept=True)]
    assert [generation for generation in range(7, 12) if due(opening, "b", still, generation, kept)] == [10, 11]
