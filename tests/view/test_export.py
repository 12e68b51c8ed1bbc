import csv
import json
import os
import stat
import sys
from dataclasses import replace

import numpy as np
import pytest

import openended
from openended.core.measures.potentials import Potentials
from openended.core.types import Changes, Counters, Score, Snapshot, Task, Transfer
from openended.file.errors import Damaged, Resources, Usage
from openended.file.writer import Writer
from openended.view.export import KINDS, USUAL, export, harmless
from openended.view.tables import TABLES
from tests.support.point import Errand
from tests.view.conftest import WALKS, agents, pair

ELITES = {(1, 0): 250.0, (5, 2): -20.125, (0, 3): float("nan")}


@pytest.fixture
def path(made):
    """A run file of two generations with a rival in a niche and a transfer."""
    path = made(ELITES)
    errand = Errand(1.5, 0.0, 0.05)
    rival = pair(3, 6, 100.0)
    with Writer(path) as run:
        child = Task(3, errand, 2, 1, (1.5, 0.05), 6, "admitted", 100.0, "mutation")
        tried = Transfer(1, 0, 3, "direct", 1 / 3, float("nan"), True)
        changes = Changes(1, (child,), (rival,), **agents((rival,), 1, 2 * WALKS), transfers=(tried,))
        counted = {"counters": Counters(evaluations=70), "metrics": {"best": 250.0}}
        told = Potentials(1, 3, True, 100.0, 0.0, {"novelty": float("nan"), "regret": 1 / 3})
        measured = {"scores": (Score(1, 1, 3, 0.25),), "potentials": (told,), "snapshots": (Snapshot(3, 1, WALKS),)}
        run.commit(replace(changes, **counted, **measured), seconds=1.0)
    return path


def rows(file):
    with file.open(newline="") as text:
        return list(csv.DictReader(text))


def test_the_usual_export_is_tables_tasks_and_arrays(path, tmp_path):
    folder = export(path, tmp_path / "out")
    assert {place.relative_to(folder).as_posix() for place in folder.rglob("*") if place.is_file()} == {
        "agents.npz",
        "elites.csv",
        "elites_found.csv",
        "generations.csv",
        "learners.csv",
        "milestones.csv",
        "offers.csv",
        "pairs.csv",
        "potentials.csv",
        "run.json",
        "scores.csv",
        "snapshots.csv",
        *(f"tasks/niche-{niche}.json" for niche in (3, 32, 6)),
        "tasks.csv",
        "transfers.csv",
    }
    assert stat.S_IMODE(folder.stat().st_mode) == stat.S_IMODE((path.parent / "out" / "tasks").stat().st_mode)
    about = json.loads((folder / "run.json").read_text())
    run = openended.open(path)
    assert (about["digest"], about["config"]["seed"]) == (run.digest, 7)
    assert about["policy"]["sizes"] == [2, 4, 2]


def test_csv_holds_every_number_to_the_bit_and_nothing_for_nan(path, tmp_path):
    folder, run = export(path, tmp_path / "out", ["csv"]), openended.open(path)
    elites = rows(folder / "elites.csv")
    assert [row["fitness"] for row in elites] == ["", "250.0", "-20.125"]
    for row, held in zip(elites, run.elites.values(), strict=True):
        assert (int(row["niche"]), int(row["task"])) == (held.niche, held.task)
        assert float(row["descriptor_goal_distance"]) == run.descriptor(held)[0]
        assert run.domain.tasks.decode(row["genome"]) == run.state.tasks[held.task].genome
    assert [row["task"] for row in rows(folder / "pairs.csv")] == ["0", "1", "2", "3"]
    assert [row["outcome"] for row in rows(folder / "tasks.csv")] == ["admitted"] * 4
    assert [row["es_steps"] for row in rows(folder / "pairs.csv")] == ["1"] * 4
    assert rows(folder / "learners.csv") == [{"learner": str(id), "steps": "1"} for id in range(4)]
    assert rows(folder / "scores.csv") == [{"generation": "1", "agent": "1", "task": "3", "fitness": "0.25"}]
    assert rows(folder / "snapshots.csv") == [{"learner": "3", "generation": "1"}]
    (told,) = rows(folder / "potentials.csv")
    assert (told["task"], told["trained"], told["solved_rate"], told["novelty"]) == ("3", "True", "0.0", "")
    assert float(told["regret"]) == 1 / 3
    assert rows(folder / "elites_found.csv")[-1] == {
        "id": "3",
        "task": "3",
        "generation": "1",
        "fitness": "100.0",
        "origin": "-1",
    }
    (tried,) = rows(folder / "transfers.csv")
    assert (float(tried["fitness"]), tried["incumbent"], tried["accepted"]) == (1 / 3, "", "True")
    first, second = rows(folder / "generations.csv")
    assert (second["evaluations"], second["best"], second["coverage"], first["elites"]) == ("70", "250.0", "", "3")


def test_parquet_holds_the_same_with_types(path, tmp_path):
    parquet = pytest.importorskip("pyarrow.parquet")
    folder, run = export(path, tmp_path / "out", ["parquet"]), openended.open(path)
    for name in TABLES:
        read = parquet.read_table(folder / f"{name}.parquet").to_pydict()
        expected = {column: list(map(harmless, values)) for column, values in run.table(name).items()}
        assert read == expected
    schema = parquet.read_schema(folder / "elites.parquet")
    kinds = [str(schema.field(name).type) for name in ("niche", "fitness", "active", "genome")]
    assert kinds == ["int64", "double", "bool", "string"]


def test_arrays_hold_all_pairs_and_need_no_pickle(path, tmp_path):
    folder, run = export(path, tmp_path / "out", ["npz"]), openended.open(path)
    with np.load(folder / "agents.npz", allow_pickle=False) as held:
        assert held["tasks"].tolist() == [0, 1, 2, 3]
        assert held["elite"].tolist() == [True, True, True, False]
        assert held["sizes"].tolist() == [2, 4, 2]
        assert held["agents"].dtype == np.float32
        assert (held["agents"][3] == 2 * WALKS).all()
        assert (held["snapshots"] == WALKS).all()
        assert (held["snapshot_learners"].tolist(), held["snapshot_generations"].tolist()) == ([3], [1])
        assert (held["agents"][3] == run.best_agent(run.state.pairs[3])).all()


def test_networks_are_one_for_each_niche(path, tmp_path):
    onnx = pytest.importorskip("onnx")
    folder = export(path, tmp_path / "out", ["onnx"])
    assert sorted(place.name for place in (folder / "agents").iterdir()) == [
        "niche-3.onnx",
        "niche-32.onnx",
        "niche-6.onnx",
    ]
    facts = {each.key: each.value for each in onnx.load(folder / "agents" / "niche-6.onnx").metadata_props}
    assert (facts["domain"], facts["task"], facts["fitness"]) == ("point-v1", "0", "250.0")


def test_tensorboard_reads_the_metrics_of_every_generation(path, tmp_path):
    event_pb2 = pytest.importorskip("tensorboardX.proto.event_pb2")
    folder = export(path, tmp_path / "out", ["tensorboard"])
    events = [event_pb2.Event.FromString(data) for data in records(folder / "events.out.tfevents.openended")]
    assert events[0].file_version == "brain.Event:2"
    assert [event.step for event in events[1:]] == [0, 1]
    values = {each.tag: each.simple_value for each in events[2].summary.value}
    assert (values["best"], values["evaluations"]) == (250.0, 70.0)
    assert not {"digest", "generation", "finished"} & set(values)
    assert events[2].wall_time == openended.open(path).history[1]["finished"]


def records(file):
    """The records of a TFRecord file: length uint64, its checksum uint32, data, their checksum."""
    data, place = file.read_bytes(), 0
    while place < len(data):
        size = int.from_bytes(data[place : place + 8], "little")
        yield data[place + 12 : place + 12 + size]
        place += 16 + size


@pytest.mark.parametrize(
    ("text", "cell"),
    [("=1+1", "'=1+1"), ("@x", "'@x"), ("too hard", "too hard"), (-3.5, -3.5), (float("nan"), None), (True, True)],
)
def test_no_cell_is_computed_by_a_spreadsheet(text, cell):
    assert harmless(text) == cell


def test_nothing_is_overwritten_and_an_empty_folder_is_taken(path, tmp_path):
    (tmp_path / "out").mkdir()
    export(path, tmp_path / "out", ["json"])
    before = sorted(tmp_path.rglob("*"))
    for place in (tmp_path / "out", path):
        with pytest.raises(Usage, match=r"exists and is no empty folder; name a new one"):
            export(path, place)
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(Usage, match="exists"):
        export(path, tmp_path / "link")
    (tmp_path / "link").unlink()
    with pytest.raises(Usage, match=r"nowhere is no folder; make it first"):
        export(path, tmp_path / "nowhere" / "out")
    assert sorted(tmp_path.rglob("*")) == before


def test_no_text_of_a_run_file_names_a_file(path, tmp_path, monkeypatch):
    run, evil = openended.open(path), "../../evil"
    tasks = {id: replace(task, outcome=evil) for id, task in run.tasks.items()}
    row = run.history[0] | {evil: 1.0}
    hostile = replace(run, recipe=evil, id=evil, history=[row], tasks=tasks)
    monkeypatch.setattr("openended.view.export.opened", lambda path: hostile)
    (tmp_path / "a" / "b").mkdir(parents=True)
    before = set(tmp_path.rglob("*"))
    folder = export(path, tmp_path / "a" / "b" / "out", ["csv", "json", "npz"])
    new = set(tmp_path.rglob("*")) - before - {folder}
    assert all(place.is_relative_to(folder) for place in new)
    assert not any("evil" in place.name for place in new)


def test_a_folder_may_be_named_relative_to_the_present_one(path, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert str(export(path, "out", ["json"])) == "out"
    assert (tmp_path / "out" / "tasks" / "niche-3.json").is_file()


@pytest.mark.parametrize("kind", ["parquet", "onnx", "tensorboard"])
def test_a_package_that_is_not_there_is_one_sentence_and_leaves_nothing(path, tmp_path, monkeypatch, kind):
    for module in ("pyarrow", "onnx", "tensorboardX", "tensorboardX.proto.event_pb2"):
        monkeypatch.setitem(sys.modules, module, None)
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(Usage, match=r"needs the package \w+, which is not installed.*'openended\[export\]'"):
        export(path, tmp_path / "out", ["csv", kind])
    assert sorted(tmp_path.rglob("*")) == before


def test_a_full_disk_is_one_sentence_and_leaves_nothing(path, tmp_path, monkeypatch):
    def full(*_):
        raise OSError(28, os.strerror(28))

    before = sorted(tmp_path.rglob("*"))
    monkeypatch.setitem(KINDS, "json", full)
    with pytest.raises(Resources, match=r"out cannot be written \(No space left on device\)"):
        export(path, tmp_path / "out")
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize("kind", ["parquet", "tensorboard"])
def test_a_number_beyond_all_types_is_damage(path, tmp_path, monkeypatch, kind):
    run = openended.open(path)
    hostile = replace(run, history=[run.history[0] | {"best": 10**400}])
    monkeypatch.setattr("openended.view.export.opened", lambda path: hostile)
    with pytest.raises(Damaged, match="too large"):
        export(path, tmp_path / "out", [kind])


def test_runs_without_elites_and_unknown_kinds_are_refused(unstarted, tmp_path):
    with pytest.raises(Usage, match="no elites yet"):
        export(unstarted, tmp_path / "out")
    with pytest.raises(Usage, match=r"^'xlsx' is no kind of export; choose among csv, parquet, json"):
        export(unstarted, tmp_path / "out", ["xlsx"])


def test_the_command_offers_every_kind():
    from openended.cli.export import command

    kinds = next(option for option in command.params if option.name == "kinds")
    assert list(kinds.type.choices) == list(KINDS)
    assert kinds.default == USUAL
