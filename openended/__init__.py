"""An open-ended search engine: it invents tasks, trains agents on them, and keeps the best of both in an archive."""

from os import PathLike
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .view.opened import Run

__version__ = "0.1.0"


def open(path: "str | PathLike[str]") -> "Run":
    """The run in a run file, live or finished, as it stands now; nothing stays open.

    >>> run = openended.open("runs/results/quickstart.run")
    >>> run.frame("elites")  # a pandas frame: niche, fitness, descriptors, ...

    Raises:
        openended.file.errors.Failure: the file cannot be read; says why and what to do.
    """
    from .view.opened import opened

    return opened(path)
