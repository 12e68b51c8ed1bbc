"""Where a run's agent grew and what it forgot: every two of its snapshots, and what each solves."""

from typing import Any

import numpy as np

from openended.view.numbers import count

from .style import AMOUNTS, INK, MARK, QUIET, blank, heading, note, quiet

GROWN, LOST = "Blues", "Oranges"
LEAST = 0.05
"""Share of its tasks that a course must lose against an earlier snapshot to be marked."""


def figure(report: dict[str, Any]) -> Any:
    """A Figure of a report of `openended generality`.

    Left: above the diagonal the share of tasks that the later snapshot solves and the earlier one does not, below it
    the share lost; a frame where the later one is more general. Right: what each snapshot solves of each course; a
    cross where an earlier snapshot had solved more.
    """
    snapshots = report["snapshots"]
    names = [count(each["env_steps"]) for each in snapshots]
    courses = list(report["tasks"])
    size = len(snapshots)
    drawing = blank(5.2 + 0.42 * size + 2.6, max(3.6, 0.36 * max(size, len(courses)) + 1.6))
    left, right = drawing.subplots(1, 2, width_ratios=(1, 1.25))
    pairwise(left, report, names)
    solved(right, [[each["solved"][course] for each in snapshots] for course in courses], courses, names)
    null = report["null"]
    heading(
        drawing,
        f"{report['recipe']} (seed {report['seed']}): longest chain of ever more general snapshots "
        f"{len(report['chain'])} of {size}; if chance losses are forgiven {len(report['beyond_chance'])}",
    )
    note(
        drawing,
        f"{sum(report['tasks'].values()):,} tasks; framed: the later one is more general; x: an earlier snapshot "
        f"solved {LEAST:.0%} more of the course\nthe same agent against itself: up to {null['improved']:.1%} gained, "
        f"{null['regressed']:.1%} lost; chains of {null['chain']} and {null['beyond_chance']}",
    )
    return drawing


def pairwise(panel: Any, report: dict[str, Any], names: list[str]) -> None:
    """Every two snapshots: gained above the diagonal, lost below it, in per cent of the tasks."""
    from matplotlib import colormaps

    place = {each["generation"]: number for number, each in enumerate(report["snapshots"])}
    top = max([0.01, *(max(pair["improved"], pair["regressed"]) for pair in report["pairs"])])
    colours = np.ones((len(names), len(names), 4))
    for pair in report["pairs"]:
        earlier, later = place[pair["earlier"]], place[pair["later"]]
        for row, column, value, shades in (
            (earlier, later, pair["improved"], GROWN),
            (later, earlier, pair["regressed"], LOST),
        ):
            colours[row, column] = colormaps[shades](0.08 + 0.8 * value / top)
            dark = value > 0.6 * top
            panel.text(
                column, row, f"{100 * value:.1f}" if value < 0.1 else f"{100 * value:.0f}",
                ha="center", va="center", fontsize=7.5, color=MARK if dark else INK,
            )  # fmt: skip
        if pair["dominates"]:
            panel.add_patch(rectangle(later, earlier))
    panel.imshow(colours)
    axis(panel, names)
    panel.set_yticks(range(len(names)), names)
    panel.set_ylabel("environment steps", fontsize=8.5, color=QUIET)
    panel.set_title("% of tasks gained (blue) and lost (orange)", fontsize=9.5, color=INK, loc="left")


def rectangle(x: float, y: float) -> Any:
    from matplotlib.patches import Rectangle

    return Rectangle((x - 0.46, y - 0.46), 0.92, 0.92, fill=False, ec=INK, lw=1.2)


def solved(panel: Any, rates: list[list[float]], courses: list[str], names: list[str]) -> None:
    """What each snapshot solves of each course; a cross where less than an earlier one."""
    table = np.array(rates)
    panel.imshow(table, vmin=0, vmax=1, cmap=AMOUNTS, aspect="auto")
    for row, column in np.ndindex(*table.shape):
        lost = table[row, :column].max(initial=0.0) - table[row, column]
        text = f"{100 * table[row, column]:.0f}" + (" x" if lost >= LEAST else "")
        colour = INK if table[row, column] > 0.6 else MARK
        panel.text(column, row, text, ha="center", va="center", fontsize=7.5, color=colour)
    axis(panel, names)
    panel.set_yticks(range(len(courses)), courses)
    panel.set_title("% solved of each course", fontsize=9.5, color=INK, loc="left")


def axis(panel: Any, names: list[str]) -> None:
    panel.set_xticks(range(len(names)), names, rotation=45, ha="right")
    panel.set_xlabel("environment steps", fontsize=8.5, color=QUIET)
    quiet(panel)
    panel.tick_params(length=0)
