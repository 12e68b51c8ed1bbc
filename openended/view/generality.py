"""How general a run's agent became, in lines and as a picture: see `openended generality`."""

from itertools import pairwise
from pathlib import Path
from typing import Any

from openended.view.output import target, write

TITLES = ("from", "to", "tolerance", "of 99 %", "regressed", "below", "improved", "more general")
WIDTHS = (11, 11, 11, 11, 11, 11, 11, 14)


def text(report: dict[str, Any]) -> str:
    """The report in lines: what was compared, the table, the longest chains."""
    lines = ["".join(f"{cell:>{width}}" for cell, width in zip(row, WIDTHS, strict=True)) for row in rows(report)]
    return "\n".join([title(report), *lines, *chains(report)])


def title(report: dict[str, Any]) -> str:
    """What was compared on what."""
    played = f", {report['episodes']} episodes each" if report["episodes"] > 1 else ""
    return (
        f"{report['recipe']}, seed {report['seed']}: {len(report['snapshots'])} snapshots of learner "
        f"{report['learner']} on {sum(report['tasks'].values()):,} tasks{played}; solved: return {report['solved']:g} "
        "or more"
    )


def rows(report: dict[str, Any]) -> list[tuple[str, ...]]:
    """The table, titles first: every snapshot against the one before, and the last against the first."""
    order = [each["generation"] for each in report["snapshots"]]
    wanted = dict.fromkeys([*pairwise(order), (order[0], order[-1])])
    pairs = {(pair["earlier"], pair["later"]): pair for pair in report["pairs"]}
    lines = [
        (
            str(pair["earlier"]),
            str(pair["later"]),
            f"{pair['tolerance']:.1f}",
            f"{pair['tolerance_99']:.1f}",
            f"{pair['regressed']:.2%}",
            f"{pair['regressed_bound']:.2%}",
            f"{pair['improved']:.2%}",
            "yes" if pair["dominates"] else "no",
        )
        for pair in map(pairs.__getitem__, wanted)
    ]
    return [TITLES, *lines]


def chains(report: dict[str, Any]) -> list[str]:
    """The longest chains, beside those of an agent against itself, a sentence each."""
    null, count = report["null"], len(report["snapshots"])
    rule = (
        f"on 99 % of the tasks no loss beyond {report['tolerance']:g}, and more tasks won than lost"
        if report["episodes"] == 1
        else "on every task few episodes lost, and on some more won"
    )
    return [
        f"longest chain: {len(report['chain'])} of {count} snapshots, generations "
        f"{', '.join(map(str, report['chain']))} ({rule})",
        f"the last agent against itself as often: a chain of {null['chain']}; at most {null['regressed']:.2%} "
        f"regressed, {null['improved']:.2%} improved, tolerance of 99 % {null['tolerance_99']:.1f}",
        f"longest chain if no more is lost than that: {len(report['beyond_chance'])} of {count}, "
        f"generations {', '.join(map(str, report['beyond_chance']))}; of the agent against itself "
        f"{null['beyond_chance']}",
    ]


def plot(report: dict[str, Any], output: str | Path) -> Path:
    """Draw where a run grew and what it forgot, and return where the picture is. Raises Usage, Resources."""
    from openended.view.plots.generality import figure
    from openended.view.plots.style import ENDINGS, encoded

    place, ending = target(output, ENDINGS)
    return write(place, encoded(figure(report), ending))
