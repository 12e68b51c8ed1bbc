"""Self-improvement: what holds of every round, one digest however it is run, and what is refused."""

from itertools import pairwise

import numpy as np
import pytest

from openended import envs
from openended.core.algorithms.self_improvement import Rounds, opened
from openended.core.labelling import same
from openended.core.learners.questions import written
from openended.file.errors import Usage
from openended.file.reader import Reader
from openended.file.verify import verify
from openended.run import driver, recipe
from tests.support.run_content import digest
from tests.support.short_runs import WALKERS

SETTINGS = WALKERS["self-improvement"]
GENERATIONS = SETTINGS["generations"]
DOMAIN = envs.domain("digits-v1")


def config(generations=GENERATIONS, **changed):
    tables = {name: SETTINGS.get(name, {}) | table for name, table in changed.items() if isinstance(table, dict)}
    return recipe.check(SETTINGS | changed | tables | {"generations": generations}, "short", "short.toml")


def history(path, config):
    """States and changes of a run of one thread."""
    seen = []
    driver.run(path, config, threads=1, observe=lambda state, changes, timing: seen.append((state, changes)))
    return seen


@pytest.fixture(scope="module")
def straight(tmp_path_factory):
    """A run, and its states and changes."""
    path = tmp_path_factory.mktemp("straight") / "straight.run"
    return path, history(path, config())


def test_tasks_are_opened_round_by_round():
    rounds = Rounds(taught=3, first=10, generations=5)
    assert [opened(rounds, number, 5) for number in (1, 10, 11, 15, 16, 20, 21, 99)] == [3, 3, 4, 4, 5, 5, 5, 5]


def test_the_path_leads_from_the_first_task_to_the_hardest(straight):
    state = straight[1][0][0]
    assert [task.genome.digits for task in state.tasks.values()] == [1, 2, 3, 4]
    assert DOMAIN.tasks.encode(state.tasks[3].genome) == SETTINGS["task"]
    assert [task.parent for task in state.tasks.values()] == [-1, 0, 1, 2]
    assert sorted(state.learners) == [0, 1, 2]
    assert len({learner.agent.tobytes() for learner in state.learners.values()}) == 3


def right(genome, keys):
    tasks = DOMAIN.simulator.prepare([genome])
    examples = DOMAIN.simulator.labels(tasks, np.zeros(len(keys), np.int64), keys.view(np.uint64))
    return written(examples, examples.labels[:, 0])


def test_labels_are_kept_for_good_and_what_is_told_of_them_is_true(straight):
    states = [state for state, _ in straight[1]]
    for (before, _), (after, changes) in pairwise(straight[1]):
        begun = [name for name in after.arrays if name not in before.arrays]
        assert bool(begun) == ("labels_kept" in changes.metrics)
        if begun:
            task = changes.metrics["open"] - 1
            keys, labels = after.arrays[f"keys {task}"], after.arrays[f"answers {task}"]
            assert len(keys) == len(labels) == changes.metrics["labels_kept"] * 64
            faultless = same(labels, right(after.tasks[task].genome, keys))
            assert changes.metrics["labels_right"] == (faultless.mean() if len(keys) else None)
    for name, array in states[-1].arrays.items():
        first = next(state for state in states if name in state.arrays)
        np.testing.assert_array_equal(array, first.arrays[name])
    assert {"keys 2", "answers 2", "keys 3", "answers 3"} <= set(states[-1].arrays)


def test_every_learner_is_trained_in_every_generation_and_kept_at_the_end_of_rounds(straight):
    last = straight[1][-1][0]
    assert [learner.steps for learner in last.learners.values()] == [GENERATIONS] * 3
    assert [pair.visits for pair in last.pairs.values()] == [7, 7, 5, 3]
    compared = [changes.generation for _, changes in straight[1] if changes.snapshots]
    assert compared == [2, 4, 6]
    assert all("reached" in changes.metrics for _, changes in straight[1] if changes.snapshots)
    assert verify(straight[0]) == []


def test_one_digest_on_two_threads_and_stopped(straight, tmp_path):
    two, stopped = tmp_path / "two.run", tmp_path / "stopped.run"
    driver.run(two, config(), threads=2)
    for generation in (0, 1, 3, 4, GENERATIONS):
        driver.run(stopped, config(generation), threads=1 + generation % 2)
    assert digest(two) == digest(stopped) == digest(straight[0])


@pytest.mark.parametrize("kind", ["verified", "program"])
def test_controls_have_no_wrong_label(tmp_path, kind):
    path = tmp_path / "control.run"
    driver.run(path, config(labels={"kind": kind, "learners": 1}), threads=1)
    with Reader(path) as run:
        rounds = [row for row in run.generations() if row.get("labels_kept") is not None]
    assert len(rounds) == 2
    assert {row["labels_right"] for row in rounds} <= {1.0, None}
    if kind == "program":
        assert all(row["labels_kept"] == 1 for row in rounds)
    else:
        assert all(row["labels_kept"] == row["answers_right"] for row in rounds)


def test_a_round_without_a_label_goes_on_with_what_is_labelled(tmp_path):
    path = tmp_path / "none.run"
    seen = history(path, config(4, labels={"kind": "verified", "learners": 1}, rounds={"questions": 1}))
    empty = [state for state, _ in seen if any(not array.size for array in state.arrays.values())]
    assert empty
    assert empty[-1].learners[0].steps == 4


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"labels": {"kind": "votes"}}, 'labels.kind is "votes"'),
        ({"labels": {"learners": 1}}, "labels.learners is 1, but a majority takes at least 2"),
        ({"labels": {"agree": 4}}, "labels.agree is 4, but there are 3 learners"),
        ({"labels": {"kind": "own"}}, "labels.learners is 3, but labels.kind 'own' asks one"),
        ({"rounds": {"taught": 4}}, "rounds.taught is 4, but the path to the task has 4 tasks"),
        ({"task": "{}"}, "task is not one of digits-v1: exercise must be an object"),
        ({"easiest": "{}"}, "easiest is not one of digits-v1: exercise must be an object"),
        ({"learner": {"kind": "es"}}, "learner.kind is \"es\", but should be 'supervised'"),
        ({"start": {"run": "other.run"}}, "start.run is given, but self-improvement begins with learners"),
    ],
)  # fmt: skip
def test_what_cannot_improve_itself_gets_one_sentence(changed, message):
    with pytest.raises(Usage, match=message):
        config(**changed)


def test_a_domain_without_labels_is_refused():
    walker = SETTINGS | {"domain": "walker-v1", "policy": {}}
    with pytest.raises(Usage, match="goes from task to task by labels that are choices, and walker-v1 lacks"):
        recipe.check(walker, "short", "short.toml")
