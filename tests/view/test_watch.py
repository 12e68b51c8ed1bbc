import io
import itertools
import json
import re
from dataclasses import replace

import pytest

from openended.file.errors import Owned, Usage
from openended.file.writer import Writer
from openended.view import watch as module
from openended.view.watch import reports, watch
from tests.view.conftest import changes, pair


class Terminal(io.StringIO):
    encoding = "utf-8"

    def isatty(self):
        return True


@pytest.fixture
def live(made, monkeypatch):
    """A run file that has one more of its 40 generations after every third pause; notes the pauses."""
    path = made({(0, 0): 280.0, (1, 0): 120.0})
    pauses, numbers = [], iter(range(1, 41))

    def pause(seconds):
        pauses.append(seconds)
        if len(pauses) % 3 == 0:
            number = next(numbers)
            with Writer(path) as run:
                run.commit(replace(changes(number, (), (pair(0, 0, 280.0 + number),)), elites=()), seconds=2.0)

    monkeypatch.setattr(module.time, "sleep", pause)
    monkeypatch.setattr(module.reports, "__defaults__", (pause,))
    return path, pauses


def test_looks_go_on_until_the_budget_is_done_one_pause_apart(live):
    path, pauses = live
    seen = [look["generation"] for look in reports(path, 0.5)]
    assert seen == sorted(seen)
    assert set(seen) == set(range(41))
    assert len(seen) == 3 * 40 + 1
    assert pauses == [0.5] * 120


def test_a_stream_gets_one_line_for_every_new_generation_and_no_escapes(live):
    path, pauses = live
    stream = io.StringIO()
    watch(path, stream)
    written = stream.getvalue().splitlines()
    assert [int(found) for found in re.findall(r"^generation (\d+)/40  active ", stream.getvalue(), re.M)] == [
        *range(41)
    ]
    assert all(line.isprintable() for line in written)
    assert "best 320.0" in written[-1]
    assert set(pauses) == {60.0}


def test_programs_get_one_json_object_for_every_new_generation(live):
    path, _ = live
    stream = Terminal()
    watch(path, stream, interval=1.0, as_json=True)
    assert [json.loads(line)["generation"] for line in stream.getvalue().splitlines()] == [*range(41)]


def test_a_terminal_gets_one_table_that_renews_itself(live, monkeypatch):
    monkeypatch.setenv("TERM", "xterm-256color")
    path, pauses = live
    stream = Terminal()
    watch(path, stream)
    _, first, *_, last = stream.getvalue().split("run         ")
    assert "generation  0 of 40" in first
    assert "generation  40 of 40" in last
    assert stream.getvalue().count("\x1b[1A\x1b[2K") >= 40, "pictures are drawn over each other"
    assert set(pauses) == {2.0}


def test_a_look_at_a_locked_file_is_left_out(live, monkeypatch):
    path, _ = live
    locked, report = itertools.cycle([True, False]), module.report

    def sometimes(path):
        if next(locked):
            raise Owned("locked")
        return report(path)

    monkeypatch.setattr(module, "report", sometimes)
    assert [look["generation"] for look in reports(path, 0.5)][-1] == 40


def test_a_run_that_has_not_begun_is_watched_and_a_missing_file_is_told(unstarted, tmp_path, monkeypatch):
    def interrupted(seconds):
        raise KeyboardInterrupt

    monkeypatch.setattr(module.reports, "__defaults__", (interrupted,))
    stream = io.StringIO()
    with pytest.raises(KeyboardInterrupt):
        watch(unstarted, stream)
    assert stream.getvalue() == "generation none yet of 40\n"
    with pytest.raises(Usage, match="does not exist"):
        watch(tmp_path / "no.run", stream)
