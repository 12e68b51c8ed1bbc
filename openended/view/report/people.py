"""The section about people and scripted authors, where a run took offers."""

from collections.abc import Sequence
from html import escape
from typing import Any

from openended.file.snapshot import Snapshot
from openended.view.people import report


def section(view: Snapshot) -> str:
    """What each author sent and what came of it, in tables; nothing of a run that took no tasks from outside."""
    found = report.of(view)
    authors = found["authors"]
    if len(authors) < 2:
        return ""
    funnel = [[each["author"], *(f"{each['funnel'][name]:,}" for name in report.STEPS)] for each in authors]
    tried = [
        [each["author"], f"{each['attempts']:,}", report.percent(each["mer"]), report.percent(each["vmer"])]
        for each in authors
        if each.get("attempts")
    ]
    learnt = [[each["author"], report.learnt(each), report.beside(each)] for each in authors]
    words = f"learning potential after {report.PRIMARY} steps"
    return (
        '<p class="quiet">How many tasks of each author got how far; the search itself is “machine”. Intervals are of'
        " 95 %; differences of few tasks prove nothing.</p>"
        + table(["author", *report.STEPS], funnel)
        + (table(["author", "attempts", "agent failed", "and it can be solved"], tried) if tried else "")
        + table(["author", words, "more than the search, matched"], learnt)
    )


def table(titles: Sequence[str], rows: Sequence[Sequence[Any]], look: str = "") -> str:
    """A table with a line of titles and names on the left; `look` is a class of the style sheet."""
    head = "".join(f'<th scope="col">{escape(title)}</th>' for title in titles)
    lines = "".join(
        f'<tr><th scope="row">{escape(str(first))}</th>' + "".join(f"<td>{escape(str(each))}</td>" for each in others)
        + "</tr>"
        for first, *others in rows
    )  # fmt: skip
    return f'<div class="wide"><table class="{look}"><tr>{head}</tr>{lines}</table></div>'
