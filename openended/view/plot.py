"""Pictures of run files, by their kind."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from openended.core.measures.potentials import Potentials
from openended.envs.api import Axis
from openended.file.errors import Usage
from openended.file.reader import Reader
from openended.file.snapshot import Record, record, snapshot
from openended.file.snapshot import chosen as elite
from openended.view.lineage import text
from openended.view.output import target, write
from openended.view.plots.style import ENDINGS, encoded

OPTIONS: dict[str, tuple[str, ...]] = {
    "heatmap": ("x", "y", "of", "thumbnails"),
    "progress": ("over",),
    "potentials": (),
    "lineage": (),
    "transfers": (),
    "atlas": ("x", "y"),
}
"""The kinds of plots, each with its options."""


def plot(paths: Sequence[Path], output: str | Path, kind: str = "heatmap", **options: Any) -> Path:
    """Draw run files and return where the picture is. The same run gives the same bytes.

    `x` and `y` are names of descriptors or their numbers, from 0; `of`, `thumbnails` and `over` as the kind has them.
    Raises Usage for an ending other than png, svg, pdf, a missing folder, or options that do not fit; Failure if a
    run file cannot be read or the picture not be written.
    """
    place, ending = target(output, ENDINGS)
    if kind not in OPTIONS:
        raise Usage(f"there is no plot of kind {kind!r}; choose one of: {', '.join(OPTIONS)}.")
    for name in options:
        if name not in OPTIONS[kind]:
            kinds = ", ".join(each for each, names in OPTIONS.items() if name in names)
            raise Usage(f"--{name} does not go with --kind {kind}; it is for: {kinds}.")
    if not paths:
        raise Usage("there is nothing to draw; name a run file.")
    if kind == "progress":
        from openended.view.plots import progress

        drawing = progress.figure([record(path) for path in paths], **options)
    elif kind == "potentials":
        from openended.view.plots import potentials

        drawing = potentials.figure(*zip(*map(visits, paths), strict=True))
    elif len(paths) > 1:
        raise Usage(
            f"--kind {kind} takes one run file, {len(paths)} were given; several go with --kind progress or potentials."
        )
    else:
        from openended.view.plots import atlas, heatmap, lineage, transfers

        view = snapshot(paths[0])
        if kind in ("heatmap", "atlas"):
            x, y = chosen(view.domain.axes, options.pop("x", None), options.pop("y", None))
            drawing = (heatmap if kind == "heatmap" else atlas).figure(view, x, y, **options)
        else:
            drawing = (lineage if kind == "lineage" else transfers).figure(view)
    return write(place, encoded(drawing, ending))


def visits(path: Path) -> tuple[Record, list[Potentials]]:
    """What a run measured, and what its visits told about tasks."""
    with Reader(path) as run:
        return Record(run.recipe, run.config, run.generations()), run.potentials()


def lineage(path: Path, niche: int | None = None, output: str | Path | None = None) -> list[str]:
    """The lineage of the elite of a niche (None: the solved one on the hardest task) in lines; drawn, too, if there is
    an `output`, whose place is the last line then.

    Raises Usage for an empty niche, a run without elites, an unknown ending, a missing folder; Failure if the run file
    cannot be read or the picture not be written.
    """
    place, ending = (None, "") if output is None else target(output, ENDINGS)
    view = snapshot(path)
    pair = elite(view, niche, best=niche is None)
    lines = text(view, pair).splitlines()
    if place is None:
        return lines
    from openended.view.plots.elite import figure

    return [*lines, "", str(write(place, encoded(figure(view, pair), ending)))]


def chosen(axes: Sequence[Axis], x: str | None, y: str | None) -> tuple[int, int]:
    """The numbers of two descriptors; of one not named, the first that is left."""
    across = None if x is None else number(axes, x)
    up = None if y is None else number(axes, y)
    if across is None:
        across = 1 if up == 0 else 0
    if up is None:
        up = 0 if across != 0 else 1
    return across, up


def number(axes: Sequence[Axis], name: str) -> int:
    """The number of the descriptor of that name, or of the only one whose name begins so. Raises Usage."""
    if name.isdecimal() and int(name) < len(axes):
        return int(name)
    known = [axis.name for axis in axes]
    found = [index for index, each in enumerate(known) if each == name]
    found = found or [index for index, each in enumerate(known) if each.lower().startswith(name.lower())]
    if len(found) != 1:
        raise Usage(f"there is no descriptor {name!r}; choose one of: {', '.join(known)}.")
    return found[0]
