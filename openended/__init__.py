"""An open-ended search engine: it invents tasks, trains agents on them, and keeps the best of both in an archive."""

from os import PathLike
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .run.curriculum import Curriculum as Curriculum
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


def __getattr__(name: str) -> Any:
    """`Curriculum`, which is loaded when it is first asked for."""
    if name != "Curriculum":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from .run.curriculum import Curriculum

    return Curriculum
