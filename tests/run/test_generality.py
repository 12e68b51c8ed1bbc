"""Snapshots of a run against each other, on the toy domain."""

import json

import numpy as np
import pytest
from click.testing import CliRunner

from openended.cli import group
from openended.core.types import Changes, Counters, Learner, Snapshot
from openended.file.errors import Usage
from openended.file.writer import Writer, create
from openended.run.evaluate import evaluate
from openended.run.evaluate import text as table
from openended.run.generality import Options, copies, generality
from openended.view.generality import plot, text
from openended.view.report import figures
from openended.view.report.page import report as page
from tests.support.altered import altered
from tests.support.made import task
from tests.support.point import NOISY, POINT, Errand
from tests.view.conftest import WALKS, settings

BLIND = np.zeros_like(WALKS)
"""Stands still."""
SIDEWAYS = WALKS.copy()
SIDEWAYS[15] = 0.0  # moves along x alone
OPTIONS = Options(fresh=200)


def anywhere(key):
    return Errand(1.0 + key % 4, float(key // 4 % 2), 0.0)


SUITE = {"ahead": [Errand(1.0 + place, 0.0, 0.0) for place in range(4)], "aside": [Errand(2.0, 1.0, 0.0)] * 6}


@pytest.fixture
def domain(point, monkeypatch):
    """The toy domain with a suite and random tasks; gives a function that replaces it."""

    def become(base, **changes):
        parts = {"tasks": {"random": anywhere}, "suites": {"toy-suite-v1": lambda: SUITE}} | changes
        monkeypatch.setattr("tests.support.point.POINT", altered(base, **parts))

    become(POINT)
    return become


@pytest.fixture
def write(domain, tmp_path):
    """Writes a run with a snapshot of each agent but the last, which its learner still trains."""

    def written(*agents):
        path = tmp_path / "aged.run"
        create(path, "aged", settings((8, 6)), {})
        with Writer(path) as run:
            for generation, agent in enumerate(agents):
                kept = (Snapshot(0, generation, agent), Snapshot(5, generation, BLIND))
                run.commit(
                    Changes(
                        generation,
                        tasks=(task(0, 0),) if generation == 0 else (),
                        learners=(Learner(0, agent, {}, generation),),
                        counters=Counters(env_steps=1000 * generation),
                        snapshots=kept[: 2 if generation < len(agents) - 1 else 0],
                    ),
                    seconds=1.0,
                )
        return path

    return written


def test_an_agent_that_grows_makes_a_chain_and_its_twins_do_not(write):
    report = generality(write(BLIND, SIDEWAYS, WALKS), OPTIONS)
    assert report["tasks"] == {"ahead": 4, "aside": 6, "graded": 200}
    assert [each["env_steps"] for each in report["snapshots"]] == [0, 1000, 2000]
    assert [each["solved"]["ahead"] for each in report["snapshots"]] == [0.0, 1.0, 1.0]
    assert [each["solved"]["aside"] for each in report["snapshots"]] == [0.0, 0.0, 1.0]
    assert report["chain"] == [0, 1, 2]
    assert all(pair["dominates"] and pair["regressed"] == 0 for pair in report["pairs"])
    assert report["pairs"][0]["regressed_bound"] == pytest.approx(3 / 210, rel=0.02)
    assert report["beyond_chance"] == [0, 1, 2]
    assert (report["null"]["chain"], report["null"]["beyond_chance"]) == (1, 1)
    assert "longest chain: 3 of 3 snapshots, generations 0, 1, 2" in text(report)
    json.dumps(report, allow_nan=False)


def test_what_is_forgotten_is_seen_and_breaks_the_chain(write):
    report = generality(write(SIDEWAYS, WALKS, SIDEWAYS), OPTIONS)
    assert report["chain"] == [0, 1]
    lost = next(pair for pair in report["pairs"] if (pair["earlier"], pair["later"]) == (1, 2))
    assert lost["regressed"] > 0.3
    assert lost["tolerance"] > 100
    assert not lost["dominates"]
    same = next(pair for pair in report["pairs"] if (pair["earlier"], pair["later"]) == (0, 2))
    assert (same["tolerance"], same["regressed"], same["improved"], same["dominates"]) == (0, 0, 0, False)


def test_where_episodes_vary_tasks_are_played_often_and_the_null_has_other_keys(write, domain):
    domain(NOISY)
    report = generality(write(BLIND, WALKS), Options(fresh=5))
    assert report["episodes"] == 60
    assert report["chain"] == [0, 1]
    assert report["null"]["chain"] == 1


def test_snapshots_are_chosen_evenly_with_the_first_and_the_last(write):
    path = write(*[BLIND] * 9)
    report = generality(path, Options(fresh=0, most=3))
    assert [each["generation"] for each in report["snapshots"]] == [0, 4, 8]
    assert set(report["tasks"]) == {"ahead", "aside"}


def test_what_cannot_be_compared_is_refused(write, domain):
    path = write(WALKS)
    with pytest.raises(Usage, match=r"has kept no snapshot of learner 0; set snapshots\.every"):
        generality(path, OPTIONS)
    domain(POINT, tasks={}, suites={})
    with pytest.raises(Usage, match="has no suites and cannot draw fresh tasks"):
        generality(path, OPTIONS)


def test_twins_differ_in_last_digits_alone():
    one, two = copies(WALKS, 2)
    assert not np.array_equal(one, two)
    assert np.allclose(one, two, rtol=3e-6)


def test_a_report_is_drawn_and_the_same_report_gives_the_same_bytes(write, tmp_path):
    report = generality(write(SIDEWAYS, WALKS, SIDEWAYS), OPTIONS)
    one, other = plot(report, tmp_path / "one.png"), plot(report, tmp_path / "other.png")
    assert one.read_bytes() == other.read_bytes()
    assert len(one.read_bytes()) > 5000


def test_the_page_of_a_run_has_a_section_if_that_is_asked_for(write, tmp_path, monkeypatch):
    path = write(SIDEWAYS, WALKS, SIDEWAYS)
    monkeypatch.setattr(figures, "others", lambda view: {})
    found = generality(path, OPTIONS)
    plain = page(path, tmp_path / "plain.html").read_text()
    with_it = page(path, tmp_path / "report.html", found).read_text()
    assert "<h2>Generality</h2>" not in plain
    assert '<a href="#generality">' in with_it
    assert "Longest chain: 2 of 3 snapshots, generations 0, 1" in with_it
    assert with_it.count("data:image") == plain.count("data:image") + 1
    monkeypatch.setattr("openended.run.generality.Options", lambda: OPTIONS)
    command = ["report", str(path), "-o", str(tmp_path / "typed.html"), "--generality", "--threads", "1"]
    assert CliRunner().invoke(group, command).exit_code == 0
    assert (tmp_path / "typed.html").read_text() == with_it


def test_snapshots_are_evaluated_oldest_first(write):
    path = write(BLIND, WALKS)
    report = evaluate(path, "toy-suite", learner=0, snapshots=True)
    assert [(agent["generation"], agent["env_steps"]) for agent in report["agents"]] == [(0, 0), (1, 1000)]
    assert [agent["courses"][0]["solved_rate"] for agent in report["agents"]] == [0.0, 1.0]
    assert table(report).splitlines()[1].split() == ["generation", "steps", "ahead", "aside"]
    with pytest.raises(Usage, match="are those of a learner; name it with --learner"):
        evaluate(path, "toy-suite", snapshots=True)
