from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from openended.file.snapshot import snapshot
from openended.view.plots.lineage import columns, faded, figure, summary
from tests.support.grown import ADMITTED, PARENT, grown


@st.composite
def trees(draw):
    """Parents and generations of birth; children are never older than their parents."""
    size = draw(st.integers(1, 40))
    parents = {0: -1} | {task: draw(st.integers(0, task - 1)) for task in range(1, size)}
    waits = draw(st.lists(st.integers(1, 3), min_size=size, max_size=size))
    born: dict[int, int] = {}
    for task, parent in parents.items():
        born[task] = 0 if parent < 0 else born[parent] + waits[task]
    return parents, born


@given(trees())
def test_every_task_has_a_column_and_no_line_to_a_parent_crosses_the_life_of_another_task(tree):
    parents, born = tree
    column = columns(parents, born)
    assert sorted(column.values()) == list(range(len(parents)))
    for task, parent in parents.items():
        if parent < 0:
            continue
        left, right = sorted((column[task], column[parent]))
        between = [other for other in parents if left < column[other] < right]
        assert all(born[other] >= born[task] for other in between)


def test_a_line_of_five_thousand_descendants_has_columns():
    assert len(columns({task: task - 1 for task in range(5000)}, {task: task for task in range(5000)})) == 5000


def test_lives_run_downwards_from_admission_to_retirement_or_to_now():
    drawing = figure(grown(retired=(1,)))
    panel = drawing.axes[0]
    low, high = panel.get_ylim()
    assert low > high
    _, lives = (lines.get_segments() for lines in panel.collections[:2])
    spans = sorted((line[0][1], line[1][1]) for line in lives)
    assert spans == [(0, 9), (2, 9), (2, 9), (4, 9), (6, 9), (9, 9)]
    joints = panel.collections[0].get_segments()
    assert sorted(line[0][1] for line in joints) == [ADMITTED[task] for task in PARENT if task]
    assert all(line[0][1] == line[1][1] for line in joints)


def test_retired_tasks_are_nearer_to_white_and_harder_ones_have_other_colours():
    usual, gone = (figure(grown(retired=retired)).axes[0].collections[1].get_colors() for retired in ((), (5,)))
    assert len({tuple(colour) for colour in usual}) == 6
    assert np.allclose(gone[0], faded(usual[5]))
    assert all(pale > colour for pale, colour in zip(faded((0.1, 0.2, 0.9, 1.0))[:3], (0.1, 0.2, 0.9), strict=True))


def test_the_summary_counts_tasks_and_the_longest_line():
    assert summary(grown()) == "8 tasks made, 6 admitted; the longest line has 3 members"
    assert "6 admitted, 2 of them retired;" in summary(grown(retired=(0, 1)))


def test_few_tasks_are_named_by_their_ids_and_solved_ones_marked():
    panel = figure(grown()).axes[0]
    assert {text.get_text() for text in panel.texts} == {str(task) for task in PARENT}
    assert len(panel.collections[3].get_offsets()) == 2


def test_a_run_without_tasks_and_one_with_a_single_task_are_drawn(unstarted, made):
    assert [text.get_text() for text in figure(snapshot(unstarted)).axes[0].texts] == ["no tasks yet"]
    assert len(figure(snapshot(made({(0, 0): 280.0}))).axes[0].collections[1].get_segments()) == 1


def test_time_runs_on_from_row_to_row():
    ticks = figure(grown()).axes[0].get_yticks()
    assert all(before < after for before, after in pairwise(ticks))
