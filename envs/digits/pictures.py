"""Pictures of exercises: a column of worked examples, right and wrong digits told apart."""

from functools import lru_cache
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
FINE = 2
"""Supersampling."""


def draw(exercise: Exercise, trace: Trace, step: int, width: int, height: int) -> NDArray[np.uint8]:
    """The examples up to a tick, the last `LINES`, uint8[height, width, 3]; above them program and base. Digits are
    written with the highest first, whatever the order in which they are read; below a wrong digit stands the right one.
    """
    from PIL import Image, ImageDraw

    image = Image.new("RGB", (width * FINE, height * FINE), PAPER)
    pen = ImageDraw.Draw(image)
    columns = 2 * exercise.digits + exercise.answers + 4
    cell = min(width * FINE / columns, height * FINE / (LINES + 2) / 0.9)
    line, left = height * FINE / (LINES + 2), (width * FINE - cell * columns) / 2 + cell / 2
    title = f"{text(exercise.program)},  base {exercise.base} ({exercise.seen})"
    put(pen, width * FINE / 2, line * 0.8, title, INK, min(line * 0.8, 1.7 * width * FINE / len(title)))
    last = min(step, len(trace.rewards) - 1) // exercise.ticks
    shown = range(max(0, last - LINES + 1), last + 1)
    for row, example in enumerate(shown):
        y = line * (row + 2)
        page, written = lines(exercise, trace, example, step)
        x, other, right = parts(exercise, page)
        marks = [(place, digit, INK) for place, digit in enumerate([*x, -1, *other])]
        for place, digit, colour in marks:
            if digit >= 0:
                put(pen, left + cell * (place + 0.5), y, DIGITS[digit], colour, cell)
        start = 2 * exercise.digits + 2
        for place, (wanted, got) in enumerate(zip(right, written, strict=True)):
            colour = OPEN if got < 0 else RIGHT if got == wanted else WRONG
            at = left + cell * (start + place)
            pen.rectangle((at, y - 0.45 * line, at + 0.94 * cell, y + 0.45 * line), colour)
            if got >= 0:
                put(pen, at + 0.47 * cell, y - (0.1 * line if got != wanted else 0), DIGITS[got], PAPER, 0.8 * cell)
                if got != wanted:
                    put(pen, at + 0.75 * cell, y + 0.25 * line, DIGITS[wanted], PAPER, 0.4 * cell)
        if exercise.seen == "shuffled":
            put(pen, left + cell * (columns - 1.3), y, str(int(page[VISIBLE])), PALE, 0.6 * cell)
    return np.asarray(image.reduce(FINE))


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
    """All examples side by side, each a column of its answer's digits, the highest on top: right or wrong."""
    count = -(-len(trace.actions) // exercise.ticks)
    colours = np.zeros((exercise.answers, count, 3), np.uint8)
    for example in range(count):
        page, written = lines(exercise, trace, example, len(trace.actions))
        for place, (wanted, got) in enumerate(zip(parts(exercise, page)[2], written, strict=True)):
            colours[place, example] = OPEN if got < 0 else RIGHT if got == wanted else WRONG
    rows, columns = np.arange(height) * exercise.answers // height, np.arange(width) * count // width
    picture = colours[rows][:, columns]
    picture[np.flatnonzero(np.diff(rows))] = PAPER
    return picture


def profile(exercise: Exercise, width: int, height: int) -> NDArray[np.uint8]:
    """The program and the base, as large as fits."""
    from PIL import Image, ImageDraw

    image = Image.new("RGB", (width * FINE, height * FINE), PAPER)
    title = f"{text(exercise.program)} | {exercise.base}"
    size = min(height * FINE * 0.7, 1.7 * width * FINE / len(title))
    put(ImageDraw.Draw(image), width * FINE / 2, height * FINE / 2, title, INK, size)
    return np.asarray(image.reduce(FINE))


def put(pen: Any, x: float, y: float, what: str, colour: tuple[int, int, int], size: float) -> None:
    """Write around a point."""
    pen.text((x, y), what, colour, font(max(4, int(size))), anchor="mm")


@lru_cache(maxsize=16)
def font(size: int) -> Any:
    from PIL import ImageFont

    return ImageFont.load_default(size=size)


PICTURES = Pictures(draw=draw, strip=strip, profile=profile, steps_per_second=8.0)
