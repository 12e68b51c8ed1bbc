"""Pictures of exercises: a column of worked examples, right and wrong digits told apart."""

import math
from functools import lru_cache
from textwrap import wrap
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..api import Pictures, Trace
from .examples import ANSWER, VISIBLE
from .exercise import Exercise
from .limits import MOST_DIGITS
from .program import text, tokens

PAPER, INK, PALE = (250, 249, 246), (60, 64, 74), (168, 176, 188)
RIGHT, WRONG, OPEN = (64, 152, 90), (196, 60, 52), (225, 222, 214)
"""Of a digit of the answer: as it should be, otherwise, not written yet."""
DIGITS = "0123456789ABCDEF"
LINES = 12
"""Most examples that are seen at once."""
LINE = 30
"""Pixels of an example's height in a strip."""
FINE = 2
"""Supersampling."""


def draw(exercise: Exercise, trace: Trace, step: int, width: int, height: int) -> NDArray[np.uint8]:
    """The examples up to a tick, the last `LINES`, uint8[height, width, 3]; above them program and base. Before the
    first tick the task alone.
    """
    image, pen = sheet(width, height)
    if step == 0:
        card(pen, exercise, width * FINE, height * FINE)
        return np.asarray(image.reduce(FINE))
    line = height * FINE / (LINES + 2)
    cell = min(width * FINE / columns(exercise), line / 0.9)
    title = f"{text(exercise.program)},  base {exercise.base} ({exercise.seen})"
    put(pen, width * FINE / 2, line * 0.8, title, INK, min(line * 0.8, 1.7 * width * FINE / len(title)))
    last = (min(step, len(trace.rewards)) - 1) // exercise.ticks
    for row, example in enumerate(range(max(0, last - LINES + 1), last + 1)):
        left = (width * FINE - cell * columns(exercise)) / 2 + cell / 2
        worked(pen, exercise, *lines(exercise, trace, example, step), left, line * (row + 2), cell, line)
    return np.asarray(image.reduce(FINE))


def sheet(width: int, height: int) -> tuple[Any, Any]:
    """An empty picture, supersampled, and a pen for it."""
    from PIL import Image, ImageDraw

    image = Image.new("RGB", (width * FINE, height * FINE), PAPER)
    return image, ImageDraw.Draw(image)


def card(pen: Any, exercise: Exercise, width: float, height: float) -> None:
    """The program, broken into a few lines, and the base."""
    words = text(exercise.program)
    rows = wrap(words, max(10, 2 * round(math.sqrt(len(words)))))
    rows.append(f"base {exercise.base}")
    size = min(0.8 * height / len(rows), 1.6 * width / max(map(len, rows)))
    for place, row in enumerate(rows):
        colour = INK if place + 1 < len(rows) else PALE
        put(pen, width / 2, height / 2 + (place - (len(rows) - 1) / 2) * 1.1 * size, row, colour, size)


def columns(exercise: Exercise) -> int:
    """How many digits wide an example is, with its margins."""
    return 2 * exercise.digits + exercise.answers + 4


def worked(
    pen: Any,
    exercise: Exercise,
    page: NDArray[np.int64],
    written: list[int],
    left: float,
    y: float,
    cell: float,
    line: float,
) -> None:
    """An example around the height y. Digits are written with the highest first, whatever the order in which they are
    read; below a wrong digit stands the right one. A base that is shuffled stands behind.
    """
    x, other, right = parts(exercise, page)
    for place, digit in enumerate([*x, -1, *other]):
        if digit >= 0:
            put(pen, left + cell * (place + 0.5), y, DIGITS[digit], INK, cell)
    for place, (wanted, got) in enumerate(zip(right, written, strict=True)):
        colour = OPEN if got < 0 else RIGHT if got == wanted else WRONG
        at = left + cell * (2 * exercise.digits + 2 + place)
        pen.rectangle((at, y - 0.45 * line, at + 0.94 * cell, y + 0.45 * line), colour)
        if got >= 0:
            put(pen, at + 0.47 * cell, y - (0.1 * line if got != wanted else 0), DIGITS[got], PAPER, 0.8 * cell)
            if got != wanted:
                put(pen, at + 0.75 * cell, y + 0.25 * line, DIGITS[wanted], PAPER, 0.4 * cell)
    if exercise.seen == "shuffled":
        put(pen, left + cell * (columns(exercise) - 1.3), y, str(int(page[VISIBLE])), PALE, 0.6 * cell)


def parts(exercise: Exercise, page: NDArray[np.int64]) -> tuple[list[int], list[int], list[int]]:
    """Digits of x, y and the answer, the highest first."""
    order = slice(None) if exercise.first == "high" else slice(None, None, -1)
    places = ((0, exercise.digits), (MOST_DIGITS, exercise.digits), (ANSWER, exercise.answers))
    x, y, answer = ([int(digit) for digit in page[at : at + count][order]] for at, count in places)
    return x, y, answer


def lines(exercise: Exercise, trace: Trace, example: int, step: int) -> tuple[NDArray[np.int64], list[int]]:
    """The page of an example, and the digits that are written of its answer before a tick, -1 for none yet; the highest
    first.
    """
    start = example * exercise.ticks
    first = start + (len(tokens(exercise.program)) if exercise.told else 0) + exercise.digits
    end = min(step, len(trace.actions))
    written = [int(trace.actions[tick]) if tick < end else -1 for tick in range(first, first + exercise.answers)]
    order = slice(None) if exercise.first == "high" else slice(None, None, -1)
    return trace.scene["page"][start], written[order]


def strip(exercise: Exercise, trace: Trace, width: int, height: int) -> NDArray[np.uint8]:
    """As many examples as fit, from the first on, in columns."""
    image, pen = sheet(width, height)
    count = -(-len(trace.actions) // exercise.ticks)
    rows = max(1, height // LINE)
    line = height * FINE / rows
    cell = min(0.75 * line, width * FINE / columns(exercise))
    beside = max(1, int(width * FINE / (cell * columns(exercise))))
    for example in range(min(count, rows * beside)):
        left = cell * (columns(exercise) * (example // rows) + 0.5)
        written = lines(exercise, trace, example, len(trace.actions))
        worked(pen, exercise, *written, left, line * (example % rows + 0.5), cell, line)
    return np.asarray(image.reduce(FINE))


def put(pen: Any, x: float, y: float, what: str, colour: tuple[int, int, int], size: float) -> None:
    """Write around a point."""
    pen.text((x, y), what, colour, font(max(4, int(size))), anchor="mm")


@lru_cache(maxsize=16)
def font(size: int) -> Any:
    from PIL import ImageFont

    return ImageFont.load_default(size=size)


PICTURES = Pictures(draw=draw, strip=strip, steps_per_second=8.0)
