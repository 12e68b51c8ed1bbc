"""The tree of tasks: who was made from whom, and when.

Time runs downwards. Every admitted task has a column, in which it lives from its admission until it retires; what
remains of it then is faded. A horizontal line joins it to its parent. Columns are ordered so that no lines cross: on
either side of a parent its children stand the nearer, the later they were made.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from openended.file.snapshot import Snapshot

from . import style
from .quantities import Colour, difficulty

FEW, MANY = 60, 400
"""At most `FEW` tasks are labelled with their ids; with more than `MANY`, solved tasks are not marked."""
FADED = 0.42
"""How much colour a retired task keeps."""

Place = tuple[float, float]
"""A task's column, and its generation."""


def figure(view: Snapshot) -> Any:
    """The tree as a matplotlib Figure."""
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
    parents, last = forebears(view), max(view.generation, 1)
    column = columns(parents, {task: pair.admitted for task, pair in pairs.items()})
    born: dict[int, Place] = {task: (column[task], pair.admitted) for task, pair in pairs.items()}
    shade, scale = difficulty(view)
    seen = {task: faded(shade[task]) if pair.retired >= 0 else shade[task] for task, pair in pairs.items()}
    branches(panel, view, parents, born, seen)
    marks(panel, view, born, seen)
    panel.set_xlim(-1, len(pairs))
    panel.set_ylim(last * 1.02, -0.05 * last)
    panel.yaxis.get_major_locator().set_params(integer=True)
    style.counted(panel.yaxis)
    legend(panel, view)
    style.colour_bar(drawing, panel, scale.low, scale.high, scale.label, colours=style.difficulties())
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
        f"{style.counts_of(len(view.tasks), 'task')} made, {len(parents):,} admitted{gone}; "
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


def branches(
    panel: Any, view: Snapshot, parents: Mapping[int, int], born: Mapping[int, Place], shade: Mapping[int, Colour]
) -> None:
    """The life of each task, downwards, and the line from its parent; those that have retired lie below the others."""
    from matplotlib.collections import LineCollection

    pairs, last = view.state.pairs, max(view.generation, 1)
    thin = float(np.clip(300 / len(pairs), 0.4, 2.2))
    joints = [[(born[parent][0], born[task][1]), born[task]] for task, parent in parents.items() if parent >= 0]
    panel.add_collection(LineCollection(joints, colors=style.FAINT, lw=min(1.0, thin), zorder=1))
    order = sorted(pairs, key=lambda task: pairs[task].retired < 0)
    ends = [pairs[task].retired if pairs[task].retired >= 0 else last for task in order]
    lives = [[born[task], (born[task][0], end)] for task, end in zip(order, ends, strict=True)]
    panel.add_collection(LineCollection(lives, colors=[shade[task] for task in order], lw=thin, zorder=2))


def marks(panel: Any, view: Snapshot, born: Mapping[int, Place], shade: Mapping[int, Colour]) -> None:
    """A dot where each task was admitted, with a white one in it if it has been solved; few are named by their ids."""
    size, few = float(np.clip(2400 / len(born), 2, 38)), len(born) <= FEW
    edge = {"edgecolors": style.MARK, "lw": 0.4} if len(born) <= MANY else {"lw": 0}
    panel.scatter(*zip(*born.values(), strict=True), s=size, c=[shade[task] for task in born], zorder=3, **edge)
    solved = [born[task] for task in born if view.state.pairs[task].best_fitness >= view.solved]
    if solved and len(born) <= MANY:
        places = zip(*solved, strict=True)
        panel.scatter(*places, s=size * 0.28, c=style.MARK, edgecolors=style.INK, lw=0.5, zorder=4)
    for task, place in born.items() if few else ():
        panel.annotate(
            str(task), place, (0, 5), textcoords="offset points", ha="center", va="bottom", fontsize=7.5,
            color=style.QUIET, bbox={"boxstyle": "square,pad=0.02", "fc": "white", "ec": "none"}, zorder=1.5,
        )  # fmt: skip


def faded(colour: Colour) -> Colour:
    """Nearer to white."""
    red, green, blue = (1 - FADED * (1 - part) for part in colour[:3])
    return red, green, blue, 1.0


def legend(panel: Any, view: Snapshot) -> None:
    """What dots and lines mean."""
    from matplotlib.lines import Line2D

    pairs = view.state.pairs
    handles = [style.solved(view)] if len(pairs) <= MANY else []
    handles.append(Line2D([], [], color=style.FAINT, lw=1, label="made from"))
    if any(pair.retired >= 0 for pair in pairs.values()):
        handles.append(Line2D([], [], color=faded((0.2, 0.2, 0.2, 1.0)), lw=2, label="retired (faded)"))
    style.above(panel, handles)
