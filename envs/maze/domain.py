"""The domains `maze-v1` and `maze-solvable-v1`: mazes as in the curricula's papers, with MiniGrid's rules."""

from dataclasses import replace
from functools import partial

from ..api import Domain, Environment, Policies, Tasks
from ..policy import Gru, Policy, make
from ..simd.tanh import TANH
from . import draws, maze, paths
from .change import edit, mutate, solvable
from .people import PEOPLE
from .pictures import PICTURES
from .simulation import OBSERVATIONS, SIMULATOR
from .specifications import versions, within, within_solvable
from .suites import KINDS, suite
from .vectors import SOLVABLE, VECTORS

ACTIONS = 3
DEFAULT = Gru((OBSERVATIONS, 32, 32, ACTIONS), discrete=True, tanh=TANH)
"""An agent sees five cells ahead: it must remember where it comes from."""
FAMILY = Tasks(
    first=draws.first,
    mutate=mutate,
    describe=paths.describe,
    encode=maze.encode,
    decode=maze.decode,
    random=draws.random,
    easy=draws.easy,
    edit=edit,
    ranges=draws.RANGES,
    solvable=paths.reachable,
    specifications=versions(within),
    vectors=VECTORS,
)


def policy(kind: str, hidden: tuple[int, ...]) -> Policy:
    """See `envs.api.Policies`."""
    return make(kind, OBSERVATIONS, hidden, ACTIONS, discrete=True, tanh=TANH)


def mazes(id: str, tasks: Tasks) -> Domain:
    """A domain of mazes: its tasks."""
    return Domain(
        id=id,
        axes=paths.AXES,
        tasks=tasks,
        simulator=SIMULATOR,
        policies=Policies(DEFAULT, policy, partial=True),
        pictures=PICTURES,
        suites={"maze-suite-v1": suite},
        kinds=KINDS,
        metrics={"shortest": paths.shortest, "walls": paths.walls, "size": lambda genome: genome.size},
        environment=Environment("openended.gymnasium:openended/Maze-v0", lambda genome: {"task": maze.encode(genome)}),
        people=PEOPLE,
    )


def only_solvable(tasks: Tasks) -> Tasks:
    """The same family; draws, mutations and edits are repeated until there is a way to the goal."""
    ranges = draws.RANGES
    return replace(
        tasks,
        mutate=lambda genome, key: solvable(partial(mutate, genome), key),
        edit=lambda genome, key: solvable(partial(edit, genome), key),
        random=partial(solvable, draws.random),
        vectors=SOLVABLE,
        ranges=replace(
            ranges,
            draw=lambda levels, key: solvable(partial(ranges.draw, levels), key),
            edge=lambda levels, kind, key: solvable(partial(ranges.edge, levels, kind), key),
        ),
        specifications=versions(within_solvable),
    )


MAZE = mazes("maze-v1", FAMILY)
MAZE_SOLVABLE = mazes("maze-solvable-v1", only_solvable(FAMILY))
"""Mazes whose goal can always be reached; by themselves, as in the papers, mazes are left to chance."""
