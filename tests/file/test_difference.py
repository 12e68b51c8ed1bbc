from dataclasses import replace

import numpy as np
import pytest

from openended.file.backup import backup
from openended.file.database import insert
from openended.file.difference import difference
from openended.file.reader import Reader
from openended.file.tables import RUN, SEARCH
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


def flipped(agent):
    agent = agent.copy()
    agent.view(np.uint32)[0] ^= 1
    return agent


def other_pair(changes):
    return replace(changes, pairs=(*changes.pairs[:-1], replace(changes.pairs[-1], origin=77)))


def other_learner(changes):
    last = changes.learners[-1]
    return replace(changes, learners=(*changes.learners[:-1], replace(last, memory=last.memory | {"t": np.array(9)})))


def other_elite(changes):
    first = changes.elites[0]
    return replace(changes, elites=(replace(first, agent=flipped(first.agent)), *changes.elites[1:]))


def other_array(changes):
    return replace(changes, arrays=changes.arrays | {"centroids": changes.arrays["centroids"] + 1})


def other_score(changes):
    return replace(changes, scores=(changes.scores[0], replace(changes.scores[1], fitness=1.0)))


def other_snapshot(changes):
    (snapshot,) = changes.snapshots
    return replace(changes, snapshots=(replace(snapshot, agent=flipped(snapshot.agent)),))


def other_potential(changes):
    (told,) = changes.potentials
    return replace(changes, potentials=(replace(told, by_name=told.by_name | {"regret": 0.25}),))


def other_offer(changes):
    (offer,) = changes.offers
    return replace(changes, offers=(replace(offer, outcome="unknown"),))


def other_milestone(changes):
    (milestone,) = changes.milestones
    return replace(changes, milestones=(replace(milestone, fitness=1.0),))


def no_milestones(changes):
    return replace(changes, milestones=())


def other_maker(changes):
    return replace(changes, tasks=(replace(changes.tasks[0], maker="given"), *changes.tasks[1:]))


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
    "learner": (at(5, other_learner), "Generation 5 is the first that differs: table learner, row 7."),
    "older learner": (at(1, other_learner), "Generation 1 is the first that differs: table learner (whose rows"),
    "elite": (at(2, other_elite), "Generation 2 is the first that differs: table elite, row 4."),
    "array": (at(3, other_array), "Generation 3 is the first that differs: table array, row 2."),
    "score": (at(2, other_score), "Generation 2 is the first that differs: table score, row 5."),
    "snapshot": (at(2, other_snapshot), "Generation 2 is the first that differs: table snapshot, row 2."),
    "potential": (at(2, other_potential), "Generation 2 is the first that differs: table potential, row 2."),
    "offer": (at(2, other_offer), "Generation 2 is the first that differs: table offer, row 1."),
    "milestone": (at(2, other_milestone), "Generation 2 is the first that differs: table milestone, row 2."),
    "maker": (at(3, other_maker), "Generation 3 is the first that differs: table task, row 5."),
    "metric": (at(4, other_metric), "table generation, metrics: best is 4.0 there and 7.0 here."),
    "counter": (at(4, other_counter), "table generation, counters: annecs is 0 there and 3 here."),
}


def test_every_table_that_generations_write_is_tried():
    tried = " ".join(message for _, message in DIFFERENT.values())
    assert all(f"table {table.name}," in tried for table in SEARCH)


@pytest.mark.parametrize(("change", "message"), DIFFERENT.values(), ids=DIFFERENT)
def test_the_first_generation_and_table_that_differ_are_named(straight, tmp_path, change, message):
    assert message in difference(straight, write(tmp_path / "other.run", 6, change))


def test_a_run_that_goes_on_longer_differs_at_its_end_only(straight, tmp_path):
    longer = write(tmp_path / "longer.run", 8)
    for one, other in ((straight, longer), (longer, straight)):
        assert difference(one, other) == (
            f"{straight} ends at generation 5, up to which both are equal; {longer} continues to 7."
        )


def test_runs_of_other_settings_are_told_by_key(straight, tmp_path):
    assert "seed is 1 there and 2 here" in difference(straight, write(tmp_path / "other.run", 6, seed=2))


def test_milestones_are_not_compared_with_a_run_that_began_before_there_were_any(straight, tmp_path):
    other = write(tmp_path / "other.run", 6, at(2, no_milestones))
    assert "table milestone" in difference(straight, other)
    with Writer(other) as run:
        insert(run.database, RUN, [("genesis", run.genesis.hex())])
    assert difference(straight, other) == difference(other, straight) == ""


def test_a_metric_that_only_one_run_has_is_no_difference_and_changes_no_digest(straight, tmp_path):
    def with_another_metric(changes):
        return replace(changes, metrics=changes.metrics | {"entropy": 0.5})

    other = write(tmp_path / "other.run", 6, with_another_metric)
    assert difference(straight, other) == ""
    with Reader(straight) as one, Reader(other) as two:
        assert one.digest == two.digest
