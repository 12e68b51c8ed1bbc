"""`openended people`: what each author brought to a run, as JSON values and as a table."""

from pathlib import Path
from typing import Any

from openended.file.errors import Damaged
from openended.file.snapshot import Snapshot, snapshot
from openended.view.people.authors import author, machine
from openended.view.people.learning import ENOUGH, gains
from openended.view.people.sent import sent
from openended.view.people.votes import votes

STEPS = ("sent", "valid", "new", "learnable", "parked", "admitted", "solved")
"""The funnel, in its order."""
PRIMARY = "30"
"""Training steps after which learning potential is compared first, fixed beforehand."""


def report(path: str | Path) -> dict[str, Any]:
    """What people, scripted authors and the search brought to the run in a file; JSON values by name.

    Raises Failure if the file cannot be read.
    """
    return of(snapshot(path))


def of(view: Snapshot) -> dict[str, Any]:
    """The same of a run that was read."""
    try:
        rows, gained = view.offers(), gains(view)
        tasks = sent(view, rows)
        names = sorted({each.author for each in tasks if each.author})
        mine = {name: [each for each in tasks if each.author == name] for name in names}
        return {
            "run": str(view.path),
            "recipe": view.recipe,
            "generation": view.generation,
            "authors": [*(author(view, name, mine[name], rows, gained) for name in names), machine(view, gained)],
            "votes": votes(view, rows),
            "unread": sum(not each.author for each in rows),
        }
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise Damaged(f"{view.path} holds an offer that cannot be read ({error}); the file is damaged.") from error


def text(found: dict[str, Any]) -> str:
    """The report as lines."""
    authors = found["authors"]
    width = max(8, *(len(each["author"]) for each in authors)) + 2
    lines = [f"{'author':<{width}}" + "".join(f"{name:>11}" for name in STEPS)]
    for each in authors:
        lines.append(f"{each['author']:<{width}}" + "".join(f"{each['funnel'][name]:>11,}" for name in STEPS))
    tried = [each for each in authors if each.get("attempts")]
    if tried:
        titles = f"{'attempts':>11}{'agent failed':>22}{'and it can be solved':>24}{'refuted':>11}"
        lines += ["", f"{'author':<{width}}{titles}"]
    for each in tried:
        shares = f"{percent(each['mer']):>22}{percent(each['vmer']):>24}"
        lines.append(f"{each['author']:<{width}}{each['attempts']:>11,}{shares}{each['refuted']:>11,}")
    titles = f"{f'learning potential, {PRIMARY} steps':>34}{'more than the search, matched':>34}"
    lines += ["", f"{'author':<{width}}{titles}"]
    lines += [f"{each['author']:<{width}}{learnt(each):>34}{beside(each):>34}" for each in authors]
    if any(0 < matched(each).get("tasks", 0) < ENOUGH for each in authors):
        lines.append(f"Differences of fewer than {ENOUGH} tasks are shown with their interval and prove nothing.")
    if told := found["votes"]:
        shares = ", ".join(f"{words} {told[name]:.0%}" for name, words in NAMES.items() if told[name] is not None)
        lines += ["", f"{told['votes']:,} votes: {shares}"]
    if found["unread"]:
        lines += ["", f"{found['unread']:,} files in the inbox were no offers."]
    return "\n".join(lines)


NAMES = {
    "ties": "equal",
    "undecided": "cannot say",
    "left": "left side",
    "newer": "the newer task",
    "harder": "the harder task",
    "guessed": "guessed by a model of those before",
    "same_again": "the same at a repeat",
    "agreement": "agreement between authors",
}
"""What shares of votes are called."""


def percent(found: dict[str, float] | None) -> str:
    """A share with its interval, such as `40 % [21, 64]`."""
    return "-" if found is None else f"{found['value']:.0%} [{100 * found['low']:.0f}, {100 * found['high']:.0f}]"


def learnt(author: dict[str, Any]) -> str:
    """Learning potential with its interval and the number of tasks."""
    found = author["learning_potential"][PRIMARY]
    return "-" if found is None else f"{interval(found)} of {found['tasks']:,}"


def beside(author: dict[str, Any]) -> str:
    """The difference from the search's own tasks with its interval and the number of tasks."""
    found = matched(author)
    return f"{interval(found, '+')} of {found['tasks']:,}" if found else "-"


def matched(author: dict[str, Any]) -> dict[str, Any]:
    """The comparison with the search's own tasks; empty if there is none."""
    found: dict[str, Any] = author.get("matched", {}).get(PRIMARY) or {}
    return found


def interval(found: dict[str, Any], sign: str = "") -> str:
    value, low, high = (format(found[name], f"{sign}.2f") for name in ("value", "low", "high"))
    return f"{value} [{low}, {high}]"
