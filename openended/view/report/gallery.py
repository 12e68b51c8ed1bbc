"""The elites of the page: which of them are shown, which can be played, and their cards."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import numpy as np

from openended.core.types import Pair
from openended.file.snapshot import Snapshot, chosen, described
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

    episode: Episode
    film: dict[str, Any] | None

    @property
    def pair(self) -> Pair:
        return self.episode.pair


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
    return [Card(episodes[pair.niche], films.get(pair.niche)) for pair in by_hardness(view, shown)]


def spread(view: Snapshot, pairs: Sequence[Pair], most: int) -> list[Pair]:
    """At most `most` of the pairs, all elites: the most informative first."""
    if not pairs:
        return []
    ordered = by_hardness(view, pairs)
    telling = [chosen(view, None, best=True), chosen(view, None, best=False), ordered[-1]]
    places = np.unique(np.linspace(0, len(ordered) - 1, min(len(ordered), most)).round().astype(int))
    several = {pair.niche: pair for pair in [*telling, *(ordered[place] for place in places)]}
    return list(several.values())[:most]


def by_hardness(view: Snapshot, pairs: Sequence[Pair]) -> list[Pair]:
    return sorted(pairs, key=lambda pair: (view.hardness(pair), pair.niche))


def card(view: Snapshot, shown: Card, place: int) -> str:
    """One elite in the gallery; `place` counts them from the easiest task on."""
    pair, words = shown.pair, escape(shown.episode.caption)
    solved = pair.best_fitness >= view.solved
    size = 'width="{}" height="{}"'.format(*THUMBNAIL)
    picture = png(image(view, shown.episode), COLOURS)
    drawn = f'<img src="{picture}" {size} loading="lazy" alt="{words}">'
    if shown.film is not None:
        drawn = f'<button type="button" data-show="{pair.niche}" title="Play">{drawn}</button>'
    fitness = pair.best_fitness if np.isfinite(pair.best_fitness) else -1e9
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
