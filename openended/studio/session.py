"""A studio: one run, who may ask, and the threads that run its episodes."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeVar

from .draft import Drafts
from .errands import LAST, NICE, Errands
from .guard import Keys
from .look import Looker

Result = TypeVar("Result")


@dataclass(frozen=True)
class Vote:
    """A vote that was sent from this page: its offer's name, two tasks, the choice, whether the model guessed it."""

    name: str
    left: int
    right: int
    choice: str
    guessed: bool


@dataclass
class Studio:
    """A page of one run.

    Attributes:
        looker: at the run file.
        keys: what opens the server.
        author: the tag under which the page's user offers; empty: the page asks.
        read_only: whether nothing can be offered.
        player: the thread of whoever plays, who must not wait for those.
        busy: whether it runs something.
        votes: that were sent, in order.
        checked: checks that were sent from this page: who, and of which offer.
        guesses: what the model said to questions that were asked, by their tasks: 0 left, 1 right, 2 equal.
    """

    looker: Looker
    keys: Keys
    author: str = ""
    read_only: bool = False
    player: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1, "play"))
    busy: bool = False
    votes: list[Vote] = field(default_factory=list)
    checked: set[tuple[str, str]] = field(default_factory=set)
    guesses: dict[tuple[int, int], int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.drafts = Drafts(self.looker)

    @cached_property
    def errands(self) -> Errands:
        """Errands to the process in which agents' episodes run."""
        return Errands(self.looker.path, NICE)

    @cached_property
    def searches(self) -> Errands:
        """Errands to another one, which takes only what nobody else wants."""
        return Errands(self.looker.path, LAST)

    async def end(self) -> None:
        """End both."""
        for each in (self.errands, self.searches):
            await each.close()

    async def work(self, call: Callable[[], Result]) -> Result:
        """What a call gives, made in the player's thread."""

        def counted() -> Result:
            self.busy = True
            try:
                return call()
            finally:
                self.busy = False

        return await asyncio.wrap_future(self.player.submit(counted))

    def close(self) -> None:
        """Take no more work."""
        self.player.shutdown(wait=False, cancel_futures=True)

    def authors(self) -> dict[int, str]:
        """Who made which task, of those that people offered."""
        return {
            each.task: each.author for each in self.looker.moment().offers if each.kind == "task" and each.task >= 0
        }
