import json

import pytest

from openended.run.errors import Usage
from openended.view.status import report, text

PROMISED = {
    "run", "recipe", "seed", "generation", "digest", "evaluations", "env_steps", "seconds", "elites", "coverage",
    "qd_score", "best", "active", "tasks_created", "annecs", "transfers", "steps_per_second",
    "commit_share", "nonfinite", "degenerate",
}  # fmt: skip


def test_the_report_has_every_promised_field_and_is_json(made):
    found = report(made({(0, 0): 280.0, (1, 0): 120.0}))
    assert found.keys() >= PROMISED
    assert json.loads(json.dumps(found, allow_nan=False)) == found


def test_the_report_says_what_the_run_file_holds(made):
    found = report(made({(0, 0): 280.0, (1, 0): 120.0}))
    assert (found["recipe"], found["seed"], found["generation"]) == ("made", 7, 0)
    assert (found["elites"], found["best"], found["qd_score"], found["active"]) == (2, 280.0, 600.0, 2)
    assert (found["transfers"], found["transfers_tried"]) == (4, 9)
    assert len(found["digest"]) == 64
    assert found["steps_per_second"] == pytest.approx(12_000 / found["seconds"])
    assert found["seconds"] >= 2.0
    assert 0 <= found["commit_share"] < 0.5


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
    assert "degenerate  3 populations of equal returns" in shown


def test_a_missing_file_is_a_usage_error(tmp_path):
    with pytest.raises(Usage, match="does not exist"):
        report(tmp_path / "no.run")
