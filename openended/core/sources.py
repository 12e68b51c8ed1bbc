"""Where the new tasks of a curriculum come from."""

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from annotated_types import Ge

from openended.envs.api import Domain, Genome

from . import interest
from .generation import Generation
from .growth import below_levels
from .specification import Opening


@dataclass(frozen=True)
class Source:
    """Where new tasks come from.

    Attributes:
        kind: `random`: the whole family; `easy`: the range where ACCEL begins; `ranges`: below levels that grow;
            `kinds`: rules of the domain, one after the other, as in a curriculum made by hand.
        count: new tasks for a step without a buffer.
        kinds: the names of these rules (`Domain.kinds`), in their order.
        every: generations that each of them lasts; the last one stays.

    """

    kind: Literal["random", "easy", "ranges", "kinds"] = "random"
    count: Annotated[int, Ge(1)] = 256
    kinds: tuple[str, ...] = ()
    every: Annotated[int, Ge(1)] = 100

    def rule(self, generation: int) -> str:
        """What tasks that are new in this generation are: one of `kinds`, or else `kind`."""
        if not self.kinds:
            return self.kind
        return self.kinds[min((generation - 1) // self.every, len(self.kinds) - 1)]


def check(source: Source, specification: Opening | None, domain: Domain) -> None:
    """Raise ValueError, naming the key, if new tasks cannot come from there."""
    tasks = domain.tasks
    if {"random": tasks.random, "easy": tasks.easy, "ranges": tasks.ranges}.get(source.kind, tasks.first) is None:
        raise ValueError(f"source.kind is {source.kind!r}, but {domain.id} cannot draw such tasks")
    if (source.kind == "kinds") != bool(source.kinds):
        raise ValueError('source.kinds are the rules of source.kind "kinds": set both, or neither')
    for kind in source.kinds:
        try:
            interest.rule(domain, kind)
        except ValueError as error:
            raise ValueError(f"source.kinds: {error}") from None
    if specification is None:
        return
    if source.kind == "ranges":
        raise ValueError('source.kind is "ranges", which grow by themselves: leave out [specification]')
    if source.kind == "kinds":
        raise ValueError('source.kind is "kinds", which no specification limits: leave out [specification]')


def new(generation: Generation[Any], source: Source, key: int) -> Genome:
    """A new task of the source."""
    tasks = generation.family
    if source.kind == "ranges":
        return below_levels(generation, key)
    if source.kind == "kinds":
        return interest.rule(generation.means.domain, source.rule(generation.number))(key)
    draw = tasks.easy if source.kind == "easy" else tasks.random
    assert draw is not None
    return draw(key)
