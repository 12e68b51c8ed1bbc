from dataclasses import replace

import numpy as np
import pytest

from openended.file.errors import Usage
from openended.file.snapshot import Record, record
from openended.view.plots.progress import (
    PANELS,
    commit_share,
    figure,
    grouped,
    steps_per_second,
    summary,
    windowed,
)  # fmt: skip
from tests.support.grown import grown, history, recorded

TITLES = [panel.title for panel in PANELS]


def panel(drawing, word):
    return next(each for each in drawing.axes if word in each.get_title(loc="left"))


def test_there_is_a_panel_for_everything_that_progress_means():
    titles = [each.get_title(loc="left") for each in figure([grown()]).axes]
    for word in ("coverage", "QD score", "ANNECS", "best", "hardest", "transfers", "steps per second", "commits"):
        assert any(word in title for title in titles)


def test_speed_and_commit_share_are_quotients_of_sums():
    run = recorded("toy", 1)
    assert steps_per_second(run) == pytest.approx(np.full(10, 1000.0))
    assert commit_share(run) == pytest.approx(np.full(10, 0.25))
    assert windowed(np.array([1.0, 0, 0, 0, 0, 9]), np.array([0.0, 1, 1, 1, 1, 1])).tolist() == pytest.approx(
        [np.nan, 1, 1 / 2, 1 / 3, 1 / 4, 9 / 5], nan_ok=True
    )


@pytest.mark.parametrize(("over", "last"), [("generations", 9), ("steps", 40_000)])
def test_the_curves_are_the_metrics_over_generations_or_steps(over, last):
    (line,) = panel(figure([grown()], over), "QD score").lines
    assert line.get_xdata()[-1] == last
    assert line.get_ydata().tolist() == [100.0 * generation for generation in range(10)]


def test_what_is_not_measured_is_said_and_none_is_a_gap():
    drawing = figure([grown()])
    assert [text.get_text() for text in panel(drawing, "hardest").texts] == ["not measured"]
    (line,) = panel(drawing, "best").lines
    assert np.isnan(line.get_ydata()[0])
    assert line.get_ydata()[-1] == 180


def test_of_several_runs_the_mean_is_drawn_as_far_as_the_shortest_goes():
    runs = [recorded("toy", 1), recorded("toy", 2, generations=6)]
    runs[1] = replace(runs[1], history=[row | {"qd_score": 300.0} for row in runs[1].history])
    drawn = panel(figure(runs), "QD score")
    mean = drawn.lines[-1]
    assert mean.get_xdata()[-1] == 5
    assert mean.get_ydata()[-1] == pytest.approx((500 + 300) / 2)
    (band,) = drawn.collections
    low, high = band.get_paths()[0].vertices[:, 1].min(), band.get_paths()[0].vertices[:, 1].max()
    assert (low, high) == (0, 500)


def test_runs_that_differ_in_their_seeds_alone_are_one_group():
    groups = grouped([recorded("toy", 1), recorded("toy", 2), recorded("other", 1)])
    assert {name: len(group) for name, group in groups.items()} == {"toy": 2, "other": 1}


def test_groups_of_one_recipe_are_told_apart_by_the_settings_that_differ():
    groups = grouped([recorded("toy", 1), recorded("toy", 2, sigma=0.3), recorded("other", 1, sigma=0.3)])
    assert list(groups) == ["toy, learner.sigma 0.1", "toy, learner.sigma 0.3", "other"]
    assert list(grouped([recorded("toy", 1), recorded("toy", 1, batch=2)])) == ["toy", "toy, learner.batch 2"]


def test_the_legend_names_the_groups():
    runs = [recorded("toy", 1), recorded("toy", 2), recorded("other", 1)]
    (legend,) = figure(runs).legends
    assert [text.get_text() for text in legend.get_texts()] == ["toy (2 runs)", "other (1 run)"]


@pytest.mark.parametrize("generations", [0, 1])
def test_runs_of_no_and_of_one_generation_are_drawn(generations):
    run = Record("toy", recorded("toy", 1).config, history(generations))
    for runs in ([run], [run, run], [run, recorded("toy", 3)]):
        assert len(figure(runs).axes) == len(TITLES)
    assert summary(run) == ("4.00k environment steps in 4s" if generations else "0 environment steps in 0s")


def test_levels_have_panels_of_their_own_and_are_held_until_they_are_measured_again():
    run = recorded("toy", 1)
    rows = [
        row | ({"level_pit": 0.5 + number, "solved_pit": 0.25} if number in (3, 6) else {})
        for number, row in enumerate(run.history)
    ]
    drawing = figure([replace(run, history=rows), recorded("toy", 2)])
    assert len(drawing.axes) == len(TITLES) + 2
    line = panel(drawing, "level of pit").lines[0]
    assert line.get_ydata().tolist() == pytest.approx([np.nan] * 3 + [3.5] * 3 + [6.5] * 4, nan_ok=True)
    assert panel(drawing, "solved at that level").lines[0].get_ydata()[-1] == 0.25
    assert {each.get_xlim() for each in drawing.axes} == {drawing.axes[0].get_xlim()}


def test_a_record_is_read_without_the_simulator(unstarted):
    assert record(unstarted).history == []
    assert record(unstarted).metrics == {}


def test_what_cannot_be_drawn_is_refused():
    with pytest.raises(Usage, match=r"'days'; choose one of: generations, steps\.$"):
        figure([grown()], "days")
    with pytest.raises(Usage, match="9 recipes"):
        figure([recorded(f"toy{number}", 1) for number in range(9)])
    with pytest.raises(Usage, match="0 recipes"):
        figure([])
