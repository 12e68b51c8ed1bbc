"""What the agents of several recipes solve, course by course, over environment steps, beside what others reached."""

from collections.abc import Sequence
from math import ceil
from typing import Any

import numpy as np

from openended.core.measures.statistics import ribbon
from openended.file.errors import Usage
from openended.view.evaluations import KEY, Arm
from openended.view.numbers import count
from openended.view.published import Published

from .style import INK, KINDS, QUIET, blank, counted, counts_of, note, quiet

COLUMNS = 3
SCALES = (0.1, 0.25, 0.5, 1.0)
"""Where the scale of a panel may end."""
DASHES = ("--", ":", "-.", (0, (6, 2, 1, 2, 1, 2)))
"""Of published rows, in their order."""


def figure(arms: Sequence[Arm], published: Sequence[Published] = ()) -> Any:
    """A Figure with a panel for each course: the interquartile mean of each arm's runs with its interval, the runs as
    thin lines, and published solved rates as broken ones. Raises Usage for more arms than there are colours.
    """
    if len(arms) > len(KINDS):
        raise Usage(f"there are {len(arms)} recipes, but colours for {len(KINDS)}; draw fewer at once.")
    courses = list(dict.fromkeys(name for arm in arms for name in arm.plain))
    if not courses:
        raise Usage("these evaluations have no suite to draw; evaluate the runs on one, too.")
    shown = [row for row in published if row.solved and row.concerns(courses)][: len(DASHES)]
    rows, columns = ceil(len(courses) / COLUMNS), min(COLUMNS, len(courses))
    drawing = blank(3.4 * columns + 0.4, 2.1 * rows + 1.2)
    panels = drawing.subplots(rows, columns, squeeze=False, sharex=True).ravel().tolist()
    for panel, course in zip(panels, courses, strict=False):
        tops = [course_of(panel, arm, course, colour) for arm, colour in zip(arms, KINDS, strict=False)]
        for row, dashes in zip(shown, DASHES, strict=False):
            if course in row.solved:
                panel.axhline(row.solved[course], color=QUIET, lw=1, ls=dashes)
                tops.append(row.solved[course])
        finished(panel, course, max(tops))
    for panel in panels[len(courses) :]:
        panel.set_visible(False)
    drawing.supylabel("solved", fontsize=9.5, color=INK)
    note(drawing, "over environment steps; lines: interquartile means, bands: 95 % intervals, thin lines: runs")
    legend(drawing, arms, shown)
    return drawing


def course_of(panel: Any, arm: Arm, course: str, colour: str) -> float:
    """Draw what the runs of an arm solve of a course, and give the highest of it."""
    curves = []
    for run in arm.runs:
        judged = [agent for agent in run.agents if course in agent.solved]
        curves.append(
            (np.array([float(each.steps) for each in judged]), np.array([each.solved[course] for each in judged]))
        )
    curves = [(steps, rates) for steps, rates in curves if len(steps)]
    alone = len(curves) == 1
    for steps, rates in curves:
        panel.plot(steps, rates, color=colour, lw=1.7 if alone else 0.5, alpha=1.0 if alone else 0.5, marker=".", ms=3)
    if len(curves) > 1:
        first, last = max(steps[0] for steps, _ in curves), min(steps[-1] for steps, _ in curves)
        places = np.unique(np.clip(np.concatenate([steps for steps, _ in curves]), first, last))
        middle, low, high = ribbon(np.stack([np.interp(places, *curve) for curve in curves]), KEY)
        panel.fill_between(places, low, high, color=colour, alpha=0.18, lw=0)
        panel.plot(places, middle, color=colour, lw=1.7)
    return max((float(rates.max()) for _, rates in curves), default=0.0)


def finished(panel: Any, course: str, top: float) -> None:
    """Title, ticks, grid; the scale ends at a round share above all that is shown."""
    high = next(end for end in SCALES if end >= top)
    panel.set_title(course, fontsize=9.5, color=INK, loc="left")
    panel.set_xlim(left=0)
    panel.set_ylim(-0.03 * high, 1.03 * high)
    panel.yaxis.set_major_formatter(lambda value, _: f"{100 * value:.3g} %")
    counted(panel.xaxis)
    quiet(panel, ("top", "right"))
    panel.grid(axis="y", lw=0.4, alpha=0.5)


def legend(drawing: Any, arms: Sequence[Arm], published: Sequence[Published]) -> None:
    """Names of the arms with their runs, and of published rows with their steps."""
    from matplotlib.lines import Line2D

    names = [f"{arm.name} ({counts_of(len(arm.runs), 'run')})" for arm in arms]
    names += [f"{row.name} ({count(row.steps)} steps)" if row.steps else row.name for row in published]
    handles = [Line2D([], [], color=colour, lw=2, label="arm") for colour, _ in zip(KINDS, arms, strict=False)]
    handles += [
        Line2D([], [], color=QUIET, lw=1, ls=dashes, label="published")
        for dashes, _ in zip(DASHES, published, strict=False)
    ]
    found = drawing.legend(
        handles=handles, loc="outside upper left", ncols=3, frameon=False, fontsize=9, labelcolor=INK
    )
    for text, name in zip(found.get_texts(), names, strict=True):
        text.set(parse_math=False, text=name)
