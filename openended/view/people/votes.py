"""What votes say about those who gave them: how often they are sure, of one mind with themselves and with others."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations, pairwise
from typing import Any

import numpy as np

from openended.core.offers import Taken
from openended.file.snapshot import Snapshot
from openended.view.people.guesses import foretold

Pair = tuple[int, int]


def votes(view: Snapshot, rows: Iterable[Taken]) -> dict[str, Any] | None:
    """Shares of all votes that counted, None where nothing is known: `ties`, `undecided`; of those that chose a task,
    `left` (side), `newer`, `harder` (the task farther from the descriptors' low ends), which also are how often one
    guesses rightly by such a rule; of `guesses` of these by a model of the votes before, those that were right,
    `guessed`; `same_again` of pairs that an author saw twice, `agreement` between two authors on a pair. None without a
    vote.
    """
    counted = [row for row in rows if row.kind == "vote" and row.outcome == "counted" and row.payload]
    if not counted:
        return None
    given = [dict(row.payload or {}) for row in counted]
    decided = [each for each in given if each["choice"] in ("left", "right")]
    chosen = [(each[each["choice"]], each["right" if each["choice"] == "left" else "left"]) for each in decided]
    guesses, guessed = foretold(view, given)
    return {
        "votes": len(given),
        "guesses": guesses,
        "guessed": guessed,
        "ties": share([each["choice"] == "equal" for each in given]),
        "undecided": share([each["choice"] == "none" for each in given]),
        "left": share([each["choice"] == "left" for each in decided]),
        "newer": share([winner > loser for winner, loser in chosen]),
        "harder": share([hardness(view, winner) > hardness(view, loser) for winner, loser in chosen]),
        "same_again": share(repeats(counted)),
        "agreement": share(agreements(counted)),
    }


def share(cases: Sequence[bool]) -> float | None:
    return sum(cases) / len(cases) if cases else None


def hardness(view: Snapshot, task: int) -> float:
    """How far a task lies from the low ends of the descriptors, in units of their ranges."""
    low, high = (np.array([getattr(axis, end) for axis in view.domain.axes]) for end in ("low", "high"))
    return float(np.linalg.norm((np.array(view.tasks[task].descriptor) - low) / (high - low)))


def said(payload: Mapping[str, Any]) -> tuple[Pair, int | str]:
    """The pair, lower id first, and the winner's id or what was said instead."""
    pair = min(payload["left"], payload["right"]), max(payload["left"], payload["right"])
    return pair, payload[payload["choice"]] if payload["choice"] in ("left", "right") else payload["choice"]


def by_pair(counted: Iterable[Taken]) -> dict[Pair, dict[str, list[int | str]]]:
    """What each author said of each pair, in order."""
    found: dict[Pair, dict[str, list[int | str]]] = {}
    for row in counted:
        pair, choice = said(row.payload or {})
        found.setdefault(pair, {}).setdefault(row.author, []).append(choice)
    return found


def repeats(counted: Iterable[Taken]) -> list[bool]:
    """Whether an author who saw a pair again said the same as the time before."""
    given = [choices for authors in by_pair(counted).values() for choices in authors.values()]
    return [before == after for choices in given for before, after in pairwise(choices)]


def agreements(counted: Iterable[Taken]) -> list[bool]:
    """Whether two authors who saw a pair said the same the first time."""
    first = [[choices[0] for choices in authors.values()] for authors in by_pair(counted).values()]
    return [one == other for choices in first for one, other in combinations(choices, 2)]
