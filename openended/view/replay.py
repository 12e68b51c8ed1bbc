"""Elites on their own or on other tasks, or a learner on any: a film (GIF, MP4), or one picture (PNG).

Several are shown side by side. The episodes run again from the run file, exactly as they were scored. Any domain with
`trace` and `draw` can be replayed. A domain may offer more: `strip(task, trace, width, height)`, its own picture of a
whole episode, and `steps_per_second`, so that the film runs no slower than life.
"""

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from openended.core.types import Pair
from openended.file.errors import Usage
from openended.file.given import read_task, suite
from openended.file.reader import Reader
from openended.file.snapshot import Snapshot, chosen, snapshot
from openended.view.choice import by_hardness, spread
from openended.view.episode import Episode, episode, played
from openended.view.film import PAPER, Film, gif, joined, label, mp4, tiled
from openended.view.output import target, write
from openended.view.versus import versus

ENDINGS = ("gif", "mp4", "png", "html")
MOST = 8
"""Most agents in one film."""
SIZES = {"gif": ((520, 220), (520, 180)), "mp4": ((960, 400), (960, 320)), "png": ((1800, 220), (900, 96))}
"""Pixels of a scene, the only one and one of several, by the picture's ending."""


def replay(
    path: str | Path,
    output: str | Path,
    niches: Sequence[int] = (),
    best: bool = False,
    everyone: bool = False,
    on: str | None = None,
    width: int = 0,
    height: int = 0,
    against: bool = False,
    some: int = 0,
    learner: int | None = None,
) -> Path:
    """Show agents of the run file, and return where the picture is.

    Args:
        path: the run file.
        output: the picture; `.gif` and `.mp4` move, `.png` shows whole episodes; `.html` is a page to play on, of one
            elite, where the domain's tasks are pages.
        niches: whose elites, side by side; without: the one with the best fitness.
        best: show the solved elite on the hardest task instead.
        everyone: show the elites of all niches instead, those of easy tasks first.
        on: the task they are all shown on: a niche (its task), a file with a task, or SUITE:COURSE; None: their own.
        width: pixels of a scene; 0: as `SIZES` has it.
        height: likewise, without the caption below it.
        against: of an attack, the agent and a witness on the minimal counter-example of one niche; without a niche, of
            the most telling fault.
        some: show so many elites instead, spread from easy tasks to hard ones; 0: see above.
        learner: show the agent in training of this learner instead, `on` a task.

    Raises:
        Usage: an unknown ending, a missing folder or package, an empty niche, no such task, a run without elites, no
            such learner, too many agents for a film.
        Failure: the run file cannot be read or the picture not be written.
    """
    place, kind = target(output, ENDINGS)
    if bool(niches) + best + everyone + bool(some) + (learner is not None) > 1:
        raise Usage("--niche, --best, --all, --spread and --learner name different agents; choose one of them.")
    view = snapshot(path)
    if view.domain.pictures is None:
        raise Usage(f"{view.domain.id} draws no pictures, so there is nothing to replay.")
    if against:
        if best or everyone or some or learner is not None or on is not None or len(niches) > 1:
            raise Usage("--versus shows the minimal task of one niche; name it with --niche, and nothing else.")
        if kind == "html":
            raise Usage("--versus shows two agents, and an html one; make a gif, an mp4 or a png.")
        shown = versus(view, niches[0] if niches else None)
        return write(place, made(view, kind, shown, width, height, ""))
    if learner is not None:
        if on is None or kind == "html":
            raise Usage("--learner shows an agent without a task of its own; name one with --on, and make no html.")
        return write(place, made(view, kind, [in_training(view, learner, on)], width, height, ""))
    pairs = wanted(view, niches, best, everyone, some)
    if kind != "png" and len(pairs) > MOST:
        raise Usage(
            f"a film shows {MOST} agents at most, these are {len(pairs)}; name some with --niche, or make a png."
        )
    written = view.domain.pictures.page
    if kind == "html" and (len(pairs) > 1 or written is None):
        raise Usage("an html shows one elite, where tasks are web pages; choose it with --niche, or make a png.")
    task = None if on is None else named(view, on)
    shown = [episode(view, pair, task) for pair in pairs]
    if kind == "html" and written is not None:
        return write(place, written(shown[0].task, shown[0].trace).encode())
    return write(place, made(view, kind, shown, width, height, heading(view, len(shown)) if everyone or some else ""))


def made(view: Snapshot, kind: str, shown: Sequence[Episode], width: int, height: int, title: str) -> bytes:
    """The film or the sheet of some episodes; a sheet stands below a title."""
    across, up = SIZES[kind][len(shown) > 1]
    columns = 1 if len(shown) <= 4 else 2 if len(shown) <= 60 else 3
    film = Film(view.domain, shown, width or across, height or up, columns)
    return sheet(film, title) if kind == "png" else gif(film) if kind == "gif" else mp4(film)


def wanted(view: Snapshot, niches: Sequence[int], best: bool, everyone: bool, some: int = 0) -> list[Pair]:
    """The elites to be shown. Raises Usage if one is not there."""
    if (everyone or some) and view.agents:
        return by_hardness(view, spread(view, view.agents, some) if some else view.agents)
    return [chosen(view, niche, best) for niche in niches] or [chosen(view, None, best)]


def in_training(view: Snapshot, learner: int, on: str) -> Episode:
    """The episode of a learner's agent, as it is now, on a task. Raises Usage without such a learner or task."""
    view.check_agents()
    name, task = named(view, on)
    with Reader(view.path) as run:
        agent = run.learner(learner).agent
    return played(view, view.policy, agent, task, f"learner {learner} on {name}")


def named(view: Snapshot, on: str) -> tuple[str, Any]:
    """A task that is not the agents' own, and its name. Raises Usage."""
    if on.isdecimal():
        return f"the task of niche {on}", view.state.tasks[chosen(view, int(on), False).task].genome
    if on.endswith(".json"):
        return Path(on).name, read_task(view.domain, Path(on))
    name, _, course = on.partition(":")
    courses = suite(view, name)
    if course not in courses:
        raise Usage(f"{on!r} names no course; write {name}:COURSE with one of: {', '.join(courses)}.")
    return f"{course} of {name}", courses[course][0]


def heading(view: Snapshot, count: int) -> str:
    who = f"the elites of all {count} niches" if count == len(view.agents) else f"{count} of {len(view.agents)} elites"
    return (
        f"{view.recipe} (seed {view.config['seed']}), generation {view.generation}: {who}, from easy tasks (top left) "
        "to hard ones"
    )


def sheet(film: Film, title: str = "") -> bytes:
    """Whole episodes in one PNG, below a title."""
    from PIL import Image

    strips = [joined(strip(film.domain, each, film.width, film.height), each.caption) for each in film.episodes]
    picture = tiled(strips, film.columns)
    if title:
        scene = np.asarray(picture)
        picture = Image.fromarray(np.concatenate((np.asarray(label(title, picture.width)), scene)))
    buffer = io.BytesIO()
    picture.save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def strip(domain: Any, shown: Episode, width: int, height: int) -> NDArray[np.uint8]:
    """A whole episode, uint8[height, width, 3]: as the domain draws it, otherwise frames at regular times in a row."""
    if domain.pictures.strip:
        return np.asarray(domain.pictures.strip(shown.task, shown.trace, width, height))
    count = max(1, min(shown.steps + 1, width // height))
    edges = np.linspace(0, width, count + 1).astype(int)
    times = np.linspace(0, shown.steps, count).astype(int)
    scenes = [
        domain.pictures.draw(shown.task, shown.trace, int(step), int(size), height)
        for step, size in zip(times, np.diff(edges), strict=True)
    ]
    scene = np.concatenate(scenes, axis=1)
    for edge in edges[1:-1]:
        scene[:, edge - 1 : edge + 1] = PAPER
    return scene
