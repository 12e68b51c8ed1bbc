"""Exercises drawn at random, their mutation, and what describes them.

Some bases and some trees are kept for suites: draws and mutations never make them. Which trees, a hash of the program
decides.
"""

from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256

import numpy as np
from numpy.typing import NDArray

from ..api import Axis
from ..random import generator
from .examples import ANSWER, PAGE, pose_all, task_row
from .exercise import FIRST, Exercise
from .limits import (
    FEWEST_CONSTANT,
    LARGEST,
    LEAVES,
    MOST_CONSTANT,
    MOST_DIGITS,
    MOST_NODES,
    PAIRS,
    SCALES,
    SMALLEST,
    TOKENS,
)
from .program import Program, size, text, tokens, values

HELD_BASES = (7, 12, 15)
BASES = tuple(base for base in range(SMALLEST, LARGEST + 1) if base not in HELD_BASES)
DIGITS = 4
"""Most digits of an operand that draws and mutations give."""
EASY_NODES, RANDOM_NODES = 3, 5
"""Nodes of an easy tree, and most of a random one."""
TRIES = 100
MEASURED = 256
"""Examples that the descriptor is measured on."""
AXES = (
    Axis("nodes", 0.5, MOST_NODES + 0.5, "1"),
    Axis("carried positions", 0.0, 1.0, "1"),
    Axis("base", SMALLEST - 0.5, LARGEST + 0.5, "1"),
)


def held(program: Program) -> bool:
    """Whether a tree is kept for suites: one in eight of those with an operator, but not a plain sum."""
    return program != ("add", "x", "y") and size(program) > 1 and sha256(text(program).encode()).digest()[0] % 8 == 0


def trained_on(exercise: Exercise) -> bool:
    """Whether draws and mutations may give it."""
    return exercise.base in BASES and exercise.digits <= DIGITS and not held(exercise.program)


def first() -> Exercise:
    """The simplest: a sum of two digits in base 2."""
    return Exercise(("add", "x", "y"), base=2, digits=1, below=2)


def easy(key: int) -> Exercise:
    """A sum of two digits, in any base."""
    base = int(generator(key).choice(BASES))
    return Exercise(("add", "x", "y"), base, 1, base)


def random(key: int) -> Exercise:
    """A tree of up to `RANDOM_NODES` nodes, any base, 1 to 3 digits, either order."""
    return fitting(_drawn, key)


def mutate(exercise: Exercise, key: int) -> Exercise:
    """One change: of the tree, a constant, the base, the digits or their order. What is seen and told stays."""
    return fitting(lambda stream: CHANGES[int(stream.integers(len(CHANGES)))](exercise, stream), key, exercise)


def fitting(draw: Callable[[np.random.Generator], Exercise], key: int, other: Exercise | None = None) -> Exercise:
    """The first draw that is valid, not kept for suites and not `other`; where none is, `other` in the other order or
    the first task.
    """
    stream = generator(key)
    for _ in range(TRIES):
        try:
            made = draw(stream)
        except ValueError:
            continue
        if trained_on(made) and made != other:
            return made
    return first() if other is None else _reversed(other, stream)


def _drawn(stream: np.random.Generator) -> Exercise:
    base, digits = int(stream.choice(BASES)), int(stream.integers(1, 4))
    program = _tree(stream, int(stream.integers(2, RANDOM_NODES + 1)))
    return Exercise(program, base, digits, base, first=FIRST[int(stream.integers(2))])


def _tree(stream: np.random.Generator, nodes: int) -> Program:
    """A random tree of about so many nodes."""
    if nodes <= 1:
        return LEAVES[int(stream.integers(2))]
    if nodes == 2 or stream.random() < 0.4:
        return _scale(stream, _tree(stream, nodes - 1))
    left = int(stream.integers(1, nodes - 1))
    return PAIRS[int(stream.integers(len(PAIRS)))], _tree(stream, left), _tree(stream, nodes - 1 - left)


def _scale(stream: np.random.Generator, program: Program) -> Program:
    constant = int(stream.integers(FEWEST_CONSTANT, MOST_CONSTANT + 1))
    return SCALES[int(stream.integers(len(SCALES)))], program, constant


def _at(program: Program, place: int, change: Callable[[Program], Program]) -> Program:
    """The tree with its node number `place`, in prefix order, changed."""
    if place == 0:
        return change(program)
    operator, left, right = program
    inside = size(left)
    if place <= inside:
        return operator, _at(left, place - 1, change), right
    return operator, left, _at(right, place - 1 - inside, change)


def _regrown(exercise: Exercise, stream: np.random.Generator) -> Exercise:
    """A node becomes another one, gets an operator above it, or gives way to one of its parts."""

    def change(node: Program) -> Program:
        if stream.random() < 0.5:
            if stream.random() < 0.5:
                return _scale(stream, node)
            parts = (node, LEAVES[int(stream.integers(2))])
            left, right = parts if stream.random() < 0.5 else parts[::-1]
            return PAIRS[int(stream.integers(len(PAIRS)))], left, right
        if isinstance(node, str):
            return LEAVES[1 - LEAVES.index(node)]
        operator, left, right = node
        if stream.random() < 0.5:
            return left if operator in SCALES or stream.random() < 0.5 else right
        names = SCALES if operator in SCALES else PAIRS
        return names[int(stream.integers(len(names)))], left, right

    place = int(stream.integers(size(exercise.program)))
    return replace(exercise, program=_at(exercise.program, place, change))


def _reweighed(exercise: Exercise, stream: np.random.Generator) -> Exercise:
    """A constant becomes another one. Raises ValueError where there is none."""
    places = [place for place, (_, constant) in enumerate(tokens(exercise.program)) if constant]
    if not places:
        raise ValueError("there is no constant")
    constant = int(stream.integers(FEWEST_CONSTANT, MOST_CONSTANT + 1))
    place = places[int(stream.integers(len(places)))]
    return replace(exercise, program=_at(exercise.program, place, lambda node: (node[0], node[1], constant)))


def _rebased(exercise: Exercise, stream: np.random.Generator) -> Exercise:
    base = int(stream.choice(BASES))
    return replace(exercise, base=base, below=base)


def _lengthened(exercise: Exercise, stream: np.random.Generator) -> Exercise:
    return replace(exercise, digits=exercise.digits + (1 if stream.random() < 0.6 else -1))


def _reversed(exercise: Exercise, stream: np.random.Generator) -> Exercise:
    return replace(exercise, first=FIRST[1 - FIRST.index(exercise.first)])


CHANGES = (_regrown, _regrown, _regrown, _reweighed, _rebased, _rebased, _lengthened, _reversed)


def toward(exercise: Exercise, target: Exercise) -> Exercise:
    """The target with one digit more or less than the exercise has; from one with more, first without them."""
    if exercise.digits > target.digits:
        return replace(exercise, digits=exercise.digits - 1)
    return replace(target, digits=min(exercise.digits + 1, target.digits))


def seen_as(seen: str, make: Callable[..., Exercise]) -> Callable[..., Exercise]:
    """What makes the same exercises, of which the base is seen otherwise."""
    return lambda *arguments: replace(make(*arguments), seen=seen)


def describe(exercise: Exercise) -> NDArray[np.float64]:
    """Nodes of the tree; share of the answer's positions that other positions have a say in; base.

    The second is measured on 256 examples: where the right digit is not what the program makes of the operands' digits
    at that position alone.
    """
    pages = np.zeros((MEASURED, PAGE), np.int64)
    keys = np.arange(MEASURED, dtype=np.uint64)
    pose_all(np.array([task_row(exercise)]), np.zeros(MEASURED, np.int64), keys, pages, np.zeros(MOST_NODES, np.int64))
    order = slice(None, None, -1) if exercise.first == "high" else slice(None)
    x, y, right = (
        pages[:, start : start + count][:, order]
        for start, count in ((0, exercise.digits), (MOST_DIGITS, exercise.digits), (ANSWER, exercise.answers))
    )
    alone = np.zeros_like(right)
    some = min(exercise.digits, exercise.answers)
    alone[:, :some] = values(exercise.program, x[:, :some], y[:, :some]) % exercise.base
    return np.array([size(exercise.program), (alone != right).mean(), exercise.base], np.float64)


def features(exercise: Exercise) -> NDArray[np.float64]:
    """What mutation changes: base, digits and order, then of each place of the tree in prefix order which token stands
    there and its constant.
    """
    nodes = np.zeros((MOST_NODES, len(TOKENS) + 1))
    for place, (token, constant) in enumerate(tokens(exercise.program)):
        nodes[place, token], nodes[place, -1] = 1.0, constant
    return np.array([exercise.base, exercise.below, exercise.digits, exercise.first == "high", *nodes.ravel()], float)
