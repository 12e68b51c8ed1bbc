"""The tree of tasks: who was made from whom, and when.

Time runs downwards. Every admitted task has a column, in which it lives from its admission until it retires; what
remains of it then is faded. A horizontal line joins it to its parent. Columns are ordered so that no lines cross: on
either side of a parent its children stand the nearer, the later they were made.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from openended.view.snapshot import Snapshot

from . import style
from .quantities import difficulty

FEW = 60
"""Up to so many tasks are named by their ids."""
FADED = 0.25


def figure(view: Snapshot) -> Any:
    """The tree as a matplotlib Figure."""
    from matplotlib.collections import LineCollection

    pairs = view.state.pairs
    drawing = style.blank(10.4, 6.2)
    panel = drawing.subplots()
    style.quiet(panel, ("top", "right", "bottom"))
    panel.set_ylabel("generation", color=style.INK)
    panel.set_xticks([])
    style.heading(drawing, style.titled(view, summary(view)))
    if not pairs:
        panel.set_yticks([])
        style.apology(panel, "no tasks yet")
        return drawing
    parents = forebears(view)
    column = columns(parents, {task: pair.admitted for task, pair in pairs.items()})
    shade, scale = difficulty(view)
    last = max(view.generation, 1)
    thin = float(np.clip(160 / len(pairs), 0.4, 2.2))

    def add(lines: list[Any], colours: Any, **look: Any) -> None:
        panel.add_collection(LineCollection(lines, colors=colours, **look))

    births = [
        [(column[parent], pairs[task].admitted), (column[task], pairs[task].admitted)]
        for task, parent in parents.items()
        if parent >= 0
    ]
    add(births, style.FAINT if len(pairs) <= 1000 else "#e6e4de", lw=min(1.0, thin), zorder=1)
    for gone in (True, False):
        chosen = [task for task, pair in pairs.items() if (pair.retired >= 0) == gone]
        lives = [
            [(column[task], pairs[task].admitted), (column[task], pairs[task].retired if gone else last)]
            for task in chosen
        ]
        faded = [(*shade[task][:3], FADED if gone else 1.0) for task in chosen]
        add(lives, faded, lw=thin, zorder=2)
        marks(panel, view, chosen, column, shade, gone)
    if len(pairs) <= FEW:
        for task, pair in pairs.items():
            panel.annotate(
                str(task), (column[task], pair.admitted), (0, 5), textcoords="offset points", ha="center", va="bottom",
                fontsize=7.5, color=style.QUIET,
            )  # fmt: skip
    panel.set_xlim(-1, len(pairs))
    panel.set_ylim(last * 1.02, -0.05 * last)
    style.counted(panel.yaxis)
    legend(panel, view)
    style.colour_bar(drawing, panel, scale.low, scale.high, scale.label)
    return drawing


def summary(view: Snapshot) -> str:
    """How many tasks were made and kept, and how long the longest line of descent is."""
    parents = forebears(view)
    depth: dict[int, int] = {}
    for task in sorted(parents):
        depth[task] = depth.get(parents[task], -1) + 1
    retired = sum(pair.retired >= 0 for pair in view.state.pairs.values())
    gone = f", {retired:,} of them retired" if retired else ""
    return (
        f"{style.counts_of(len(view.state.tasks), 'task')} made, {len(parents):,} admitted{gone}; "
        f"the longest line has {style.counts_of(max(depth.values(), default=-1) + 1, 'member')}"
    )


def forebears(view: Snapshot) -> dict[int, int]:
    """By admitted task the task that it was made from, -1 if there is none."""
    tasks, pairs = view.state.tasks, view.state.pairs
    return {task: tasks[task].parent if tasks[task].parent in pairs else -1 for task in sorted(pairs)}


def columns(parents: Mapping[int, int], born: Mapping[int, int]) -> dict[int, int]:
    """The column of each task, so that no lines cross.

    The children of a task go to its left and right in turn, from the first born, farthest away, to the last.
    """
    children: dict[int, list[int]] = {}
    for task, parent in sorted(parents.items(), key=lambda item: (born[item[0]], item[0])):
        children.setdefault(parent, []).append(task)
    order: list[int] = []
    waiting: list[tuple[int, bool]] = [(task, False) for task in reversed(children.get(-1, []))]
    while waiting:
        task, placed = waiting.pop()
        if placed:
            order.append(task)
            continue
        mine = children.get(task, [])
        left, right = mine[0::2], mine[1::2]
        later = [*((child, False) for child in left), (task, True), *((child, False) for child in reversed(right))]
        waiting += reversed(later)
    return {task: place for place, task in enumerate(order)}


def marks(
    panel: Any, view: Snapshot, tasks: list[int], column: Mapping[int, int], shade: Mapping[int, Any], gone: bool
) -> None:
    """A dot where each task was admitted: filled with ink in the middle where it has been solved."""
    pairs = view.state.pairs
    size = float(np.clip(1600 / max(len(pairs), 1), 3, 38))
    places = np.array([(column[task], pairs[task].admitted) for task in tasks], np.float64).reshape(-1, 2)
    solved = np.array([pairs[task].best_fitness >= view.solved for task in tasks], bool)
    faint = FADED + 0.2 if gone else 1.0
    colours = [shade[task] for task in tasks]
    panel.scatter(*places.T, s=size, c=colours, edgecolors=style.MARK, lw=0.4, alpha=faint, zorder=3)
    panel.scatter(*places[solved].T, s=size * 0.28, c=style.MARK, edgecolors=style.INK, lw=0.5, alpha=faint, zorder=4)


def legend(panel: Any, view: Snapshot) -> None:
    """What dots and lines mean."""
    from matplotlib.lines import Line2D

    handles = [style.solved(view), Line2D([], [], color=style.FAINT, lw=1, label="made from")]
    if any(pair.retired >= 0 for pair in view.state.pairs.values()):
        handles.append(Line2D([], [], color=style.INK, lw=2, alpha=FADED, label="retired"))
    style.above(panel, handles)
