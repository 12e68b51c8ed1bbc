"""Pictures of sites: what is seen at a step of a session, as boxes with names, and the request above them."""

from typing import Any

import numpy as np

from ..api import Picture, Trace
from .policy import DEFAULT
from .sessions import prepare
from .simulation.episode import ELEMENTS, begin, new_room, turn
from .sites import kinds as e
from .sites.build import build
from .sites.elements import Element
from .sites.limits import REQUESTS
from .sites.task import Site

PAPER, INK, PALE, MARK, DONE, LINE = (
    (250, 249, 246), (45, 48, 55), (255, 255, 255), (214, 96, 48), (96, 140, 190), (196, 196, 190)
)  # fmt: skip
COLOURS = {
    e.LINK: (70, 110, 170), e.BUTTON: (120, 124, 132), e.SUBMIT: (64, 128, 92), e.TAB: (150, 120, 170),
    e.HEADER: (170, 140, 80), e.CLOSE: (170, 80, 80),
}  # fmt: skip
"""Of boxes that do something; those that hold something are white."""
LETTERS = 14
"""Pixels of a row from which on names can be read."""


def draw(site: Site, trace: Trace, step: int, width: int, height: int) -> Picture:
    """See `envs.api.Pictures`: the page before action `step`, what is going to be done marked."""
    from PIL import Image, ImageDraw

    actions = trace.scene["actions"]
    shown = min(step, len(actions) - 2) if len(actions) > 1 else 0
    number = max(int(actions[shown, 0]), 0)
    rows, marked = screen(site, actions, number, step)
    image = Image.new("RGB", (width, height), PAPER)
    pen = ImageDraw.Draw(image)
    top = 0
    if height >= 120:
        top = _heading(pen, f"{number + 1} of {REQUESTS}: {build(site, number).text}", width)
    columns = 1 + (len(rows) * LETTERS > height - top) + (len(rows) * LETTERS > 2 * (height - top))
    per = -(-len(rows) // columns) or 1
    size = min(22.0, (height - top - 2) / per)
    for place, (element, on, text) in enumerate(rows):
        left, right = (place // per) * width / columns, (place // per + 1) * width / columns
        upper = top + (place % per) * size + 1
        box = (round(left) + 2, round(upper), round(right) - 3, max(round(upper + size) - 2, round(upper) + 1))
        _thing(pen, box, element, on, text, place == marked)
    return np.array(image)


def screen(site: Site, actions: Any, number: int, step: int) -> tuple[list[tuple[Element, bool, str]], int]:
    """What is seen in request `number` before action `step`: elements, whether they are on and what they hold; and the
    one that is acted on then, -1 for none.
    """
    built, tables, room = build(site, number), prepare([site]), new_room(DEFAULT)
    begin(tables.look, tables.rules, number, room)
    typed = {}
    for request, _, element, span in actions[: min(step, len(actions) - 1)].tolist():
        if request == number:
            turn(tables.look, tables.rules, number, room, element, span)
            if span >= 0:
                typed[element] = " ".join(built.request.words(span))
    rows, marked, visible = [], -1, room.visible
    for i in range(int(room.now[ELEMENTS])):
        place = int(visible.element[i])
        element = built.elements[place]
        text = typed.get(place, " ".join(element.initial)) if visible.value[i] else ""
        rows.append((element, bool(visible.on[i]), text))
        if step < len(actions) - 1 and actions[step, 2] == place:
            marked = i
    return rows, marked


def _heading(pen: Any, text: str, width: int) -> int:
    """Write the request, up to three lines; returns where it ends."""
    words, lines = text.split(), [""]
    for word in words:
        if pen.textlength(f"{lines[-1]} {word}") > width - 8:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    for place, line in enumerate(lines[:3]):
        pen.text((4, 3 + 12 * place), line, fill=INK)
    return 8 + 12 * min(len(lines), 3)


def _thing(pen: Any, box: tuple[int, int, int, int], element: Element, on: bool, text: str, marked: bool) -> None:
    fill = DONE if on else COLOURS.get(element.kind, PALE)
    pen.rectangle(box, fill=fill, outline=MARK if marked else LINE, width=2 if marked else 1)
    if box[3] - box[1] >= LETTERS - 4:
        name = " ".join(element.name) + (f": {text}" if text else "")
        pen.text((box[0] + 5, box[1] + 1), name, fill=INK if fill == PALE else PALE)
