"""How all plots look: ink, paper, colours; an empty figure, a heading, a note; the bytes of a picture.

Amounts are shown in viridis (perceptually uniform, safe for the colour-blind, in order when printed grey), difficulty
in plasma without its light end, which would be lost in thin lines on white, kinds in the colours of Okabe and Ito
(2008), Color Universal Design.
"""

import io
from typing import Any

import numpy as np

from openended.file.snapshot import Record

ENDINGS = ("png", "svg", "pdf")
INK, QUIET, FAINT, MARK = "#26282c", "#6c6f76", "#d4d2cb", "#ffffff"
EMPTY, HATCH, CROSS = "#f1f0ec", "#d4d2cb", "#8f8c83"
AMOUNTS = "viridis"
DPI = 160
"""Pixels per inch of a png."""
KINDS = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#d55e00", "#56b4e9", "#b8a800", "#4a4a4a")
"""Okabe and Ito's colours, the yellow darkened so that it shows on white."""
SMALL: dict[str, Any] = {"fontsize": 9, "color": QUIET, "loc": "left"}


def blank(width: float, height: float) -> Any:
    """An empty Figure of so many inches with a canvas."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    drawing = Figure(figsize=(width, height), layout="constrained", facecolor="white")
    FigureCanvasAgg(drawing)
    return drawing


def encoded(drawing: Any, ending: str) -> bytes:
    """The figure as png, svg or pdf: the same bytes for the same figure."""
    from matplotlib import rc_context

    undated = {"svg": {"Date": None}, "pdf": {"CreationDate": None}}.get(ending)
    buffer = io.BytesIO()
    with rc_context({"svg.hashsalt": "openended", "pdf.fonttype": 42}):
        drawing.savefig(buffer, format=ending, dpi=DPI, metadata=undated)
    return buffer.getvalue()


def heading(drawing: Any, text: str) -> None:
    """The line at the top, as it is: a recipe may have any name."""
    drawing.suptitle(text, x=0.012, ha="left", color=INK, fontsize=10.5, parse_math=False)


def titled(run: Record, what: str) -> str:
    """A heading that begins with which run it is and how far."""
    generation = max(int(run.metrics.get("generation", 0)), 0)
    return f"{run.recipe} (seed {run.config['seed']}), generation {generation:,}: {what}"


def note(drawing: Any, text: str) -> None:
    """A remark at the bottom."""
    drawing.supxlabel(text, fontsize=8, color=QUIET, x=0.012, ha="left")


def apology(panel: Any, text: str) -> None:
    """Write why there is nothing to show."""
    panel.text(0.5, 0.5, text, transform=panel.transAxes, ha="center", va="center", color=INK, fontsize=13)


def quiet(panel: Any, open_sides: tuple[str, ...] = ()) -> None:
    """Thin grey spines and small ticks; no spine on the `open_sides`."""
    panel.tick_params(colors=QUIET, labelsize=8.5, length=3)
    panel.spines[:].set_color(QUIET)
    panel.spines[:].set_linewidth(0.7)
    for side in open_sides:
        panel.spines[side].set_visible(False)


def counted(axis: Any) -> None:
    """Ticks of large numbers, such as `12.5M`."""
    axis.set_major_formatter(lambda value, _: short(value))


def short(value: float) -> str:
    """A number by at most three digits, without zeros at the end, such as `0.25`, `150`, `20k`, `12.5M`."""
    for size, letter in ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k")):
        if abs(value) >= size:
            return f"{value / size:.3g}{letter}"
    return f"{value:.3g}"


def difficulties() -> Any:
    """The colours of difficulty."""
    from matplotlib import colormaps
    from matplotlib.colors import ListedColormap

    return ListedColormap(colormaps["plasma"](np.linspace(0, 0.86, 256)))


def colour_bar(
    drawing: Any, panel: Any, low: float, high: float, label: str, line: float | None = None, colours: Any = AMOUNTS
) -> Any:
    """A colour scale beside the panel, with a line at `line`."""
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import Normalize

    bar = drawing.colorbar(ScalarMappable(Normalize(low, high), colours), ax=panel, fraction=0.05, pad=0.02)
    bar.set_label(label, color=INK)
    if line is not None:
        bar.ax.axhline(line, color=INK, lw=1)
    bar.ax.tick_params(colors=QUIET, labelsize=8.5, length=3)
    bar.outline.set_visible(False)
    return bar


def counts_of(number: int, one: str, many: str = "") -> str:
    """Such as `1 elite`, `26 elites`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def above(panel: Any, handles: list[Any]) -> None:
    """A legend in one line above the panel, to the right."""
    panel.legend(
        handles=handles, loc="lower right", bbox_to_anchor=(1, 1), ncols=len(handles), frameon=False, fontsize=8.5,
        labelcolor=QUIET, borderaxespad=0.2, handletextpad=0.5, columnspacing=1.2,
    )  # fmt: skip


def solved(run: Record) -> Any:
    """The legend's entry for solved niches and tasks."""
    from matplotlib.lines import Line2D

    return Line2D([], [], ls="", marker="o", ms=4, mfc=MARK, mec=INK, mew=0.6, label=f"solved (≥ {run.solved:g})")
