"""A site as HTML: for every request one page, complete in itself, that neither loads anything nor talks to anybody.

Made of the same table as the simulator's arrays (`sites.build`). The order of links, buttons, inputs, options and
summaries in the document is that of the table; no attribute tells what is wanted. Only words of the vocabulary reach
the page, and they are escaped.
"""

import json
from base64 import b64encode
from collections.abc import Iterable, Iterator
from functools import cache
from hashlib import sha256
from html import escape
from importlib.resources import files
from itertools import groupby
from typing import Any

from ...api import Trace
from ..simulation.see import CLICK
from ..sites import kinds as e
from ..sites.build import build
from ..sites.elements import Built, Part, Words
from ..sites.limits import REQUESTS
from ..sites.task import Site

STYLE = """
body{font:15px/1.45 system-ui,sans-serif;margin:0;color:#222;background:#f4f3ef}
header{background:#fff;border-bottom:1px solid #ccc;padding:.7rem 1rem}header p{margin:0}#verdict{font-weight:600}
main{padding:1rem;max-width:52rem}fieldset,details,table,select,nav,.end,[role=tablist]{margin:.6rem 0}
fieldset{border:1px solid #ccc;background:#fff}table{border-collapse:collapse;background:#fff}
td{border:1px solid #ccc;padding:.2rem .6rem}nav a,nav button,fieldset>a,fieldset>button{margin-right:.8rem}
button[aria-pressed=true],[aria-selected=true]{background:#d8e6f3}.row{margin:.3rem 0}select{min-width:12rem}
[role=tablist] button{margin-right:.3rem}summary{cursor:pointer}dialog{max-width:24rem}
"""
QUOTE = '"'
ACTS = {
    e.SHOW: "show", e.GO: "go", e.SEARCH: "search", e.SHUT: "shut", e.END: "end",
}  # fmt: skip


@cache
def script(name: str) -> str:
    """One of the scripts beside this file."""
    return files(__package__).joinpath(name).read_text("utf-8")


def render(site: Site, number: int) -> str:
    """Request `number` of a site's session as a page."""
    return page(build(site, number))


def page(built: Built, more: str = "") -> str:
    """A site that has been built, as a page; `more`: another script that runs on it."""
    code = script("site.js").replace("PLAN", json.dumps(plan(built), separators=(",", ":")), 1) + more
    digest = b64encode(sha256(code.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'; form-action 'none'"
    forms = "".join(_page(built, page) for page in range(len(built.parents)))
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}"><title>web-v1</title>'
        f'<link rel="icon" href="data:,"><style>{STYLE}</style></head><body>'
        f'<header><p id="request">{escape(built.text)}</p><p id="verdict"></p></header><main>{forms}</main>'
        f"<script>{code}</script></body></html>\n"
    )


def played(site: Site, trace: Trace) -> str:
    """The page of the first request that an agent did not do, or of the first one, to play on; a button does what the
    agent did. A dialog covers the button: close it by hand, as the agent does.
    """
    actions, rewards = trace.scene["actions"][:-1], trace.rewards
    number = 0
    for request in range(REQUESTS):
        mine = actions[:, 0] == request
        if mine.any() and rewards[mine][-1] <= 0:
            number = request
            break
    built = build(site, number)
    done = [[place, _typed(built, span)] for request, _, place, span in actions.tolist() if request == number]
    return page(built, script("play.js").replace("ACTIONS", json.dumps(done), 1))


def _typed(built: Built, span: int) -> str | None:
    if span == CLICK:
        return None
    return " ".join(built.request.words(span)) if span >= 0 else ""


def plan(built: Built) -> dict[str, Any]:
    """What the page's script must know: what elements do, and what is wanted."""
    acts: list[list[Any]] = []
    sends: list[list[int]] = []
    wanted: list[list[Any]] = []
    for place, element in enumerate(built.elements):
        act = ACTS.get(element.effect, "toggle" if element.effect == e.TOGGLE and element.kind == e.BUTTON else "")
        if act:
            query = " ".join(built.elements[place - 1].text) if element.effect == e.SEARCH else ""
            acts.append([place, act, element.target, query])
        if element.effect in (e.SEND, e.COMMIT):
            sends.append([place, element.target])
        if element.effect in (e.TOGGLE, e.PICK):
            wanted.append([place, element.wanted])
        if element.effect == e.TYPE:
            wanted.append([place, " ".join(element.text)])
    return {"acts": acts, "sends": sends, "wanted": wanted, "commit": built.commit}


def said(words: Words) -> str:
    """Words as text: escaped, the first letter a capital."""
    return escape(" ".join(words).capitalize())


def _page(built: Built, page: int) -> str:
    parts = [part for part in built.parts if part.page == page]
    inside = "".join(_panel(built, panel, list(some)) for panel, some in groupby(parts, lambda part: part.panel))
    return f"<form{' hidden' if page else ''}><h1>{said(built.names[page])}</h1>{inside}</form>"


def _panel(built: Built, panel: int, parts: list[Part]) -> str:
    """Parts that are in the same panel, or in none."""
    inside = "".join(_part(built, part) for part in parts)
    if panel < 0:
        return inside
    if built.panels[panel][0] == e.SECTION:
        return f"<details><summary>{said(built.elements[parts[0].header].name)}</summary>{inside}</details>"
    return f'<div role="tabpanel" id="t{panel}" hidden>{inside}</div>'


def _part(built: Built, part: Part) -> str:
    places = range(part.first, part.last)
    title = said(part.title)
    if part.kind == "text":
        return f"<p>{said(part.words)}.</p>"
    if part.kind == "dialog":
        return f"<dialog><p>{said(part.words)}.</p>{_items(built, places)}</dialog>"
    if part.kind == "nav":
        return f"<nav>{_items(built, places)}</nav>"
    if part.kind == "tabs":
        return f'<div role="tablist">{_items(built, places)}</div>'
    if part.kind == "end":
        return f'<div role="group" class="end">{_items(built, places)}</div>'
    if part.kind in ("menu", "list"):
        many = " multiple" if part.kind == "list" else ""
        return f'<select aria-label="{title}" size="{len(places)}"{many}>{_items(built, places)}</select>'
    if part.kind == "table":
        return f"<table>{''.join(_rows(built, part))}</table>"
    legend = f"<legend>{title}</legend>" if title else ""
    items = _fields(built, part) if part.kind == "form" else [_item(built, place) for place in places]
    return f"<fieldset>{legend}{''.join(items)}</fieldset>"


def _items(built: Built, places: Iterable[int]) -> str:
    return "".join(_item(built, place) for place in places)


def _rows(built: Built, part: Part) -> Iterator[str]:
    for place, cells in zip(range(part.first, part.last), part.rows, strict=True):
        row = "".join(f"<td>{said(cell)}</td>" for cell in cells)
        yield f"<tr>{row}<td>{_item(built, place)}</td></tr>"


def _fields(built: Built, part: Part) -> Iterator[str]:
    for place in range(part.first, part.last):
        name = said(built.elements[place].name)
        if part.names == "label":
            field = _input(built, place, f' id="f{place}"')
            yield f'<p class="row"><label for="f{place}">{name}</label> {field}</p>'
        elif part.names == "before":
            yield f'<p class="row"><span>{name}</span> {_input(built, place, "")}</p>'
        else:
            attribute = "placeholder" if part.names == "placeholder" else "aria-label"
            yield f'<p class="row">{_input(built, place, f" {attribute}={QUOTE}{name}{QUOTE}")}</p>'


def _input(built: Built, place: int, more: str) -> str:
    element = built.elements[place]
    more += (" required" if element.required else "") + (' inputmode="numeric"' if element.numeric else "")
    text = escape(" ".join(element.initial))
    if element.kind == e.AREA:
        return f"<textarea{more}>{text}</textarea>"
    return f'<input type="text" autocomplete="off"{more} value="{text}">'


def _item(built: Built, place: int) -> str:
    element = built.elements[place]
    name, on = said(element.name), element.first > 0
    if element.kind == e.LINK:
        return f'<a href="#{"end" if element.effect == e.END else f"p{element.target}"}">{name}</a>'
    if element.kind == e.TAB and element.effect == e.GO:
        return f'<a role="tab" href="#p{element.target}">{name}</a>'
    if element.kind == e.TAB:
        return f'<button type="button" role="tab" aria-selected="{"true" if on else "false"}">{name}</button>'
    if element.kind == e.OPTION:
        return f"<option{' selected' if on else ''}>{name}</option>"
    if element.kind in (e.CHECK, e.RADIO):
        kind = f'type="radio" name="g{element.group}"' if element.kind == e.RADIO else 'type="checkbox"'
        return f'<p class="row"><label><input {kind}{" checked" if on else ""}> {name}</label></p>'
    if element.kind == e.INPUT:
        return _input(built, place, f' aria-label="{name}"')
    pressed = ' aria-pressed="false"' if element.effect == e.TOGGLE else ""
    return f'<button type="{"submit" if element.kind == e.SUBMIT else "button"}"{pressed}>{name}</button>'
