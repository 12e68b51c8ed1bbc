"""Versions of what tasks may contain, in the domains that have them (see also the contract)."""

import pytest

from openended import envs
from openended.core.specification import limited
from openended.envs.digits.exercise import Exercise
from openended.envs.maze.draws import scattered
from openended.envs.walker.courses.task import WalkerTask

NAMES = {
    "maze-v1": ["7 cells", "9 cells", "11 cells", "13 cells", "15 cells", "21 cells"],
    "digits-v1": [
        "sums of one digit",
        "two digits",
        "other operators of two numbers",
        "constants",
        "three digits",
        "four digits",
        "bases above ten",
    ],
    "walker-v1": ["rough ground", "pits", "stumps", "stairs"],
    "walker-poet-v1": ["rough ground", "pits", "stumps"],
}
ADDED = {
    "maze-v1": [scattered(side, 3, 1) for side in (7, 9, 11, 13, 15, 21)],
    "digits-v1": [
        Exercise(("add", "x", "y"), 10, 1, 10),
        Exercise(("add", "x", "y"), 10, 2, 10),
        Exercise(("max", "x", "y"), 10, 2, 10),
        Exercise(("times", "x", 3), 9, 2, 9),
        Exercise(("subtract", "x", "y"), 8, 3, 8),
        Exercise(("add", "x", "y"), 8, 4, 8),
        Exercise(("add", "x", "y"), 11, 1, 11),
    ],
    "walker-v1": [
        WalkerTask(roughness=9.0),
        WalkerTask(pit_gap=(0.0, 0.8)),
        WalkerTask(pit_gap=(0.0, 0.8), stump_height=(0.0, 0.4)),
        WalkerTask(stair_height=(0.0, 0.4), stair_steps=2),
    ],
}
"""Of each version a task that it is the first to allow."""


@pytest.mark.parametrize("domain", NAMES)
def test_versions_are_known_by_name(domain):
    assert [version.name for version in envs.domain(domain).tasks.specifications] == NAMES[domain]


@pytest.mark.parametrize("domain", ADDED)
def test_a_task_is_allowed_from_one_version_on(domain):
    versions = envs.domain(domain).tasks.specifications
    for first, task in enumerate(ADDED[domain]):
        assert [version.allows(task) for version in versions] == [number >= first for number in range(len(versions))]


@pytest.mark.parametrize("domain", ["maze-solvable-v1", "digits-hidden-v1", "walker-v1", "walker-poet-v1"])
def test_mutations_within_a_version_come_to_what_only_it_allows(domain):
    tasks = envs.domain(domain).tasks
    for number, version in enumerate(tasks.specifications):
        within, task, found = limited(tasks, version), tasks.first(), number == 0
        for key in range(400):
            task = within.mutate(task, key)
            assert version.allows(task)
            found = found or not tasks.specifications[number - 1].allows(task)
            if found:
                break
        assert found, version.name


@pytest.mark.parametrize("domain", ["maze-v1", "maze-solvable-v1", "digits-v1", "walker-v1"])
@pytest.mark.parametrize("draw", ["random", "easy"])
def test_draws_within_a_version_are_allowed_there_and_differ(domain, draw):
    tasks = envs.domain(domain).tasks
    for version in tasks.specifications:
        drawn = [getattr(limited(tasks, version), draw)(key) for key in range(12)]
        assert all(map(version.allows, drawn))
        assert len(set(map(tasks.encode, drawn))) > 4, version.name
