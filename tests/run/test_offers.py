"""A run that takes offers is a function of recipe, seed and offers, whatever is sent when, and whenever it dies."""

import os
import shutil
import tomllib
from collections import Counter
from contextlib import contextmanager, suppress
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import openended
from openended import envs
from openended.core.offers import AGAIN
from openended.file import inbox
from openended.file.difference import difference
from openended.file.reader import Reader
from openended.file.verify import verify
from openended.file.writer import Writer
from openended.run import driver, recipe
from openended.view import compare, status
from openended.view.export import export
from tests.support import pupil
from tests.support.point import Errand, encode, grid

GENERATIONS = 7
COMMON = {
    "question": "?",
    "domain": "point-v1",
    "generations": GENERATIONS,
    "archive": {"cells": [6]},
    "learner": {"kind": "es", "population": 8, "learning_rate": 0.2},
    "criterion": {"low": -60, "high": 299},
    "people": {"tasks": 3, "patience": 2},
}
PAIRS = {"reproduction": {"every": 2, "threshold": -100, "children": 2}, "transfer": {"every": 3}}
BUFFER = {"potential": {"kind": "variance"}, "replay": {"probability": 0.7, "capacity": 6, "fill": 0.2, "batch": 2}}
ALGORITHMS = {
    "map-elites": PAIRS,
    "poet": PAIRS | {"active": {"count": 3}},
    "enhanced-poet": PAIRS | {"active": {"count": 3}},
    "curriculum": BUFFER,
    "generalist": {"replay": {"batch": 3}, "invention": {"count": 2}, "potential": {"kind": "variance"}},
    "direct": {"task": encode(Errand(1.0, 0.5, 0.1))},
}
TASKS = st.builds(
    lambda x, y, wind: encode(Errand(grid(x), grid(y), grid(wind))),
    st.floats(0.5, 3),
    st.floats(0, 2),
    st.floats(0, 0.6),
)
NICHES = st.none() | st.integers(0, 35)
SENT = st.one_of(
    st.tuples(
        st.just("task"),
        st.fixed_dictionaries(
            {
                "task": TASKS | st.sampled_from(["", {"x": 1}, "{}"]),
                "from": NICHES,
                "beat": st.none() | st.fixed_dictionaries({"niche": st.integers(0, 6), "agent": st.just("0" * 16)}),
                "hints": st.lists(st.integers(0, 35), max_size=3),
            }
        ),
    ),
    st.tuples(
        st.just("vote"),
        st.fixed_dictionaries(
            {
                "left": st.integers(0, 2),
                "right": st.integers(0, 2),
                "choice": st.sampled_from(["left", "right", "equal", "none"]),
            }
        ),
    ),
    st.tuples(st.just("withdraw"), st.integers(0, 9)),
    st.tuples(st.just("check"), st.integers(0, 9)),
    st.tuples(st.just("junk"), st.binary(max_size=9)),
)
SCHEDULES = st.lists(st.tuples(st.integers(0, GENERATIONS - 1), SENT), max_size=12)


class Killed(BaseException):
    pass


class Mortal:
    """The module `os` whose user is killed at the first operation after so many; the commit counts as two."""

    def __init__(self, operations):
        self.left = operations

    def live(self):
        self.left -= 1
        if self.left < 0:
            raise Killed

    def __getattr__(self, name):
        found = getattr(os, name)
        if name not in {"open", "mkdir", "scandir", "rename", "unlink", "fsync", "fstat"}:
            return found

        def call(*arguments, **named):
            self.live()
            return found(*arguments, **named)

        return call


class People:
    """Send what is due, each once, in the order in which it was drawn."""

    def __init__(self, path, schedule):
        self.path, self.left, self.names = path, sorted(enumerate(schedule), key=lambda each: each[1][0]), []

    def send(self, generation):
        while self.left and self.left[0][1][0] <= generation:
            number, (_, (kind, content)) = self.left[0]
            name = (
                "ab" * 32 if not self.names else self.names[content % len(self.names)] if type(content) is int else ""
            )
            if kind == "junk":
                place = inbox.folder(self.path) / "new" / f"{number:064x}.json"
                if place.parent.exists():
                    place.write_bytes(content)
            else:
                payload = {
                    "withdraw": {"offer": name},
                    "check": {"task": name, "verdict": "yes", "reason": ""},
                }.get(kind, content)
                self.names.append(inbox.offer(self.path, kind, "ann", payload, nonce=str(number)))
            self.left.pop(0)


def lived(path, config, schedule, deaths, threads):
    """The run, which people send offers to, killed and resumed."""
    people = People(path, schedule)

    def observe(state, changes, timing):
        people.send(state.generation)

    commit = Writer.commit
    for number, operations in enumerate([*deaths, 10**9]):
        mortal = Mortal(operations)

        def counted(file, changes, seconds, mortal=mortal):
            mortal.live()
            taken = commit(file, changes, seconds)
            mortal.live()
            return taken

        with pytest.MonkeyPatch.context() as patch, suppress(Killed):
            patch.setattr(inbox, "os", mortal)
            patch.setattr(Writer, "commit", counted)
            driver.run(path, config, threads=threads[number % len(threads)], observe=observe)
    return people


def check_a_schedule(folder, algorithm, schedule, deaths, threads):
    config = recipe.check(COMMON | ALGORITHMS[algorithm] | {"algorithm": algorithm}, "toy", "toy.toml")
    live, again = folder / "live.run", folder / "again.run"
    people = lived(live, config, schedule, deaths, threads)
    driver.run(again, config, threads=threads[-1], inputs=live)
    assert difference(live, again) == ""
    assert verify(live) == verify(again) == []
    with Reader(live) as one, Reader(again) as other:
        rows = [row for row in one.offers() if row.kind != AGAIN]
        assert one.digest == other.digest
    taken = Counter(row.name for row in rows)
    waiting = inbox.Inbox(live).waiting()
    assert set(taken.values()) <= {1}
    assert not set(taken) & set(waiting)
    assert set(people.names) <= {*taken, *waiting}
    assert all(row.outcome.startswith("invalid") for row in rows if row.name not in people.names)
    return rows


def examples(count):
    def decorate(test):
        drawn = given(
            algorithm=st.sampled_from([*ALGORITHMS]),
            schedule=SCHEDULES,
            deaths=st.lists(st.integers(0, 60), max_size=3),
            threads=st.lists(st.integers(1, 3), min_size=1, max_size=3),
        )(test)
        unhurried = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large]
        phases = [Phase.explicit, Phase.reuse, Phase.generate]  # shrinking takes minutes
        return settings(max_examples=count, suppress_health_check=unhurried, phases=phases)(drawn)

    return decorate


SCHEDULE = [
    (1, ("task", {"task": encode(Errand(1.5, 0.5, 0.05)), "from": 0, "beat": None, "hints": []})),
    (2, ("vote", {"left": 0, "right": 1, "choice": "left"})),
    (2, ("junk", b"?")),
    (3, ("task", {"task": "{}", "from": None, "beat": None, "hints": []})),
]


@pytest.fixture
def toy(errands):
    return recipe.check(COMMON | ALGORITHMS["map-elites"], "toy", "toy.toml")


@pytest.fixture
def errands(monkeypatch):
    monkeypatch.setitem(envs.DOMAINS, "point-v1", "tests.support.errands:ERRANDS")


@examples(10)
def test_a_run_is_replayed_from_its_offers(errands, tmp_path_factory, algorithm, schedule, deaths, threads):
    check_a_schedule(tmp_path_factory.mktemp("offers"), algorithm, schedule, deaths, threads)


@pytest.mark.slow
@examples(200)
def test_two_hundred_runs_are_replayed_from_their_offers(
    errands, tmp_path_factory, algorithm, schedule, deaths, threads
):
    check_a_schedule(tmp_path_factory.mktemp("offers"), algorithm, schedule, deaths, threads)


def test_what_a_run_took_before_it_was_killed_at_its_end_is_moved_when_it_is_run_again(toy, tmp_path):
    path = tmp_path / "toy.run"
    people = People(path, [(GENERATIONS - 1, SCHEDULE[0][1])])

    def killed(self, names):
        if set(names):
            raise Killed

    with pytest.MonkeyPatch.context() as patch, suppress(Killed):
        patch.setattr(inbox.Inbox, "done", killed)
        driver.run(path, toy, threads=1, observe=lambda state, changes, timing: people.send(state.generation))
    assert inbox.Inbox(path).waiting() == people.names
    assert driver.run(path, toy, threads=1).generation == GENERATIONS
    assert inbox.Inbox(path).waiting() == []
    with Reader(path) as run:
        assert [row.name for row in run.offers()] == people.names


def digest(path):
    with Reader(path) as run:
        return run.digest


def test_without_offers_a_run_is_the_one_that_replays_none(toy, tmp_path):
    none = tmp_path / "none.jsonl"
    none.write_text("")
    driver.run(tmp_path / "straight.run", toy, threads=1)
    driver.run(tmp_path / "replayed.run", toy, threads=1, inputs=none)
    assert digest(tmp_path / "straight.run") == digest(tmp_path / "replayed.run")
    with Reader(tmp_path / "straight.run") as run:
        assert run.offers() == []
        assert all(b'"offer"' not in did.encode() for (did,) in run.database.execute("SELECT did FROM generation"))


def test_a_run_is_replayed_from_its_export_and_says_what_it_took(toy, tmp_path):
    live, again, folder = tmp_path / "live.run", tmp_path / "again.run", tmp_path / "out"
    lived(live, toy, SCHEDULE, [30], [1])
    export(live, folder, ["inputs"])
    driver.run(again, toy, threads=2, inputs=folder / "inputs.jsonl")
    assert difference(live, again) == ""
    assert digest(live) == digest(again)
    found = status.report(live)
    assert (found["offers"], found["offers_waiting"]) == (4, 0)
    assert found["offers_admitted"] == status.report(again)["offers_admitted"]
    assert "4 taken" in status.text(found)
    assert "offers" not in status.text(status.report(again) | {"offers": 0})
    compared = compare.compare([live], [again], "evaluations")
    assert "live: 1 of 1 runs took 4 offers from outside" in compare.text(compared)


def test_a_replay_that_is_stopped_and_resumed_takes_the_same_offers(toy, tmp_path):
    live, again, said = tmp_path / "live.run", tmp_path / "again.run", []
    lived(live, toy, SCHEDULE, [], [1])
    for generations in (2, 4, GENERATIONS):
        shorter = replace(toy, head=replace(toy.head, generations=generations))
        driver.run(again, shorter, threads=1, inputs=live)
    assert digest(live) == digest(again)
    driver.run(again, replace(toy, head=replace(toy.head, generations=GENERATIONS + 1)), threads=1, say=said.append)
    assert "took recorded offers until now; without --inputs it goes on with those in its inbox" in " ".join(said)


def test_offers_beyond_the_limits_wait_and_a_folder_in_any_order_gives_the_same(toy, tmp_path, monkeypatch):
    path = tmp_path / "live.run"
    driver.run(path, replace(toy, head=replace(toy.head, generations=1)), threads=1)
    for number in range(200):
        inbox.offer(path, "vote", "ann", {"left": 0, "right": 1, "choice": "left"}, nonce=str(number))
    copy = tmp_path / "copy.run"
    shutil.copytree(inbox.folder(path), inbox.folder(copy))
    shutil.copy(path, copy)
    driver.run(path, toy, threads=1)
    scan = os.scandir

    @contextmanager
    def backwards(place):
        with scan(place) as entries:
            yield sorted(entries, key=lambda entry: entry.name, reverse=True)

    with monkeypatch.context() as patch:
        patch.setattr(inbox, "os", SimpleNamespace(**{**vars(os), "scandir": backwards}))
        driver.run(copy, toy, threads=1)
    assert digest(copy) == digest(path)
    with Reader(path) as run:
        assert Counter(row.generation for row in run.offers()) == {2: 64, 3: 64, 4: 64, 5: 8}


def test_whatever_lies_in_the_inbox_is_recorded_once_and_the_run_goes_on(toy, tmp_path):
    path, again = tmp_path / "live.run", tmp_path / "again.run"
    new = inbox.folder(path) / "new"
    for part in ("tmp", "new", "done"):
        (new.parent / part).mkdir(parents=True)
    kinds = (os.mkfifo, os.mkdir, lambda place: os.symlink("/etc/hostname", place), lambda place: place.write_text("{"))
    for number, make in enumerate(kinds):
        make(new / f"{number:064x}.json")
    (new / "notes.txt").write_text("?")
    driver.run(path, toy, threads=1)
    driver.run(again, toy, threads=1, inputs=path)
    assert os.listdir(new) == []
    assert digest(path) == digest(again)
    with Reader(path) as run:
        found = [(int(row.name, 16), row.generation, row.kind, row.payload) for row in run.offers()]
        assert found == [(number, 1, "unknown", None) for number in range(4)]
        assert all(row.outcome.startswith("invalid: it ") for row in run.offers())


def test_offers_of_a_run_on_a_node_s_own_disk_are_moved_when_they_are_safe(toy, tmp_path, monkeypatch):
    path, left = tmp_path / "shared" / "my.run", []
    path.parent.mkdir()
    (tmp_path / "node").mkdir()

    def observe(state, changes, timing):
        if state.generation == 1:
            inbox.offer(path, "vote", "ann", {"left": 0, "right": 1, "choice": "left"}, nonce="1")
        left.append(len(inbox.Inbox(path).waiting()))

    driver.run(path, toy, threads=1, scratch=tmp_path / "node", observe=observe)
    assert left == [0, 1, 1, 1, 1, 1, 1, 1]  # the next copy is due after a minute
    assert inbox.Inbox(path).waiting() == []
    with Reader(path) as run:
        assert [row.generation for row in run.offers()] == [2]


def test_a_curriculum_whose_learner_is_elsewhere_takes_offers_too(errands, tmp_path):
    def play(name, **options):
        path = tmp_path / name
        with openended.Curriculum(pupil.recipe(tmp_path), file=path, generations=12, **options) as curriculum:
            pupil.go(curriculum, 3)
            if not options:
                payload = {"task": encode(Errand(2.0, 0.5, 0.05)), "from": None, "beat": None, "hints": []}
                inbox.offer(path, "task", "ann", payload, nonce="1")
            pupil.go(curriculum, 12)
        return path

    live = play("live.run")
    again = play("again.run", inputs=live)
    assert difference(live, again) == ""
    with Reader(live) as run:
        (first, *_) = run.offers()
        assert (first.generation, first.outcome) == (5, "admitted")  # 4 had begun
        assert run.tasks()[first.task].maker == "person"
    assert inbox.Inbox(live).waiting() == []


@pytest.mark.slow
def test_ten_runs_of_walkers_are_replayed_from_their_offers(tmp_path):
    smoke = tomllib.loads(recipe.locate("smoke").read_text()) | {"generations": 4, "criterion": {"low": -150}}
    first = envs.domain("walker-v1").tasks
    for number in range(10):
        config = recipe.check(smoke | {"seed": number + 1}, "smoke", "smoke.toml")
        stream = np.random.default_rng(number)
        genome = first.mutate(first.mutate(first.first(), number), number + 100)
        task = {"task": first.encode(genome), "from": 0, "beat": {"niche": 0, "agent": "0" * 16}, "hints": [0]}
        witness = {"task": 0, "actions": stream.uniform(-1, 1, (40, 4)).round(3).tolist()}
        schedule = [(int(stream.integers(4)), sent) for sent in (("task", task), ("witness", witness))]
        live, again = tmp_path / f"live{number}.run", tmp_path / f"again{number}.run"
        lived(live, config, schedule, [int(stream.integers(40))], [2])
        driver.run(again, config, threads=1, inputs=live)
        assert difference(live, again) == ""
        assert digest(live) == digest(again)
        with Reader(live) as run:
            assert {row.kind for row in run.offers()} <= {"task", "witness", AGAIN}
            assert {row.outcome for row in run.offers() if row.kind == "witness"} <= {"refuted"}
