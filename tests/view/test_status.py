import json
import os
import re
import socket
import time

import pytest

from openended.file import contents
from openended.file.errors import Usage
from openended.file.writer import Writer
from openended.view.status import report, text
from tests.view.conftest import changes

PROMISED = {
    "run", "recipe", "seed", "generation", "digest", "evaluations", "env_steps", "seconds", "elites", "coverage",
    "qd_score", "best", "active", "tasks_created", "annecs", "transfers", "steps_per_second",
    "commit_share", "nonfinite", "degenerate", "seconds_left", "finished", "runner", "offers",
    "offers_admitted", "offers_waiting",
}  # fmt: skip


def test_the_report_has_every_promised_field_and_is_json(made):
    found = report(made({(0, 0): 280.0, (1, 0): 120.0}))
    assert found.keys() >= PROMISED
    assert json.loads(json.dumps(found, allow_nan=False)) == found


def test_the_report_says_what_the_run_file_holds(made):
    before = time.time()
    found = report(made({(0, 0): 280.0, (1, 0): 120.0}))
    assert (found["recipe"], found["seed"], found["generation"]) == ("made", 7, 0)
    assert (found["elites"], found["best"], found["qd_score"], found["active"]) == (2, 280.0, 600.0, 2)
    assert (found["transfers"], found["transfers_tried"]) == (4, 9)
    assert len(found["digest"]) == 64
    assert found["steps_per_second"] == pytest.approx(12_000 / found["seconds"])
    assert found["seconds"] >= 2.0
    assert 0 <= found["commit_share"] < 1
    assert found["seconds_left"] == 40 * 2.0
    assert before <= found["finished"] <= time.time()


def test_the_report_says_who_runs_it_while_somebody_does(made):
    path = made({(0, 0): 280.0})
    assert report(path)["runner"] is None
    assert re.search(r"run by      nobody, last generation \d+s ago", text(report(path)))
    with Writer(path):
        assert report(path)["runner"] == f"{socket.gethostname()}:{os.getpid()}"


def test_a_long_history_is_not_read(made, monkeypatch):
    path = made({(0, 0): 280.0})
    with Writer(path) as run:
        for generation in range(1, 6):
            run.commit(changes(generation, (), ()), seconds=3.0)
    read = []
    monkeypatch.setattr(contents, "read_metrics", lambda text: read.append(text) or json.loads(text))
    found = report(path)
    assert len(read) == 1
    assert (found["generation"], round(found["seconds"]), found["seconds_left"]) == (5, 17, 35 * 17 / 6)


def test_a_run_without_generations_reports_nothing_yet(unstarted):
    found = report(unstarted)
    assert found["generation"] == -1
    assert found["env_steps"] == 0
    assert found["best"] is None
    assert "none yet" in text(found)
    json.dumps(found, allow_nan=False)


def test_the_table_is_aligned_and_names_run_and_digest(made):
    found = report(made({(0, 0): 280.0}))
    lines = text(found).splitlines()
    assert all(line[11] == " " and line[12] != " " for line in lines)
    assert lines[-1].endswith(found["digest"])
    assert "best 280.0" in text(found)


def test_what_went_wrong_within_a_run_is_shown_only_if_it_did(made):
    found = report(made({(0, 0): 280.0}))
    assert "degenerate" not in text(found)
    shown = text(found | {"nonfinite": 1200, "degenerate": 3})
    assert "not finite  1,200 returns, ranked worst" in shown
    assert "degenerate  3 training steps with equal returns, or a gradient that was not finite" in shown


def test_a_missing_file_is_a_usage_error(tmp_path):
    with pytest.raises(Usage, match="does not exist"):
        report(tmp_path / "no.run")
