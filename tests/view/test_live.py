import io
import re
from types import SimpleNamespace

import pytest

from openended.core.states import after
from openended.core.types import State, Task
from openended.view.live import Pace, line, observer, plain
from openended.view.panel import Curves, sparkline, upcoming
from tests.view.conftest import CELLS, changes, pair, settings

NOTHING = State(-1)


def config():
    return SimpleNamespace(
        name="made",
        head=SimpleNamespace(generations=40, domain="point-v1", environment=None),
        params=SimpleNamespace(reproduction=SimpleNamespace(every=5), transfer=SimpleNamespace(every=0)),
        settings=lambda: settings(CELLS),
    )


def timing(seconds=2.0, steps=10_000):
    return SimpleNamespace(seconds=seconds, commit_seconds=0.0, steps=steps)


def generation(number, fitness=263.1):
    task = Task(0, None, -1, 0, (0.5, 0.05), 0, "admitted", fitness, "first")
    return changes(number, (task,), (pair(0, 0, fitness),))


class Terminal(io.StringIO):
    encoding = "utf-8"

    def isatty(self):
        return True


def test_a_plain_line_tells_the_run_at_a_glance():
    pace = Pace()
    pace.add(timing())
    assert line(40, generation(12), pace) == (
        "generation 12/40  active 1  elites 1  coverage 2.1%  qd 363  best 263.1  5.00k steps/s  left 56s"
    )


def test_plain_lines_come_at_once_then_every_minute_and_at_the_end():
    stream, now = io.StringIO(), [0.0]
    with plain(config(), stream, lambda: now[0]) as watch:
        for number in range(20):
            now[0] = 10.0 * number
            watch(NOTHING, generation(number), timing())
    shown = [int(found) for found in re.findall(r"^generation (\d+)/", stream.getvalue(), re.MULTILINE)]
    assert shown == [0, 6, 12, 18, 19]


def test_the_last_line_is_not_written_twice_and_comes_after_an_error():
    stream = io.StringIO()
    with plain(config(), stream, lambda: 0.0) as watch:
        watch(NOTHING, generation(0), timing())
    assert stream.getvalue().count("\n") == 1

    def interrupted():
        with plain(config(), stream, lambda: 0.0) as watch:
            watch(NOTHING, generation(1), timing())
            watch(NOTHING, generation(2), timing())
            raise KeyError

    with pytest.raises(KeyError):
        interrupted()
    assert stream.getvalue().count("\n") == 3


def test_nothing_is_written_without_a_generation(point):
    for stream in (io.StringIO(), Terminal()):
        with observer(config(), stream):
            pass
        assert "generation" not in stream.getvalue()


def test_no_escapes_reach_a_stream_that_is_no_terminal():
    stream = io.StringIO()
    with observer(config(), stream) as watch:
        watch(NOTHING, generation(0), timing())
    assert stream.getvalue().removesuffix("\n").isprintable()


def test_a_terminal_that_cannot_show_bars_gets_plain_lines(monkeypatch):
    monkeypatch.setattr(Terminal, "encoding", "ascii")
    stream = Terminal()
    with observer(config(), stream) as watch:
        watch(NOTHING, generation(0), timing())
    assert stream.getvalue().startswith("generation 0/40")
    assert stream.getvalue().isascii()


def test_a_terminal_shows_the_pairs_the_archive_and_what_comes_next(point, monkeypatch):
    monkeypatch.setenv("COLUMNS", "110")
    monkeypatch.setenv("TERM", "xterm-256color")
    stream, state = Terminal(), NOTHING
    with observer(config(), stream) as watch:
        for number, fitness in ((0, 10.0), (1, 120.0), (2, 263.1)):
            change = generation(number, fitness)
            state = after(state, change)
            watch(state, change, timing())
    shown = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", stream.getvalue())
    for words in (
        "generation 2/40",
        "wind ↑",
        "goal distance →",
        "▁▄█",
        "263.1",
        "next reproduction in 3",
        "5.00k steps/s",
    ):
        assert words in shown
    assert "next transfer" not in shown


def test_the_first_generation_which_compiles_does_not_spoil_the_time_left():
    pace = Pace()
    pace.add(timing(60.0, 10))
    assert pace.seconds == 60
    pace.add(timing(2.0, 10_000))
    pace.add(timing(4.0, 10_000))
    assert 2.9 < pace.seconds < 3.1


def test_rates_follow_the_latest_generations():
    pace = Pace()
    for _ in range(200):
        pace.add(timing(10.0, 1_000))
    assert pace.rate == pytest.approx(100)
    for _ in range(200):
        pace.add(timing(1.0, 1_000))
    assert pace.rate == pytest.approx(1000, rel=0.01)


def test_a_sparkline_runs_from_the_lowest_to_the_highest_bar():
    assert sparkline([0.0, 2.0, 10.0], 0.0, 10.0) == "▁▂█"
    assert sparkline([3.0, 3.0], 3.0, 3.0) == "▁▁"


def test_a_long_course_stays_small_and_keeps_its_ends():
    curves = Curves()
    for number in range(5000):
        curves.add(generation(number, float(number)))
    shown = curves.of(0, 18)
    assert len(shown) == 18
    assert shown == sorted(shown)
    assert shown[0] < 100
    assert shown[-1] == 4999
    assert len(curves.of(0, 10**6)) <= Curves.MOST


def test_events_are_counted_down_from_the_generation_just_done():
    assert upcoming(config(), 10) == "next reproduction in 5"
    assert upcoming(config(), 14) == "next reproduction in 1"
    assert upcoming(config(), 40) == "", "nothing comes after the last generation"
