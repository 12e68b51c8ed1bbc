from dataclasses import replace

import numpy as np
import pytest

from openended.file.backup import backup
from openended.file.difference import difference
from openended.file.writer import Writer, create
from tests.support import made


def write(path, generations, change=lambda changes: changes, seed=1):
    create(path, path.stem, {"domain": "point-v1", "seed": seed, "generations": generations}, {})
    with Writer(path) as file:
        for generation in range(generations):
            file.commit(change(made.changes(generation)), seconds=0.1 * generation)
    return path


@pytest.fixture
def straight(point, tmp_path):
    return write(tmp_path / "straight.run", 6)


def test_runs_that_differ_in_nothing_but_clocks_names_and_interruptions_are_equal(straight, file, tmp_path):
    assert difference(straight, file) == ""
    backup(straight, tmp_path / "copy.run")
    assert difference(straight, tmp_path / "copy.run") == ""


def at(generation, alter):
    return lambda changes: alter(changes) if changes.generation == generation else changes


def other_task(changes):
    return replace(changes, tasks=(replace(changes.tasks[0], score=1.0), *changes.tasks[1:]))


def other_transfer(changes):
    return replace(changes, transfers=(replace(changes.transfers[0], accepted=True), *changes.transfers[1:]))


def fewer_transfers(changes):
    return replace(changes, transfers=changes.transfers[1:])


def other_pair(changes):
    agent = changes.pairs[-1].agent.copy()
    agent.view(np.uint32)[0] ^= 1
    return replace(changes, pairs=(*changes.pairs[:-1], replace(changes.pairs[-1], agent=agent)))


def other_metric(changes):
    return replace(changes, metrics=changes.metrics | {"best": 7.0})


def other_counter(changes):
    return replace(changes, counters=replace(changes.counters, annecs=3))


DIFFERENT = {
    "task": (at(3, other_task), "Generation 3 is the first that differs: table task, row 5."),
    "transfer": (at(2, other_transfer), "Generation 2 is the first that differs: table transfer, row 4."),
    "missing transfer": (at(0, fewer_transfers), "Generation 0 is the first that differs: table transfer, row 0."),
    "pair": (at(5, other_pair), "Generation 5 is the first that differs: table pair, row 7."),
    "older pair": (at(1, other_pair), "Generation 1 is the first that differs: table pair (whose rows"),
    "metric": (at(4, other_metric), "table generation, metrics: best is 4.0 there and 7.0 here."),
    "counter": (at(4, other_counter), "table generation, counters: annecs is 0 there and 3 here."),
}


@pytest.mark.parametrize(("change", "message"), DIFFERENT.values(), ids=DIFFERENT)
def test_the_first_generation_and_table_that_differ_are_named(straight, tmp_path, change, message):
    assert message in difference(straight, write(tmp_path / "other.run", 6, change))


def test_a_run_that_goes_on_longer_differs_at_its_end_only(straight, tmp_path):
    longer = write(tmp_path / "longer.run", 8)
    for one, other in ((straight, longer), (longer, straight)):
        assert difference(one, other) == (
            f"{straight} ends at generation 5, up to which both are equal; {longer} goes on to 7."
        )


def test_runs_of_other_settings_are_told_by_key(straight, tmp_path):
    assert "seed is 1 there and 2 here" in difference(straight, write(tmp_path / "other.run", 6, seed=2))
