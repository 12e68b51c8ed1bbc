"""The elites of the page: which of them are shown, which can be played, and their cards."""

import json
from dataclasses import dataclass
from html import escape
from math import isfinite
from typing import Any

from openended.core.types import Pair
from openended.file.snapshot import Snapshot, described
from openended.view.choice import by_hardness, spread
from openended.view.episode import Episode, episode
from openended.view.numbers import number
from openended.view.replay import strip

from .codec import film, png

MOST_CARDS, MOST_FILMS = 150, 24
BUDGET = 3_000_000
"""Most bytes of all films together."""
THUMBNAIL, COLOURS = (640, 88), 32


@dataclass(frozen=True)
class Card:
    """An elite on the page: its episode, and the episode as the player wants it, if it can be played."""

    pair: Pair
    episode: Episode
    film: dict[str, Any] | None


def cards(view: Snapshot) -> list[Card]:
    """Elites with their episodes, the easiest task first; none if the domain draws no pictures.

    Of many the hardest solved, the fittest, the hardest of all and a spread from easy to hard are shown; a smaller such
    choice of those can be played, as far as their films fit on the page.
    """
    shown = spread(view, view.agents, MOST_CARDS) if view.domain.pictures else []
    episodes = {pair.niche: episode(view, pair) for pair in shown}
    films: dict[int, dict[str, Any]] = {}
    size = 0
    for pair in spread(view, shown, MOST_FILMS):
        played = episodes[pair.niche]
        made = film(view.domain, played.task, played.trace)
        size += len(json.dumps(made))
        if films and size > BUDGET:
            break
        films[pair.niche] = made
    return [Card(pair, episodes[pair.niche], films.get(pair.niche)) for pair in by_hardness(view, shown)]


def card(view: Snapshot, shown: Card, place: int) -> str:
    """One elite in the gallery; `place` counts them from the easiest task on."""
    pair, words = shown.pair, escape(shown.episode.caption)
    solved = pair.best_fitness >= view.solved
    size = 'width="{}" height="{}"'.format(*THUMBNAIL)
    picture = png(image(view, shown.episode), COLOURS)
    drawn = f'<img src="{picture}" {size} loading="lazy" alt="{words}">'
    if shown.film is not None:
        drawn = f'<button type="button" data-show="{pair.niche}" title="Play">{drawn}</button>'
    fitness = pair.best_fitness if isfinite(pair.best_fitness) else -1e9
    state = '<span class="solved">solved</span>' if solved else "not solved"
    where = escape(described(view.domain.axes, view.state.tasks[pair.task].descriptor))
    return (
        f'<li class="card" id="niche-{pair.niche}" data-niche="{pair.niche}" data-hardness="{place}" '
        f'data-fitness="{fitness:.6g}" data-solved="{int(solved)}">{drawn}'
        f"<p><strong>Niche {pair.niche}</strong> · fitness {number(pair.best_fitness)} · {state}</p>"
        f'<p class="quiet">{where}</p></li>'
    )


def image(view: Snapshot, shown: Episode) -> Any:
    """The whole episode as a small picture (Pillow's)."""
    from PIL import Image

    return Image.fromarray(strip(view.domain, shown, *THUMBNAIL))
