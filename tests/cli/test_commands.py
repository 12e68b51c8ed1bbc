import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from openended import cli
from openended.file.reader import Reader
from openended.file.writer import Writer
from tests.support import toy
from tests.support.marked import Marked
from tests.support.run_content import digest

RUN = Path("runs", "results", "toy.run")
FIELDS = {"run", "recipe", "seed", "generation", "digest", "evaluations", "env_steps", "seconds", "elites", "coverage"}
FIELDS |= {"qd_score", "best", "active", "tasks_created", "annecs", "transfers"}


@pytest.fixture
def done(openended, grown_toy, tmp_path):
    """The toy run of four generations, below the current folder."""
    (tmp_path / RUN).parent.mkdir(parents=True)
    return Path(shutil.copy(grown_toy(4), tmp_path / RUN))


def test_a_run_goes_to_results_tells_its_progress_and_its_end(openended, tmp_path):
    code, output, errors = openended("run", "toy.toml", "--generations", 4, "--threads", 2)
    assert (code, errors) == (0, "")
    assert "generation 0/4" in output
    assert output.endswith(f"{RUN}: generation 4 of 4 is done.\n")
    assert "\r" not in output
    assert "\x1b" not in output
    assert [path.name for path in (tmp_path / RUN).parent.iterdir()] == ["toy.run"]


def test_the_same_command_continues_the_run_and_resume_extends_it(openended, done, tmp_path):
    assert openended("run", "toy.toml", "--generations", 6)[0] == 0
    code, output, _ = openended("resume", done, "--generations", 8)
    assert (code, "generation 8 of 8 is done" in output) == (0, True)
    assert openended("run", "toy.toml", "--generations", 8, "--out", "straight.run")[0] == 0
    assert digest(done) == digest(tmp_path / "straight.run")


def test_a_seed_of_ones_own_has_a_run_file_of_its_own(openended):
    assert openended("run", "toy.toml", "--generations", 0, "--seed", 9)[0] == 0
    assert Path("runs", "results", "toy-seed9.run").is_file()


def test_status_has_what_the_design_promises_as_json_and_as_text(openended, done):
    code, output, _ = openended("status", done, "--json")
    report = json.loads(output)
    assert code == 0
    assert set(report) >= FIELDS
    assert (report["recipe"], report["generation"], report["seed"]) == ("toy", 4, 1)
    code, output, _ = openended("status", done)
    assert code == 0
    assert report["digest"][:8] in output


def test_status_watches_until_the_budget_is_done_and_ctrl_c_ends_it_with_exit_code_75(openended, done, monkeypatch):
    code, output, errors = openended("status", done, "--watch")
    assert (code, output.count("\n"), errors) == (0, 1, "")
    assert output.startswith("generation 4/4  active ")
    with Writer(done) as file:
        file.extend(file.config | {"generations": 9})

    with Marked(Path(), "status", done, "--watch", "--interval", "0.1") as watching:
        assert watching.process.stdout.readline().startswith("generation 4/9  active ")
        watching.process.send_signal(signal.SIGINT)
        code, errors = watching.end()
    assert (code, errors.strip()) == (75, "")


def test_verify_says_sound_or_names_the_damage_with_exit_code_3(openended, done):
    assert openended("verify", done) == (0, f"{done} is sound.\n", "")
    database = sqlite3.connect(done)
    database.execute("UPDATE task SET outcome = 'ok'")
    database.commit()
    database.close()
    code, output, errors = openended("verify", done)
    assert code == 3
    assert "task 0 does not match its digest" in output
    assert errors.startswith("openended: ")


def test_a_backup_equals_its_run_and_diff_says_where_another_parts_with_exit_code_6(openended, done):
    assert openended("backup", done, "copy.run") == (0, "copy.run: generation 4\n", "")
    assert openended("diff", done, "copy.run") == (0, f"{done} and copy.run are equal.\n", "")
    assert openended("resume", "copy.run", "--generations", 5)[0] == 0
    code, output, errors = openended("diff", done, "copy.run")
    assert (code, errors) == (6, "")
    assert output == f"{done} ends at generation 4, up to which both are equal; copy.run continues to 5.\n"
    assert openended("backup", done, "copy.run")[0] == 2


def test_slurm_prints_a_script_that_runs_the_same_command(openended):
    code, output, errors = openended(
        "slurm", "toy.toml", "--time", "1:00:00", "--seed", 3, "--set", "learner.sigma=0.2", "--partition", "cpu"
    )
    assert (code, errors) == (0, "")
    assert output.startswith("#!/bin/bash\n")
    assert "#SBATCH --partition=cpu\n" in output
    assert f"run={RUN.with_name('toy-seed3.run')}\n" in output
    assert (
        f"arguments=(run toy.toml --out {RUN.with_name('toy-seed3.run')} --seed 3 --set learner.sigma=0.2)\n" in output
    )
    assert "--ray" not in output
    assert "--ray" in openended("slurm", "toy.toml", "--time", "60", "--nodes", 2)[1]


def test_a_stolen_run_and_one_on_scratch_go_on(openended, done, tmp_path):
    with Writer(done):
        assert openended("resume", done, "--generations", 5)[0] == 4
    writer = Writer(done)
    assert openended("resume", done, "--generations", 5, "--steal")[0] == 0
    writer.database.close()
    code, output, errors = openended("resume", done, "--generations", 6, "--scratch", "node")
    assert (code, "generation 6 of 6 is done" in output) == (0, True)
    assert "the loss of this node costs" in errors
    assert list(Path("node").iterdir()) == []


@pytest.mark.parametrize("ending", ["png", "svg", "pdf"])
def test_plot_draws_the_archive(openended, done, ending):
    assert openended("plot", done, "--kind", "heatmap", "-o", f"map.{ending}")[:2] == (0, f"map.{ending}\n")
    assert Path(f"map.{ending}").stat().st_size > 1000


@pytest.mark.parametrize("kind", ["progress", "lineage", "transfers"])
def test_plot_draws_progress_lineage_and_transfers(openended, done, kind):
    assert openended("plot", done, "--kind", kind, "-o", "x.png")[:2] == (0, "x.png\n")
    assert Path("x.png").stat().st_size > 1000


def test_plot_takes_descriptors_quantities_and_thumbnails(openended, done):
    options = ["--x", "wind", "--y", "goal", "--of", "visits", "--thumbnails"]
    assert openended("plot", done, *options, "-o", "x.png")[:2] == (0, "x.png\n")
    assert openended("plot", done, done, "--kind", "progress", "--over", "steps", "-o", "y.png")[0] == 0


def test_lineage_tells_how_an_elite_came_to_its_niche_and_draws_it_if_asked(openended, done):
    code, output, _ = openended("lineage", done)
    assert code == 0
    assert output.startswith("niche ")
    assert "drawn at random" in output
    niche = output.split()[1].rstrip(",")
    drawn = openended("lineage", done, "--elite", niche, "-o", "x.png")
    assert drawn == (0, f"{output}\nx.png\n", "")
    assert Path("x.png").stat().st_size > 1000


@pytest.mark.parametrize("arguments", [["-o", "walk.gif"], ["--best", "-o", "walk.png"], ["--all", "-o", "all.png"]])
def test_replay_shows_an_elite(openended, done, arguments):
    assert openended("replay", done, *arguments)[0] == 0
    assert Path(arguments[-1]).stat().st_size > 500


def test_export_writes_a_new_folder_once(openended, done):
    assert openended("export", done, "--to", "out", "--as", "csv", "--as", "json") == (0, "out\n", "")
    assert {path.name for path in Path("out").iterdir()} >= {"elites.csv", "run.json", "tasks"}
    code, output, errors = openended("export", done, "--to", "out")
    assert (code, output) == (2, "")
    assert errors == "openended: out exists and is no empty folder; name a new one, nothing is overwritten.\n"


def test_a_report_is_one_page(openended, done):
    assert openended("report", done, "-o", "report.html") == (0, "report.html\n", "")
    assert Path("report.html").read_text().startswith("<!doctype html>")


def test_recipes_and_domains_are_listed(openended):
    code, output, _ = openended("recipes")
    assert code == 0
    assert {line.split()[0] for line in output.splitlines()} >= {"smoke", "quickstart", "walker"}
    code, output, _ = openended("domains")
    assert code == 0
    assert "point-v1" in output
    assert "wind 0..0.6 m" in output


USAGE = {
    "no verb known": ["fly"],
    "no recipe given": ["run"],
    "no such option": ["run", "toy.toml", "--fast"],
    "no such recipe": ["run", "toi"],
    "no number": ["run", "toy.toml", "--generations", "many"],
    "below zero": ["run", "toy.toml", "--seed", "-1"],
    "no threads": ["run", "toy.toml", "--threads", "0"],
    "unknown key": ["run", "toy.toml", "--set", "es.sygma=1"],
    "impossible value": ["run", "toy.toml", "--set", "learner.population=3"],
    "no key": ["run", "toy.toml", "--set", "es"],
    "no such file": ["resume", "nowhere.run"],
    "a folder": ["status", "."],
    "an interval of nothing": ["status", "nowhere.run", "--interval", "5"],
    "no picture given": ["plot", "nowhere.run"],
    "no run to draw": ["plot", "-o", "x.png"],
    "no such kind": ["plot", "nowhere.run", "--kind", "pie", "-o", "x.png"],
    "an option of another kind": ["plot", "nowhere.run", "--over", "steps", "-o", "x.png"],
    "no such elite": ["lineage", "nowhere.run", "--elite", "-1"],
    "nobody's lineage": ["lineage", "nowhere.run"],
    "no time": ["slurm", "toy.toml"],
    "no such time": ["slurm", "toy.toml", "--time", "soon"],
    "a recipe that Slurm would start in vain": ["slurm", "toy.toml", "--time", "60", "--set", "es.sygma=1"],
    "nothing to copy": ["backup", "nowhere.run", "x.run"],
    "nothing to compare": ["diff", "nowhere.run", "x.run"],
    "nowhere to export to": ["export", "nowhere.run"],
    "nothing to export": ["export", "nowhere.run", "--to", "out"],
    "no kind of export": ["export", "nowhere.run", "--to", "out", "--as", "xlsx"],
    "nothing to report": ["report", "nowhere.run", "-o", "x.html"],
    "no page": ["report", "nowhere.run"],
    "a page of another kind": ["report", "nowhere.run", "-o", "x.pdf"],
    "two elites": ["replay", "nowhere.run", "--niche", "1", "--best", "-o", "x.gif"],
}


@pytest.mark.parametrize("arguments", USAGE.values(), ids=USAGE)
def test_a_wrong_command_is_exit_code_2_one_message_and_nothing_written(openended, tmp_path, arguments):
    code, output, errors = openended(*arguments)
    assert (code, output) == (2, "")
    assert errors
    assert "Traceback" not in errors
    assert [path.name for path in tmp_path.iterdir()] == ["toy.toml"]


@pytest.mark.parametrize("verb", ["resume", "status", "verify"])
def test_a_file_that_is_no_run_file_is_exit_code_3_and_untouched(openended, verb):
    Path("x.run").write_text("hello\n" * 100)
    code, _, errors = openended(verb, "x.run")
    assert (code, errors) == (3, "openended: x.run is not a run file of openended; name another file.\n")
    assert Path("x.run").read_text() == "hello\n" * 100


def test_another_recipe_is_exit_code_3_naming_the_keys(openended, done):
    code, _, errors = openended("run", "toy.toml", "--set", "learner.sigma=0.3")
    assert code == 3
    assert "learner.sigma is 0.1 there and 0.3 here" in errors


def test_a_live_run_file_is_exit_code_4(openended, done):
    with Writer(done):
        code, _, errors = openended("resume", done, "--generations", 9)
    assert code == 4
    assert f"process {os.getpid()}" in errors


def test_a_place_that_cannot_be_written_is_exit_code_5(openended):
    code, _, errors = openended("run", "toy.toml", "--out", "toy.toml/x.run")
    assert code == 5
    assert "cannot be made" in errors


def test_a_bug_of_ours_is_exit_code_1_with_its_traceback(openended, done, monkeypatch):
    monkeypatch.setattr("openended.view.status.report", lambda path: 1 / 0)
    code, _, errors = openended("status", done)
    assert code == 1
    assert "ZeroDivisionError" in errors
    assert "this is a bug of ours" in errors


def test_sigterm_on_a_real_process_is_exit_code_75_and_the_run_resumes_to_the_same_digest(openended, tmp_path):
    script = [sys.executable, toy.__file__, "run", "toy.toml", "--generations", "400"]
    with subprocess.Popen(script, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline().startswith("generation 0/400")
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=60)
    assert process.returncode == 75
    assert errors.startswith("openended: Stopped on request")  # "in the middle of something" on a busy machine
    assert errors.endswith("continues the run.\n")
    with Reader(tmp_path / RUN) as run:
        reached = run.last()[0]
    assert openended("resume", RUN, "--generations", reached + 3)[0] == 0
    assert openended("run", "toy.toml", "--generations", reached + 3, "--out", "straight.run")[0] == 0
    assert digest(tmp_path / RUN) == digest(tmp_path / "straight.run")


@pytest.mark.parametrize("verb", cli.COMMANDS)
def test_every_verb_has_help_with_an_example(openended, verb):
    code, output, _ = openended(verb, "--help")
    assert code == 0
    assert f"openended {verb}" in output.partition("Examples:")[2]


def test_the_version_is_told(openended):
    assert openended("--version")[1].startswith("openended, version 0.")
