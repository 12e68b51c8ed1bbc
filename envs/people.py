"""What a domain offers to people: tasks to change by hand, keys to play with, proofs that a task can be solved."""

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .controls import Control
from .episodes import Genome
from .sketch import Sketch

Actions = NDArray[Any]
"""What was done in an episode: int64[t] in a discrete space, else float32[t, a]."""


@dataclass(frozen=True)
class Key:
    """A key of a keyboard.

    Attributes:
        code: the browser's name of its place (`KeyboardEvent.code`), such as "ArrowLeft".
        label: what it does, in words.
        action: in a discrete space the choice; else numbers that are added up over all keys that are held.
    """

    code: str
    label: str
    action: int | tuple[float, ...]


@dataclass(frozen=True)
class Keys:
    """How a person acts.

    Attributes:
        keys: those that do something.
        waits: whether the world stands still until a key is pressed, one step each; else it goes on by itself.
        speed: how fast it goes then, as a share of its speed in life.
    """

    keys: tuple[Key, ...]
    waits: bool
    speed: float = 1.0

    def action(self, held: Iterable[str]) -> int | NDArray[np.float32] | None:
        """What the keys with these codes do together, unknown ones nothing; None where a discrete choice is missing."""
        pressed = set(held)
        given = [key.action for key in self.keys if key.code in pressed]
        if isinstance(self.keys[0].action, int):
            return next((action for action in given if isinstance(action, int)), None)
        sums = [math.fsum(part) for part in zip((0.0,) * len(self.keys[0].action), *given, strict=True)]
        return np.clip(np.array(sums, np.float32), np.float32(-1), np.float32(1))


@dataclass(frozen=True, kw_only=True)
class People:
    """What people can do with a domain; what it does not offer is None.

    Attributes:
        controls: what can be changed of a genome by hand; None: people choose among its mutations.
        drawn: the task alone, as shapes that stand still; the only body is the middle of it, all of which is shown.
        blanks: tasks to begin from, by name.
        objection: a sentence that says why nobody can want this task, such as one that has no solution; "": nothing.
        keys: how a person acts.
        witness: actions that solve a genome, where they can be computed.
    """

    controls: Callable[[Genome], tuple[Control, ...]] | None = None
    drawn: Callable[[Genome], Sketch] | None = None
    blanks: Mapping[str, Callable[[], Genome]] = field(default_factory=dict)
    objection: Callable[[Genome], str] | None = None
    keys: Keys | None = None
    witness: Callable[[Genome], Actions | None] | None = None
