"""What others have published, to stand beside our own evaluations: rows of a TOML file."""

import tomllib
from collections.abc import Collection
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from openended.file.errors import Usage


@dataclass(frozen=True)
class Published:
    """One row.

    Attributes:
        name: the method.
        source: where the figures stand.
        steps: environment steps of a run; 0: not known.
        runs: how many there were; 0: not known.
        solved: solved rate by course.
        mean: mean return by course.
        solved_error, mean_error: their standard errors over the runs, where they are known.
        note: what is published in place of figures by course.
        on: the courses that the note is about.
    """

    name: str
    source: str
    steps: float = 0
    runs: int = 0
    solved: dict[str, float] = field(default_factory=dict)
    mean: dict[str, float] = field(default_factory=dict)
    solved_error: dict[str, float] = field(default_factory=dict)
    mean_error: dict[str, float] = field(default_factory=dict)
    note: str = ""
    on: list[str] = field(default_factory=list)

    def concerns(self, courses: Collection[str]) -> bool:
        """Whether it says something about any of the courses; `on` says it of a row that has a note alone."""
        return not {*self.solved, *self.mean, *self.on}.isdisjoint(courses)


KINDS: dict[str, Any] = {"name": str, "source": str, "note": str, "on": list, "steps": int | float, "runs": int}


def read(path: Path) -> list[Published]:
    """The rows `[[row]]` of a file. Raises Usage."""
    try:
        rows = tomllib.loads(path.read_text()).get("row", [])
        return [row(**each) for each in rows]
    except OSError as error:
        raise Usage(f"{path} cannot be read ({error.strerror}).") from error
    except (ValueError, TypeError, AttributeError) as error:
        names = ", ".join(each.name for each in fields(Published))
        raise Usage(f"{path} holds no published rows ({error}); write tables [[row]] with: {names}.") from None


def row(**given: Any) -> Published:
    """The row of a table. Raises TypeError for names or values that do not belong there."""
    for name, value in given.items():
        table = isinstance(value, dict) and all(type(each) in (int, float) for each in value.values())
        if not (isinstance(value, KINDS[name]) if name in KINDS else table):
            raise TypeError(f"{name} is {value!r:.40}")
    return Published(**given)
