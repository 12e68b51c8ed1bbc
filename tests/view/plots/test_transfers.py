from dataclasses import replace

import numpy as np
import pytest

from openended.file.snapshot import snapshot
from openended.view.plots.transfers import BACK, FORTH, figure, summary
from tests.support.grown import TRANSFERS, grown


def arcs(drawing):
    """Arcs by the tasks that they join (which of the two gave is said by their side): height, thickness, colour."""
    lines = drawing.axes[0].collections[0]
    return {
        (round(float(line[0][0])), round(float(line[-1][0]))): (float(line[:, 1].sum()), width, tuple(colour[:3]))
        for line, width, colour in zip(lines.get_segments(), lines.get_linewidths(), lines.get_colors(), strict=True)
    }


def test_accepted_transfers_to_younger_tasks_are_above_and_those_back_below():
    from matplotlib.colors import to_rgb

    drawn = arcs(figure(grown()))
    assert set(drawn) == {(2, 1), (1, 3), (5, 3)}
    assert {route for route, (height, _, _) in drawn.items() if height > 0} == {(1, 3)}
    assert np.allclose(drawn[1, 3][2], to_rgb(FORTH))
    assert np.allclose(drawn[5, 3][2], to_rgb(BACK))


def test_the_more_often_the_thicker():
    drawn = arcs(figure(grown()))
    assert drawn[1, 3][1] == pytest.approx(drawn[5, 3][1] * 2**0.5)


def test_all_transfers_are_counted_by_kind_below():
    panel = figure(grown()).axes[1]
    assert [text.get_text() for text in panel.get_legend().get_texts()] == ["direct: 2 of 3", "proposal: 2 of 2"]
    assert sum(bar.get_height() for bar in panel.patches) == 4


def test_the_summary_says_how_many_went_back():
    assert summary(grown()) == "4 of 5 transfers accepted, 2 of them back to an older task"
    assert summary(replace(grown(), transfers=TRANSFERS[:1])) == "0 of 1 transfer accepted"


def test_without_tasks_or_transfers_the_picture_says_so(unstarted, made):
    for path, words in ((unstarted, "no tasks yet"), (made({(0, 0): 280.0}), "no transfers accepted yet")):
        assert words in [text.get_text() for text in figure(snapshot(path)).axes[0].texts]


def test_a_transfer_from_a_task_that_is_not_there_is_left_out():
    lost = replace(TRANSFERS[1], source=77)
    assert set(arcs(figure(replace(grown(), transfers=(lost, *TRANSFERS))))) == {(2, 1), (1, 3), (5, 3)}
