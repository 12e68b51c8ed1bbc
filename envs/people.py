"""What a domain offers to people: tasks to change by hand, worlds to play in, proofs that a task can be solved."""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from .controls import Control
from .episodes import Genome, Space, Trace
from .sketch import Sketch

Actions = NDArray[Any]
"""What was done in an episode: int64[t] in a discrete space, else float32[t, a]."""


class World(Protocol):
    """One episode under way, moved on step by step."""

    @property
    def observation(self) -> NDArray[np.float32]:
        """What an agent would see now, float32[o]; a copy."""
        ...

    @property
    def over(self) -> bool:
        """Whether the episode has ended: then it can be looked at, and no more."""
        ...

    def step(self, action: Any) -> float:
        """Do something, an int or float32[a] within -1 .. 1; the reward. Raises ValueError when the episode is over."""
        ...

    def look(self) -> Sketch:
        """What is to be seen now, at one time (`poses` float32[1, b, 3]); its shapes are the same at every step, but
        for when they are shown.
        """
        ...

    def trace(self) -> Trace:
        """The episode so far, with `facts` as they are now."""
        ...


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
        drawn: the task alone, as shapes that stand still.
        blanks: tasks to begin from, by name.
        objection: a sentence that says why nobody can want this task, such as one that has no solution; "": nothing.
        keys: how a person acts.
        begin: an episode of a genome, whose chance is a function of the key.
        witness: actions that solve a genome, where they can be computed.
    """

    controls: Callable[[Genome], tuple[Control, ...]] | None = None
    drawn: Callable[[Genome], Sketch] | None = None
    blanks: Mapping[str, Callable[[], Genome]] = field(default_factory=dict)
    objection: Callable[[Genome], str] | None = None
    keys: Keys | None = None
    begin: Callable[[Genome, int], World] | None = None
    witness: Callable[[Genome], Actions | None] | None = None

    def act(self, genome: Genome, actions: Actions, cap: int, key: int) -> Trace:
        """The episode in which these actions are done one after another, to the end of the episode, of the actions or
        after `cap` steps: how a witness is tried. Raises ValueError if nobody can play here.
        """
        if self.begin is None:
            raise ValueError("nobody can play in this domain, so it has no witnesses")
        world = self.begin(genome, key)
        for action in actions[:cap]:
            if world.over:
                break
            world.step(action)
        return world.trace()


def read_actions(space: Space, value: Any) -> Actions:
    """Recorded actions of a JSON value: a list of choices, or of lists of numbers within -1 .. 1.

    Raises:
        ValueError: they are no actions of the space; says why.
    """
    if not isinstance(value, Sequence) or isinstance(value, str):
        raise ValueError(f"actions are {value!r:.50}; they must be a list")
    for step, action in enumerate(value):
        if space.discrete:
            if isinstance(action, bool) or not isinstance(action, int) or not 0 <= action < space.size:
                raise ValueError(f"action {step} is {action!r:.50}; it must be a whole number in 0 .. {space.size - 1}")
        elif not _are_shares(action, space.size):
            raise ValueError(f"action {step} is {action!r:.80}; it must be {space.size} numbers within -1 .. 1")
    if space.discrete:
        return np.array(value, np.int64)
    return np.array(value, np.float32).reshape(len(value), space.size)


def write_actions(actions: Actions) -> list[Any]:
    """The same as JSON values, which `read_actions` reads back to the bit."""
    written: list[Any] = actions.tolist()
    return written


def _are_shares(action: Any, size: int) -> bool:
    return (
        isinstance(action, Sequence)
        and len(action) == size
        and all(isinstance(part, int | float) and not isinstance(part, bool) and -1 <= part <= 1 for part in action)
    )
