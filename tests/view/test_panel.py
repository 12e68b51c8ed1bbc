import io
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from rich.console import Console

from openended.core.types import Counters, State, Task
from openended.envs.api import Axis
from openended.view.panel import Curves, panel, sparkline, squares, tile
from tests.view.conftest import CELLS, changes, pair, settings

AXES = (Axis("goal distance", 0.0, 8.0, "m"), Axis("wind", 0.0, 0.6, "m"))
PACE = SimpleNamespace(seconds=2.0, rate=5000.0)
FITNESS = {(0, 0): 280.0, (1, 1): 120.0, (2, 0): 40.0}


def config(cells=CELLS, kind="grid"):
    return SimpleNamespace(
        name="made",
        head=SimpleNamespace(generations=40, domain="point-v1"),
        params=SimpleNamespace(reproduction=SimpleNamespace(every=5), transfer=SimpleNamespace(every=3)),
        settings=lambda: settings(cells, kind),
    )


GRID = config()


def state(fitness, cells=CELLS):
    """A state with an active pair of the given fitness in each (column, row)."""
    tasks, pairs = {}, {}
    for id, ((column, row), value) in enumerate(fitness.items()):
        niche = int(np.ravel_multi_index((column, row)[: len(cells)], cells))
        tasks[id] = Task(id, None, id - 1, 0, (column + 0.5, 0.1 * row + 0.05), niche, "admitted", value, "mutation")
        pairs[id] = pair(id, niche, value)
    return State(12, tasks, pairs, counters=Counters(env_steps=12_000))


def drawn(made, width=84, config=GRID, axes=AXES, history=3):
    """The panel as text, without spaces at the ends of lines."""
    now, curves = changes(12, tuple(made.tasks.values()), tuple(made.pairs.values())), Curves()
    for share in np.linspace(0, 1, history):
        curves.add(replace(now, pairs=tuple(replace(p, best_fitness=p.best_fitness * share) for p in now.pairs)))
    console = Console(file=io.StringIO(), width=width, color_system=None, legacy_windows=False)
    console.print(panel(config, axes, made, now, PACE, curves, width))
    lines = console.file.getvalue().splitlines()
    assert max(map(len, lines)) <= width
    return "\n".join(line.rstrip() for line in lines)


SHOWN = """\
made   generation 12/40   5.00k steps/s   2 s a generation   left 56s
━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━
elites 3   coverage 6.2%   QD score 740   best 280.0   steps 12.0k

wind ↑                          task  niche  fitness   best  gain  best so far
· · · ·                            0      0    280.0  280.0  0.50  ▁▅█
· · · ·                            1      7    120.0  120.0  0.50  ▁▃▄
· ▒▒· ·                            2     12     40.0   40.0  0.50  ▁▁▂
██· ░░·
goal distance →
fitness ░░▒▒▓▓████ 40 to 280
next reproduction in 3   next transfer in 3"""


def test_the_panel_looks_like_this():
    assert drawn(state(FITNESS)) == SHOWN


@pytest.mark.parametrize("width", [24, 40, 59, 60, 200])
def test_the_panel_fits_any_terminal(width):
    shown = drawn(state(FITNESS), width)
    assert "280.0" in shown
    assert ("gain" in shown) == (width >= 60)


def test_a_fitness_that_is_no_number_is_shown_as_such():
    shown = drawn(state({**FITNESS, (1, 1): float("nan")}))
    assert "? " in shown
    assert "nan" not in shown
    assert sparkline([0.0, float("nan"), 1.0], 0.0, 1.0) == "▁ █"
    assert tile(float("nan"), 0.0, 1.0)[0] == "? "


def test_nothing_but_numbers_that_are_none_is_still_a_picture():
    assert "? " in drawn(state({(0, 0): float("nan")}))


def test_a_run_without_elites_says_so():
    assert "no elites yet" in drawn(state({}))


def test_one_descriptor_makes_one_row():
    shown = drawn(state({(0, 0): 10.0, (2, 0): 20.0}, (8,)), config=config((8,)), axes=AXES[:1])
    assert "░░· ██·" in shown


def test_a_number_hides_what_is_none_in_the_same_square():
    made = state({(0, 0): float("nan"), (1, 0): 5.0, (2, 0): float("nan")}, (30, 2))
    best, size = squares((30, 2), AXES, made)
    assert size == (4, 2)
    crowded = state({(0, 0): float("nan"), (1, 0): 5.0, (29, 0): 7.0}, (30, 2))
    best, size = squares((30, 2), AXES, crowded)
    assert size == (10, 2)
    assert best == {(0, 0): 5.0, (9, 0): 7.0}


def test_a_cvt_archive_is_shown_by_where_its_tasks_lie():
    made = state({(0, 0): 10.0, (7, 5): 20.0})
    made = replace(made, pairs={id: replace(each, niche=id) for id, each in made.pairs.items()})
    best, size = squares(None, AXES, made)
    assert size == (14, 14)
    assert best == {(0, 1): 10.0, (13, 12): 20.0}
    assert "goal distance →" in drawn(made, config=config((2,), "cvt"))


def test_many_active_pairs_are_counted():
    shown = drawn(state({(column, row): 10.0 * column for column in range(8) for row in range(2)}))
    assert "and 6 more active" in shown
