"""A run that takes offers is a function of recipe, seed and offers, whatever is sent when, and whenever it dies."""

import os
from collections import Counter
from contextlib import suppress

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from openended import envs
from openended.core.offers import AGAIN
from openended.file import inbox
from openended.file.difference import difference
from openended.file.reader import Reader
from openended.file.verify import verify
from openended.file.writer import Writer
from openended.run import driver, recipe
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
        if name not in {"open", "scandir", "rename", "unlink", "fsync", "fstat"}:
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


@pytest.fixture
def errands(monkeypatch):
    monkeypatch.setitem(envs.DOMAINS, "point-v1", "tests.support.errands:ERRANDS")


@examples(12)
def test_a_run_is_replayed_from_its_offers(errands, tmp_path_factory, algorithm, schedule, deaths, threads):
    check_a_schedule(tmp_path_factory.mktemp("offers"), algorithm, schedule, deaths, threads)


@pytest.mark.slow
@examples(200)
def test_two_hundred_runs_are_replayed_from_their_offers(
    errands, tmp_path_factory, algorithm, schedule, deaths, threads
):
    check_a_schedule(tmp_path_factory.mktemp("offers"), algorithm, schedule, deaths, threads)
