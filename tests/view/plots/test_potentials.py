"""The picture of potentials shows the rank correlations of what visits told."""

import numpy as np
import pytest

from openended.core.measures.improvement import followed
from openended.core.measures.potentials import Potentials
from openended.view.plots.potentials import PANELS, estimate, figure, ordered, parts
from tests.support.grown import recorded


def told(tasks=30, visits=40):
    """Visits in which `telling` foresees every change, `reversed` its opposite, `noise` nothing; `none` is unknown."""
    random, found = np.random.default_rng(6), []
    for task in range(tasks):
        moves = random.normal(size=visits + 1)
        means = np.cumsum(moves)
        for visit in range(visits):
            after = moves[visit + 1]
            names = {"telling": after, "reversed": -after, "noise": random.normal(), "none": np.nan}
            found.append(Potentials(visit * tasks + task, task, True, means[visit], 0.5, names))
    return sorted(found, key=lambda each: each.generation)


def test_each_potential_has_a_row_and_each_part_of_the_run_a_mark():
    drawing = figure([recorded("toy", 1)], [told()])
    first, second = drawing.axes
    assert [label.get_text() for label in first.get_yticklabels()][-1] != "none"
    names = [label.get_text() for label in first.get_yticklabels()]
    assert set(names) == {"telling", "reversed", "noise"}
    marks = {name: [] for name in names}
    for line in first.lines:
        if line.get_marker() == "o":
            marks[names[round(line.get_ydata()[0])]].append(line.get_xdata()[0])
    assert all(len(values) == 4 for values in marks.values())
    assert min(marks["telling"]) == pytest.approx(1.0)
    assert max(marks["reversed"]) == pytest.approx(-1.0)
    assert max(map(abs, marks["noise"])) < 0.3
    later = [abs(line.get_xdata()[0]) for line in second.lines if line.get_marker() == "o"]
    assert max(later) < 0.3, "moves are independent, so nothing foretells the one after"
    assert [title.get_title(loc="left") for title in drawing.axes] == [title for _, title in PANELS]
    assert "without numbers: none" in drawing.get_supxlabel()


def test_the_kind_that_decided_is_bold():
    run = recorded("toy", 1)
    run.config["potential"] = {"kind": "noise"}
    labels = figure([run], [told()]).axes[0].get_yticklabels()
    assert {label.get_text(): label.get_fontweight() for label in labels}["noise"] == "bold"
    assert sum(label.get_fontweight() == "bold" for label in labels) == 1


def test_names_are_in_the_order_of_what_they_tell_and_the_unknown_apart():
    visits = followed([told()])
    names, missing = ordered(visits)
    values = [estimate(visits, name, "after", np.full(len(visits.next), True)).value for name in names]
    assert values == sorted(values, reverse=True)
    assert missing == ["none"]


def test_visits_of_several_runs_are_taken_together():
    drawing = figure([recorded("toy", 1), recorded("toy", 2)], [told(), told()])
    assert drawing.get_suptitle() == "2 runs: potentials after 2,340 visits"


def test_without_a_task_that_was_visited_again_the_picture_says_so():
    drawing = figure([recorded("toy", 1)], [[]])
    assert [text.get_text() for text in drawing.axes[0].texts] == ["no task was trained on and then visited again"]


def test_parts_are_of_equal_length_and_not_too_many():
    assert parts(np.arange(1000)) == [0, 250, 500, 750, 1000]
    assert parts(np.arange(10, 310)) == [10, 310]
    assert parts(np.repeat(7, 900)) == [7, 8]
