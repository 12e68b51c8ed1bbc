"""A run on one page: summary, archive, episodes to play, progress, lineage, recipe, versions.

The page is one file that loads nothing, from the network or elsewhere: pictures, films, style and script are in it, and
its content security policy forbids the rest. All text is escaped. The same run file gives the same bytes.
"""

import json
from base64 import b64encode
from hashlib import sha256
from html import escape
from importlib.resources import files
from pathlib import Path
from typing import Any

from openended.file.reader import Reader
from openended.file.snapshot import Snapshot, chosen, snapshot
from openended.view import status
from openended.view.numbers import count, duration, number
from openended.view.output import target, write

from . import figures, people
from .gallery import Card, card, cards

SORTS = {"hardness": "difficulty", "fitness": "fitness", "niche": "niche"}
FILTERS = {"all": "all", "solved": "solved", "open": "not solved"}
SPEEDS = {
    "0.25": "quarter speed",
    "0.5": "half speed",
    "1": "as in life",
    "2": "twice as fast",
    "4": "four times as fast",
}


def report(path: str | Path, output: str | Path, generality: dict[str, Any] | None = None) -> Path:
    """Write the report of a run file, an `.html` page, and return where it is.

    `generality`: what `openended generality` says of the run, for a section of its own.

    Raises Usage for another ending or a missing folder; Failure if the run file cannot be read or the page not be
    written.
    """
    place, _ = target(output, ("html",))
    told, view, versions = moment(path)
    return write(place, page(told, view, versions, generality).encode(errors="replace"))


def moment(path: str | Path) -> tuple[dict[str, Any], Snapshot, dict[str, str]]:
    """What the run file says at one moment, though the run may go on: status, snapshot, versions."""
    while True:
        told, view = status.report(path), snapshot(path)
        if told["generation"] == view.generation:
            with Reader(path) as run:
                return told, view, run.fingerprint


def page(
    told: dict[str, Any], view: Snapshot, versions: dict[str, str], generality: dict[str, Any] | None = None
) -> str:
    """The page."""
    elites = cards(view)
    sections = {
        "Summary": summary(told, view),
        "Archive": figures.archive(view) + hint(elites),
        "Watch": player(view, elites),
        "Gallery": gallery(view, elites),
        **figures.others(view),
        "People": people.section(view),
        "Generality": "" if generality is None else figures.snapshots(generality),
        "Recipe": folded("All settings of the run", f"<pre>{escape(toml(view.config))}</pre>"),
        "Versions": folded("Where the run was begun", table(list(versions.items()))),
    }
    shown = {heading: body for heading, body in sections.items() if body}
    links = "".join(f'<a href="#{heading.lower()}">{heading}</a>' for heading in shown)
    bodies = "".join(
        f'<section id="{heading.lower()}"><h2>{heading}</h2>{body}</section>' for heading, body in shown.items()
    )
    script, title = module("scene.js", "player.js"), f"{told['recipe']} (seed {told['seed']})"
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy(script)}">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)} · openended</title>"
        f'<link rel="icon" href="data:,"><style>{part("page.css")}</style></head><body>'
        f'<header><p class="quiet">openended · {progress(told)}</p><h1>{escape(title)}</h1>'
        f"<p>{escape(str(view.config['question']))}</p><nav>{links}</nav></header><main>{bodies}</main>"
        "<footer>This page is complete in itself: it loads nothing, and it can be kept, sent and printed.</footer>"
        f'<script type="application/json" id="films">{films(elites)}</script><script type="module">{script}</script>'
        "</body></html>\n"
    )


def policy(script: str) -> str:
    """What the page may do: show its own pictures and style, run its own script, nothing else."""
    digest = b64encode(sha256(script.encode()).digest()).decode()
    return f"default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'sha256-{digest}'"


def progress(told: dict[str, Any]) -> str:
    if told["generation"] < 0:
        return "no generation yet"
    return f"generation {told['generation']:,} of {told['generations']:,}"


def summary(told: dict[str, Any], view: Snapshot) -> str:
    """The figures that one asks for first, then the others."""
    solved = sum(pair.best_fitness >= view.solved for pair in view.elites.values())
    first = {
        "elites": f"{len(view.elites):,}",
        "of them solved": f"{solved:,}",
        "QD score": number(told["qd_score"], 0),
        "best fitness": number(told["best"]),
        "steps": count(told["env_steps"]),
        "time": duration(told["seconds"]),
    }
    tiles = "".join(f"<div><dt>{name}</dt><dd>{escape(value)}</dd></div>" for name, value in first.items())
    return f'<dl class="tiles">{tiles}</dl>{table(others(told))}'


def others(told: dict[str, Any]) -> list[tuple[str, str]]:
    """Names and what people read."""
    rate, commits = told["steps_per_second"], told["commit_share"]
    return [
        ("domain", f"{told['domain']}, {told['algorithm']}"),
        ("steps", f"{told['env_steps']:,} in {told['evaluations']:,} episodes, {count(rate or 0)} a second"),
        ("commits", f"{100 * (commits or 0):.1f} % of the time"),
        ("active pairs", number(told["active"], 0)),
        ("coverage", f"{100 * (told['coverage'] or 0):.3g} % of all niches"),
        ("mean fitness", number(told["mean_fitness"])),
        ("tasks", f"{told['tasks_created']:,} created, ANNECS {told['annecs']:,}"),
        ("transfers", f"{told['transfers']:,} of {told['transfers_tried']:,} accepted"),
        *([("specification", status.specification(told))] if told["specification"] else []),
        ("not finite", f"{told['nonfinite']:,} returns"),
        ("run", told["run"]),
        ("digest", told["digest"]),
    ]


def table(rows: list[tuple[str, str]]) -> str:
    lines = "".join(f'<tr><th scope="row">{escape(name)}</th><td>{escape(value)}</td></tr>' for name, value in rows)
    return f'<div class="wide"><table>{lines}</table></div>'


def hint(elites: list[Card]) -> str:
    if not elites:
        return ""
    return '<p class="quiet">Click a tile to watch its elite, or to find it in the gallery.</p>'


def player(view: Snapshot, elites: list[Card]) -> str:
    """The canvas, which begins with the hardest solved elite, and its controls; nothing if there is nothing to play."""
    films = [each for each in elites if each.film is not None]
    if not films:
        return ""
    first = chosen(view, None, best=True).niche
    names = options({str(each.pair.niche): each.episode.caption for each in films})
    return (
        '<noscript><p class="quiet">Playing episodes needs JavaScript; all else on this page does not.</p></noscript>'
        f'<div class="screen"><canvas id="screen" role="img" data-first="{first}"></canvas></div>'
        '<p id="caption" class="quiet"></p><div class="controls"><button type="button" id="play">Play</button>'
        '<input type="range" id="time" min="0" max="1" step="any" value="0" aria-label="time">'
        '<output id="told"></output></div>'
        f'<div class="controls"><label>Episode <select id="episode">{names}</select></label>'
        f'<label>Speed <select id="speed">{options(SPEEDS, "1")}</select></label></div>'
    )


def options(names: dict[str, str], chosen: str = "") -> str:
    return "".join(
        f'<option value="{value}"{" selected" if value == chosen else ""}>{escape(name)}</option>'
        for value, name in names.items()
    )


def gallery(view: Snapshot, elites: list[Card]) -> str:
    """The cards of the elites, and what one may do with them."""
    if not elites:
        return "<p>The run has no elites yet.</p>"
    films = sum(each.film is not None for each in elites)
    which = (
        "All elites are shown" if len(elites) == len(view.elites) else f"{len(elites)} of {len(view.elites)} are shown"
    )
    told = f"{which}, each on its own task; {films} of them can be played, those with ▶"
    if films < len(view.elites):
        told += ": the hardest solved, the fittest, the hardest of all, and a spread from easy to hard"
    items = "".join(card(view, each, place) for place, each in enumerate(elites))
    return (
        f'<p class="quiet">{told}.</p><div class="controls">'
        f'<label>Sort by <select id="sort">{options(SORTS)}</select></label>'
        f'<label>Show <select id="only">{options(FILTERS)}</select></label><output id="seen"></output></div>'
        f'<ul class="cards">{items}</ul>'
    )


def films(elites: list[Card]) -> str:
    """The films as JSON that can stand in a page."""
    known = [
        {"niche": each.pair.niche, "caption": each.episode.caption, **each.film}
        for each in elites
        if each.film is not None
    ]
    text = json.dumps(known, separators=(",", ":"), allow_nan=False)
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def folded(words: str, body: str) -> str:
    """What is only seen when asked for."""
    return f"<details><summary>{words}</summary>{body}</details>"


def toml(config: dict[str, Any]) -> str:
    """Settings as TOML, tables after plain values; None is left out."""
    plain = {key: value for key, value in config.items() if not isinstance(value, dict) and value is not None}
    lines = [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in plain.items()]
    for name, value in config.items():
        if isinstance(value, dict):
            inner = toml({f"{name}.{key}" if isinstance(each, dict) else key: each for key, each in value.items()})
            lines.append(f"\n[{name}]\n{inner}")
    return "\n".join(lines)


def part(name: str) -> str:
    """A file that comes with the package."""
    return files("openended.view.report").joinpath(name).read_text()


def module(*names: str) -> str:
    """Modules as one, each before those that import from it: nothing is loaded from elsewhere."""
    return "".join(line for name in names for line in part(name).splitlines(True) if not line.startswith("import "))
