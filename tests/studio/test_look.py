"""Looks at a run file: light, incremental, and of one run only."""

import shutil
import sqlite3

import pytest

from openended.file.errors import Damaged, Usage
from openended.file.reader import Reader
from openended.file.snapshot import snapshot
from openended.studio import told, wanted
from openended.studio.feed import feed
from openended.studio.look import Looker
from openended.view import lineage
from tests.support import made


@pytest.fixture
def grown(grown_toy, point, tmp_path):
    return shutil.copy(grown_toy(12), tmp_path / "toy.run")


def test_a_look_sees_what_a_full_reading_sees(grown):
    seen, whole = Looker(grown).moment().view, snapshot(grown)
    assert seen.elites == whole.elites
    assert seen.finds == tuple(whole.finds)
    assert seen.transfers == tuple(whole.transfers)
    assert seen.history == tuple(whole.history)
    assert seen.state.pairs == whole.state.pairs
    assert {id: (task.parent, task.descriptor, task.niche, task.outcome) for id, task in seen.tasks.items()} == {
        id: (task.parent, task.descriptor, task.niche, task.outcome) for id, task in whole.tasks.items()
    }
    for niche, pair in whole.elites.items():
        assert lineage.stays(seen, pair) == lineage.stays(whole, pair), niche


def test_only_what_is_new_is_read(file):
    looker = Looker(file)
    before = looker.moment()
    assert looker.moment() is before
    made.write(file, 9)
    after = looker.moment()
    assert after.view.generation == 8
    fresh = Looker(file).moment().view
    for name in ("tasks", "finds", "transfers", "history", "elites"):
        assert getattr(after.view, name) == getattr(fresh, name), name


def test_a_look_reads_no_agents_and_no_genomes(grown):
    with sqlite3.connect(grown) as database:
        database.execute("UPDATE agent SET data = zeroblob(3)")
        database.execute("UPDATE task SET genome = 'none'")
    database.close()
    looker = Looker(grown)
    niche, pair = next(iter(looker.moment().view.elites.items()))
    with pytest.raises(Damaged):
        looker.agents([pair])
    with pytest.raises(Damaged):
        looker.whole(looker.elite(niche))


def test_another_run_in_its_place_and_none_are_told(grown, tmp_path, grown_toy):
    looker = Looker(grown)
    shutil.move(grown, tmp_path / "elsewhere.run")
    with pytest.raises(Usage, match=r"toy\.run is gone: it was moved or deleted"):
        looker.moment()
    other = tmp_path / "other.run"
    made.write(other, 2)
    shutil.copy(other, grown)
    with pytest.raises(Damaged, match="another run than when this page was opened"):
        looker.moment()
    shutil.copy(tmp_path / "elsewhere.run", grown)
    assert looker.moment().view.generation == 12


def test_the_page_is_told_what_the_file_says(grown):
    looker = Looker(grown)
    now, whole = looker.moment(), snapshot(grown)
    told_now = told.moment(looker, now, {})
    with Reader(grown) as run:
        assert told_now["digest"] == run.digest
    assert told_now["done"]
    assert told_now["owner"] == ""
    assert {row[0]: row[2] for row in told_now["niches"]} == {
        niche: round(pair.best_fitness, 6) for niche, pair in whole.elites.items()
    }
    assert told_now["curves"]["generation"] == [each["generation"] for each in whole.history]
    facts = told.run(looker)
    assert facts["criterion"]["solved"] == whole.solved
    assert facts["cells"] == (6, 6)


def test_events_are_told_once_newest_first_and_name_people(grown):
    view = Looker(grown).moment().view
    person = next(pair.task for pair in view.state.pairs.values() if pair.admitted > 0)
    events = feed(view, {person: "ann"})
    assert [event["generation"] for event in events] == sorted((event["generation"] for event in events), reverse=True)
    assert {event["kind"] for event in events} == {"admitted", "taken over", "solved"}
    assert len({(event["kind"], event["task"]) for event in events if event["kind"] != "taken over"}) == len(
        [event for event in events if event["kind"] != "taken over"]
    )
    assert sum("ann's task" in event["text"] for event in events) == 1


def test_wanted_niches_are_empty_and_beside_solved_ones(grown):
    view = Looker(grown).moment().view
    asked = wanted.wanted(view)
    assert asked
    for each in asked:
        assert each["niche"] not in view.elites
        for other in each["beside"]:
            assert view.elites[other].best_fitness >= view.solved
            assert each["niche"] in wanted.neighbours(view, other)
    assert [len(each["beside"]) for each in asked] == sorted((len(each["beside"]) for each in asked), reverse=True)
    assert wanted.neighbours(view, 0) == [6, 1]
    assert wanted.neighbours(view, 7) == [1, 13, 6, 8]
