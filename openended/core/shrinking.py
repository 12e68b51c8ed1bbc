"""Shrinking: the smallest task that still shows a fault.

Source: Zeller and Hildebrandt (2002), Simplifying and Isolating Failure-Inducing Input (delta debugging): first whole
parts of the task are dropped, halves and their complements before smaller ones; then each part that is left becomes as
small as the fault allows, until nothing can be taken away. The parts are the domain's (`envs.api.Shrinking`). In a
domain without them the task is moved `toward` the first one instead.

A search is a generator: it yields the tasks that it wants to be tried, takes which of them still show the fault, and
returns the smallest. So many searches go on side by side, and each round of all is one batch of episodes.
"""

from collections.abc import Generator, Sequence
from itertools import pairwise
from typing import Any

from openended.envs.api import Genome, Tasks
from openended.envs.shrinking import Shrinking

Search = Generator[list[Genome], list[bool], Genome]
"""Yields genomes, takes for each whether it still shows the fault, returns the smallest that does."""

WAY = 64
"""Most steps `toward` the first task."""


def smallest(tasks: Tasks, genome: Genome) -> Search:
    """The search for the smallest task below a genome that shows the fault."""
    if tasks.shrinking is not None:
        kept = yield from fewest(tasks.shrinking, genome)
        return (yield from least(tasks.shrinking, kept))
    if tasks.toward is not None:
        return (yield from nearest_first(tasks, genome))
    return genome


def fewest(parts: Shrinking, genome: Genome) -> Search:
    """The genome with as few parts as delta debugging leaves: none of them alone can be dropped."""
    names, pieces = list(parts.names(genome)), 2
    whole = tuple(names)

    def only(kept: Sequence[str]) -> Any:
        return parts.without(genome, [name for name in whole if name not in kept])

    (bare,) = yield [only([])]
    if bare:
        return only([])
    while len(names) > 1:
        chunks = split(names, pieces)
        rests = [[name for name in names if name not in chunk] for chunk in chunks] if pieces > 2 else []
        shows = yield [only(kept) for kept in [*chunks, *rests]]
        first = next((place for place, fails in enumerate(shows) if fails), None)
        if first is not None:
            names = [*chunks, *rests][first]
            pieces = 2 if first < len(chunks) else max(pieces - 1, 2)
            pieces = min(pieces, len(names))
        elif pieces < len(names):
            pieces = min(2 * pieces, len(names))
        else:
            break
    return only(names)


def split(names: Sequence[str], pieces: int) -> list[list[str]]:
    """The names in so many pieces of nearly equal length, in order."""
    edges = [len(names) * piece // pieces for piece in range(pieces + 1)]
    return [list(names[first:last]) for first, last in pairwise(edges)]


def least(parts: Shrinking, genome: Genome) -> Search:
    """The genome whose parts are as small as the fault allows: of the smaller versions of each part, one after the
    other, the smallest that shows it, until there is none. What is small enough may be dropped after all.
    """
    shrunk = True
    while shrunk:
        shrunk = False
        for name in parts.names(genome):
            smaller = [parts.without(genome, [name]), *parts.smaller(genome, name)]
            shows = yield smaller
            if any(shows):
                genome, shrunk = smaller[shows.index(True)], True
    return genome


def nearest_first(tasks: Tasks, genome: Genome) -> Search:
    """The genome nearest to the first task, on the way there, that shows the fault."""
    assert tasks.toward is not None
    first, way = tasks.first(), [genome]
    while len(way) < WAY and tasks.encode(way[-1]) != tasks.encode(first):
        way.append(tasks.toward(way[-1], first))
    if len(way) == 1:
        return genome
    shows = yield way[:0:-1]
    return way[::-1][shows.index(True)] if any(shows) else genome
