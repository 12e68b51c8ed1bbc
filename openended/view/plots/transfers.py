"""Who helped whom: the graph of accepted transfers between tasks, and how many there were when.

Tasks stand in the order of their admission. An arc joins the task that an agent came from to the one that it took over:
above the line to a younger task, below it back to an older one; the more often, the thicker.
"""

from collections import Counter
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from openended.core.types import Transfer
from openended.file.snapshot import Snapshot

from . import style
from .quantities import Colour, difficulty

FEW, MANY = 60, 400
"""At most `FEW` tasks are labelled with their ids; with more than `MANY`, solved tasks are not marked."""
ROOM = 90
"""Digits for which there is room side by side."""
BINS = 40
FORTH, BACK = style.KINDS[0], style.KINDS[4]
WAYS = {"direct": style.KINDS[5], "proposal": style.KINDS[1]}


def figure(view: Snapshot) -> Any:
    """The graph and the counts as a matplotlib Figure."""
    drawing = style.blank(10.4, 6.4)
    graph, counts = drawing.subplots(2, 1, height_ratios=(3.6, 1))
    accepted = [transfer for transfer in view.transfers if transfer.accepted]
    style.heading(drawing, style.titled(view, summary(view)))
    style.quiet(graph, ("left", "right", "top", "bottom"))
    graph.set(xticks=[], yticks=[])
    order = {task: place for place, task in enumerate(sorted(view.state.pairs))}
    if order:
        arcs(graph, Counter((transfer.source, transfer.target) for transfer in accepted), order)
        shade, scale = difficulty(view)
        nodes(graph, view, order, shade)
        label = "difficulty (in ranges of the axes)"
        style.colour_bar(drawing, graph, scale.low, scale.high, label, colours=style.difficulties())
        graph.set_title("above: to a younger task; below: back to an older one", **style.SMALL)
    if not accepted:
        style.apology(graph, "no transfers accepted yet" if order else "no tasks yet")
    histogram(counts, view, accepted)
    return drawing


def summary(view: Snapshot) -> str:
    """How many were tried, how many accepted, and how many of those went back."""
    accepted = [transfer for transfer in view.transfers if transfer.accepted]
    text = f"{len(accepted):,} of {style.counts_of(len(view.transfers), 'transfer')} accepted"
    back = sum(transfer.target < transfer.source for transfer in accepted)
    return f"{text}, {back:,} of them back to an older task" if accepted else text


def arcs(panel: Any, routes: Mapping[tuple[int, int], int], order: Mapping[int, int]) -> None:
    """The arcs, half ellipses; flat ones where they are many, so that long ones do not tower over everything."""
    from matplotlib.collections import LineCollection

    angle = np.linspace(0, np.pi, 40)
    lines, colours, widths = [], [], []
    for (source, target), times in sorted(routes.items(), key=lambda item: item[1]):
        if source not in order or target not in order:
            continue
        start, end = order[source], order[target]
        height = abs(end - start) ** 0.75 * (1 if end > start else -1)
        lines.append(np.stack(((start + end) / 2 - (end - start) / 2 * np.cos(angle), height * np.sin(angle)), axis=1))
        colours.append(FORTH if end > start else BACK)
        widths.append(times)
    thickness = np.sqrt(np.array(widths, np.float64)) * float(np.clip(12 / max(len(lines), 1) ** 0.5, 0.25, 1.6))
    alpha = float(np.clip(6 / max(len(lines), 1) ** 0.5, 0.08, 0.75))
    panel.add_collection(LineCollection(lines, colors=colours, lw=thickness, alpha=alpha, zorder=1, capstyle="round"))
    top = max([1.0, *(float(line[:, 1].max()) for line in lines)])
    bottom = min([0.0, *(float(line[:, 1].min()) for line in lines)])
    panel.set_xlim(-0.02 * len(order) - 0.5, 1.02 * len(order) - 0.5)
    panel.set_ylim(min(1.05 * bottom, -0.12 * top), 1.05 * top)


def nodes(panel: Any, view: Snapshot, order: Mapping[int, int], shade: Mapping[int, Colour]) -> None:
    """The tasks on their line, with a dot where they are solved."""
    pairs = view.state.pairs
    size = float(np.clip(4000 / len(order), 4, 70))
    x = np.array(list(order.values()), np.float64)
    solved = np.array([pairs[task].best_fitness >= view.solved for task in order], bool)
    zero = np.zeros_like(x)
    edge = {"edgecolors": style.MARK, "lw": 0.5} if len(order) <= MANY else {"lw": 0}
    panel.scatter(x, zero, s=size, c=[shade[task] for task in order], zorder=3, **edge)
    if len(order) <= MANY:
        panel.scatter(x[solved], zero[solved], s=0.2 * size, c=style.MARK, edgecolors=style.INK, lw=0.5, zorder=4)
        style.above(panel, [style.solved(view)])
    back = {"boxstyle": "square,pad=0.05", "fc": "white", "ec": "none", "alpha": 0.8}
    upright = sum(len(str(task)) for task in order) > ROOM
    for task, place in order.items() if len(order) <= FEW else ():
        panel.annotate(
            str(task), (place, 0), (0, -6), textcoords="offset points", ha="center", va="top", fontsize=7.5,
            color=style.QUIET, bbox=back, zorder=2, rotation=90 if upright else 0,
        )  # fmt: skip


def histogram(panel: Any, view: Snapshot, accepted: list[Transfer]) -> None:
    """Accepted transfers over the generations, by their kind."""
    style.quiet(panel, ("top", "right"))
    last = max(view.generation, 0) + 1
    edges = np.linspace(0, last, min(BINS, last) + 1)
    bottom: NDArray[np.float64] = np.zeros(len(edges) - 1)
    for kind, colour in WAYS.items():
        number, _ = np.histogram([each.generation for each in accepted if each.kind == kind], edges)
        label = f"{kind}: {number.sum():,} of {sum(each.kind == kind for each in view.transfers):,}"
        panel.bar(
            edges[:-1], number, np.diff(edges), bottom, align="edge", color=colour, ec=style.MARK, lw=0.5, label=label
        )
        bottom += number
    panel.set(xlim=(0, last), ylim=(0, max(1.0, 1.1 * float(bottom.max()))))
    panel.set_xlabel("generation", color=style.INK, fontsize=9)
    panel.set_ylabel("accepted", color=style.INK, fontsize=9)
    panel.yaxis.get_major_locator().set_params(integer=True, nbins=4)
    style.counted(panel.xaxis)
    panel.legend(frameon=False, fontsize=8.5, labelcolor=style.QUIET, ncols=2, loc="lower right", bbox_to_anchor=(1, 1))
