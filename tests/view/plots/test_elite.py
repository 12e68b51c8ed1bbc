import pytest
from hypothesis import given
from hypothesis import strategies as st

from openended.view.plots.elite import FIRST, MOST, figure, shortened
from tests.support.grown import grown


def test_every_forebear_and_every_stay_has_a_picture_with_its_words():
    view = grown()
    drawing = figure(view, view.state.pairs[3])
    titles = [panel.get_title(loc="left").strip() for panel in drawing.axes]
    assert titles == [
        "task 0 · generation 0 · 0.5 m, 0.05 m",
        "task 1 · generation 2 · 1.5 m, 0.05 m",
        "task 3 · generation 4 · 3.5 m, 0.05 m",
        "task 0 · generation 0 · drawn at random",
        "task 2 · generation 2 · came with the task, from task 0",
        "task 5 · generation 9 · came with the task, from task 2",
        "task 3 · generation 9 · proposal transfer from task 5: 60.0 against 59.0",
    ]
    assert all(len(panel.images) == 1 for panel in drawing.axes)
    assert [text.get_text() for panel in drawing.axes for text in panel.texts] == [
        "The task and 2 forebears",
        "The agent: 3 moves, 4 tasks",
    ]


def test_time_runs_downwards_and_both_columns_end_in_the_same_row():
    view = grown()
    drawing = figure(view, view.state.pairs[3])
    drawing.draw_without_rendering()
    bottoms = [panel.get_position().y0 for panel in drawing.axes]
    assert bottoms[2] == pytest.approx(bottoms[6], abs=0.01)
    assert bottoms[3] > bottoms[4] > bottoms[5] > bottoms[6]


@given(st.integers(0, 60))
def test_long_columns_leave_out_the_middle_and_say_how_much(length):
    rows = [(task, "") for task in range(length)]
    short = shortened(rows)
    assert len(short) == min(length, MOST)
    left_out = sum(-task for task, _ in short if task < 0)
    assert left_out + sum(task >= 0 for task, _ in short) == length
    assert short[:FIRST] == rows[:FIRST]
    assert short[-1:] == rows[-1:]


def test_an_elite_of_the_first_task_has_one_picture_each():
    view = grown()
    drawing = figure(view, view.state.pairs[0])
    assert len(drawing.axes) == 2
    assert "The task and 0 forebears" in [text.get_text() for text in drawing.axes[0].texts]
