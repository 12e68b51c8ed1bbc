"""How general a run's agent became, in lines and as a picture: see `openended generality`."""

from itertools import pairwise
from pathlib import Path
from typing import Any

from openended.view.output import target, write

TITLES = ("from", "to", "tolerance", "of 99 %", "regressed", "below", "improved")
HEAD = "".join(f"{title:>11}" for title in TITLES) + "  more general"


def text(report: dict[str, Any]) -> str:
    """Neighbours, the first against the last, and the longest chain."""
    snapshots, tasks = report["snapshots"], sum(report["tasks"].values())
    played = f", {report['episodes']} episodes each" if report["episodes"] > 1 else ""
    lines = [
        f"{report['recipe']}, seed {report['seed']}: {len(snapshots)} snapshots of learner {report['learner']} on "
        f"{tasks:,} tasks{played}; solved: return {report['solved']:g} or more",
        HEAD,
    ]
    order = [each["generation"] for each in snapshots]
    neighbours = list(pairwise(order))
    for pair in report["pairs"]:
        ends = pair["earlier"], pair["later"]
        if ends in neighbours or ends == (order[0], order[-1]):
            lines.append(
                f"{ends[0]:>11}{ends[1]:>11}{pair['tolerance']:>11.1f}{pair['tolerance_99']:>11.1f}"
                f"{pair['regressed']:>11.2%}{pair['regressed_bound']:>11.2%}{pair['improved']:>11.2%}"
                f"  {'yes' if pair['dominates'] else 'no'}"
            )
    null = report["null"]
    rule = (
        f"on 99 % of the tasks no loss beyond {report['tolerance']:g}, and more tasks won than lost"
        if report["episodes"] == 1
        else "on every task few episodes lost, and on some more won"
    )
    return "\n".join(
        [
            *lines,
            f"longest chain: {len(report['chain'])} of {len(snapshots)} snapshots, generations "
            f"{', '.join(map(str, report['chain']))} ({rule})",
            f"the last agent against itself as often: a chain of {null['chain']}; at most {null['regressed']:.2%} "
            f"regressed, {null['improved']:.2%} improved, tolerance of 99 % {null['tolerance_99']:.1f}",
            f"longest chain if no more is lost than that: {len(report['beyond_chance'])} of {len(snapshots)}, "
            f"generations {', '.join(map(str, report['beyond_chance']))}; of the agent against itself "
            f"{null['beyond_chance']}",
        ]
    )


def plot(report: dict[str, Any], output: str | Path) -> Path:
    """Draw where a run grew and what it forgot, and return where the picture is. Raises Usage, Resources."""
    from openended.view.plots.generality import figure
    from openended.view.plots.style import ENDINGS, encoded

    place, ending = target(output, ENDINGS)
    return write(place, encoded(figure(report), ending))
