"""The proof that the simulator is the browser: the same agent visits the same site in both, compared step by step.

Closed loop: in the browser, too, the agent sees the page, scores what could be done and does it with mouse and
keyboard. Compared are what it sees, to the byte; what it does; the reward, worked out from the values that the document
holds; and the verdict that the page's own script gives.
"""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path as File
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..policy import DEFAULT
from ..sessions import prepare
from ..simulation.episode import (
    ACTION,
    ACTIONS,
    CANDIDATES,
    DONE,
    FAILED,
    PLAN,
    VERDICT,
    WAY,
    begin,
    new_room,
    turn,
)  # fmt: skip
from ..simulation.plan import left, new_counts
from ..simulation.state import PAGE, new_state
from ..simulation.tables import Tables
from ..sites import kinds as e
from ..sites.build import build
from ..sites.elements import Built
from ..sites.reading import tokens
from ..sites.task import Site
from .chromium import Page
from .look import Visitor, features
from .render import page as render

Choose = Callable[[NDArray[np.float32]], int]
"""An agent: the candidate to be done, of the features float32[candidates, 48] of all."""
STATE = """(() => {
  const all = [...document.querySelectorAll("main :is(a, button, input, textarea, option, summary)")];
  const flag = (node, name) => node.getAttribute(name) === "true";
  return {
    page: Number((/^#p(\\d+)$/.exec(location.hash) || [0, 0])[1]),
    verdict: document.documentElement.dataset.verdict || "0",
    values: all.map(node => node.matches("option") ? Number(node.selected)
      : node.matches("[type=checkbox], [type=radio]") ? Number(node.checked)
      : node.matches("summary") ? Number(node.parentElement.open)
      : node.matches("button") ? Number(flag(node, "aria-pressed") || flag(node, "aria-selected"))
      : node.matches("a") ? 0 : node.value),
    shut: [...document.querySelectorAll("main > form")].map(form => {
      const dialog = form.querySelector("dialog");
      return Boolean(dialog) && dialog.returnValue === "shut";
    }),
  };
})()"""


@dataclass(frozen=True)
class Difference:
    """Where browser and simulator differ: the site, the request, the step, and what."""

    site: Site
    request: int
    step: int
    what: str


def compare(
    page: Page, site: Site, number: int, choose: Choose, alter: Callable[[str], str] = str
) -> tuple[int, Difference | None]:
    """Visit request `number` of a site in both; returns the steps that were compared, and the first difference.

    alter: changes the page's HTML before it is opened, to plant faults.
    """
    built, tables, room = build(site, number), prepare([site]), new_room(DEFAULT)
    with tempfile.NamedTemporaryFile("w", suffix=".html", encoding="utf-8") as file:
        file.write(alter(render(built)))
        file.flush()
        page.open(File(file.name).as_uri())
    text = page.run("document.getElementById('request').textContent")
    visitor, step, over, way = Visitor(page, text, settling="tasks"), 0, False, 0.0
    begin(tables.look, tables.rules, number, room)
    plan = int(room.now[PLAN])

    def differ(what: str) -> tuple[int, Difference]:
        return step, Difference(site, number, step, what)

    while not over:
        count = int(room.now[CANDIDATES])
        if visitor.look() != count:
            return differ(f"the browser has {visitor.count} candidates, the simulator {count}")
        seen, expected = features(visitor), np.array(room.seen.features[:count])
        if seen.tobytes() != expected.tobytes():
            rows, columns = np.nonzero(seen != expected)
            row, column = int(rows[0]), int(columns[0])
            return differ(
                f"feature {column} of candidate {row} is {seen[row, column]} in the browser, {expected[row, column]} "
                "in the simulator"
            )
        chosen = choose(seen)
        element, span = (int(value) for value in room.seen.candidates[chosen])
        if (visitor.place(chosen), int(visitor.seen.candidates[chosen, 1])) != (place_of(built, element), span):
            return differ(f"candidate {chosen} is another one in the browser")
        found = visitor.act(chosen, STATE)
        reward, over = turn(tables.look, tables.rules, number, room, element, span)
        step += 1
        verdict = int(found["verdict"])
        if verdict != room.now[VERDICT]:
            return differ(f"the verdict is {verdict} in the browser, {room.now[VERDICT]} in the simulator")
        rest = remaining(built, tables, number, found)
        now = way if verdict else max(0.0, 1.0 - rest / plan)
        if verdict:
            earned = ACTION + (DONE + WAY * (1.0 - way) if verdict > 0 else FAILED - WAY * way)
        else:
            earned = ACTION + WAY * (now - way)
        way = now
        if earned != reward:
            return differ(f"the reward is {earned} in the browser, {reward} in the simulator")
        assert step == room.now[ACTIONS]
    return step, None


def place_of(built: Built, element: int) -> str:
    """What an element of the simulator is called; the way back has no name."""
    return " ".join(built.elements[element].name) if element >= 0 else ""


def remaining(built: Built, tables: Tables, number: int, found: dict[str, Any]) -> int:
    """Actions that are left, from what the document holds."""
    state, counts = new_state(), new_counts()
    values = found["values"]
    spans = {built.request.words(span): span + 1 for span in range(len(built.request.spans))}
    if len(values) != len(built.elements):
        raise ValueError(f"the document has {len(values)} elements, the site {len(built.elements)}")
    state.tab[:] = -1
    for place, (element, value) in enumerate(zip(built.elements, values, strict=True)):
        if isinstance(value, str):
            state.value[place] = spans.get(tokens(value), e.FILLED) if value else 0
        elif element.effect == e.OPEN:
            state.open[element.target] = value
        elif element.effect == e.SHOW:
            state.tab[element.page] = element.target if value else state.tab[element.page]
        else:
            state.value[place] = value
    state.shut[: len(built.parents)] = found["shut"]
    state.now[PAGE] = found["page"]
    return int(left(tables.look, tables.rules, number, state, counts))
