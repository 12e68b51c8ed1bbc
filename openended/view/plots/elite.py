"""The lineage of one elite as a strip of pictures, time downwards.

On the left the tasks that its task was made from, on the right those on which its agent was trained, and at the bottom
the agent on its task today.
"""

from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from openended.core.types import Pair
from openended.file.snapshot import Snapshot
from openended.view.episode import episode
from openended.view.lineage import came, forebears, stays
from openended.view.numbers import number

from . import style
from .thumbnail import thumbnail
from .tiles import unit

MOST, FIRST = 9, 3
"""Most pictures of a column, and how many of them are the first ones where some in the middle are left out."""
WIDTH, ROW, IMAGE = 10.4, 0.84, (5.1, 0.56)
"""Inches: the figure's width, the height of a row, the size of a picture."""

ARROW: dict[str, Any] = {"arrowstyle": "-|>", "color": style.QUIET, "mutation_scale": 9, "shrinkA": 1, "shrinkB": 1}
BOLD: dict[str, Any] = {
    "textcoords": "offset points", "fontsize": 9, "fontweight": "bold", "color": style.INK, "in_layout": False,
}  # fmt: skip

Row = tuple[int, str]
"""A task and the title of its picture; or minus the number of tasks left out, and a note."""


def figure(view: Snapshot, pair: Pair) -> Any:
    """The strip as a matplotlib Figure. Runs the elite's episode again if the domain can draw it as a whole."""
    made, been = origins(view, pair), moves(view, pair)
    names = ", ".join(axis.name for axis in view.domain.axes)
    places = style.counts_of(len({task for task, _ in been}), "task")
    columns = {
        f"The task and {style.counts_of(len(made) - 1, 'forebear')}": shortened(made),
        f"The agent: {style.counts_of(len(been) - 1, 'move')}, {places}": shortened(been),
    }
    rows, whole = max(map(len, columns.values())), bool(view.domain.pictures and view.domain.pictures.strip)
    drawing = style.blank(WIDTH, ROW * rows + 0.7 + (1.5 if whole else 0))
    grid = drawing.add_gridspec(rows + whole, 2, height_ratios=[1.0] * rows + [1.7] * whole)
    for across, (title, column) in enumerate(columns.items()):
        panels = [drawing.add_subplot(grid[rows - len(column) + down, across]) for down in range(len(column))]
        for panel, row in zip(panels, column, strict=True):
            scene(panel, view, row, "\n\n" if panel is panels[0] else "")
        panels[0].annotate(title, (0, 1), (0, 16), "axes fraction", **BOLD)
        for above, below in pairwise(panels):
            joined(drawing, above, below)
    if whole:
        walked(drawing.add_subplot(grid[rows, :]), view, pair)
    style.note(drawing, f"of each task: {names}" + ("; heights are drawn up to four times too large" if whole else ""))
    solved = ", solved" if pair.best_fitness >= view.solved else ""
    style.heading(drawing, style.titled(view, f"niche {pair.niche}, fitness {number(pair.best_fitness)}{solved}"))
    return drawing


def origins(view: Snapshot, pair: Pair) -> list[Row]:
    """The tasks that the pair's was made from, with their descriptors, and itself."""
    axes, rows = view.domain.axes, []
    for task in forebears(view, pair.task):
        found = view.tasks[task]
        place = ", ".join(
            f"{value:.3g} {unit(axis)}".rstrip() for axis, value in zip(axes, found.descriptor, strict=True)
        )
        rows.append((task, f"task {task} · generation {found.generation:,} · {place}"))
    return rows


def moves(view: Snapshot, pair: Pair) -> list[Row]:
    """The tasks on which the pair's agent was trained, with how it came there."""
    return [(stay.task, f"task {stay.task} · generation {stay.since:,} · {came(stay)}") for stay in stays(view, pair)]


def shortened(rows: list[Row]) -> list[Row]:
    """At most `MOST` rows; if there are more, the middle is one row that says how many are left out."""
    if len(rows) <= MOST:
        return rows
    left_out = len(rows) - MOST + 1
    return [*rows[:FIRST], (-left_out, ""), *rows[FIRST + left_out :]]


def scene(panel: Any, view: Snapshot, row: Row, room: str) -> None:
    """Draw a task's picture with its title, and `room` above the title."""
    task, said = row
    if task < 0:
        panel.axis("off")
        panel.text(0.04, 0.5, f"{-task:,} more", transform=panel.transAxes, va="center", fontsize=9, color=style.QUIET)
    else:
        picture(panel, thumbnail(view, task, *(round(inches * style.DPI) for inches in IMAGE)))
        panel.set_title(room + said, x=0.03, loc="left", fontsize=8, color=style.INK, pad=3)


def walked(panel: Any, view: Snapshot, pair: Pair) -> None:
    """The agent on its task."""
    shown, pictures = episode(view, pair), view.domain.pictures
    if pictures and pictures.strip:
        size = round(WIDTH * style.DPI), round(1.1 * style.DPI)
        picture(panel, pictures.strip(shown.task, shown.trace, *size))
    end = "finished" if shown.trace.facts.get("finished") else "not finished"
    said = f"The agent on its task today: return {shown.trace.rewards.sum():.1f}, {end}"
    panel.set_title(said, loc="left", fontsize=9, fontweight="bold", color=style.INK, pad=4)


def joined(drawing: Any, above: Any, below: Any) -> None:
    """An arrow from one picture to the next."""
    from matplotlib.patches import ConnectionPatch

    ends = {"coordsA": above.transAxes, "coordsB": below.transAxes}
    drawing.add_artist(ConnectionPatch((0.012, 0), (0.012, 1), **ends, **ARROW))


def picture(panel: Any, image: NDArray[np.uint8]) -> None:
    panel.imshow(image, aspect="auto", interpolation="lanczos")
    panel.set(xticks=[], yticks=[])
    panel.spines[:].set(color=style.FAINT, linewidth=0.5)
