"""Offers to the run, and what became of them."""

from collections import Counter
from typing import Any

from openended.core.offers import KINDS
from openended.file import inbox
from openended.file.errors import Usage
from openended.run.submit import check_author

from .answers import Wrong
from .look import Looker

SHOWN = 50
"""Latest offers that are told."""


def closed(looker: Looker) -> str:
    """Why the run takes no offers; nothing if it does."""
    if not looker.config.get("people", {}).get("inbox", True):
        return "This run takes no offers: its recipe says people.inbox = false."
    return ""


def send(looker: Looker, kind: str, author: str, payload: dict[str, Any]) -> str:
    """Leave an offer in the run's inbox and return its name. Raises Wrong for what is none, Failure for a bad inbox."""
    if kind not in KINDS:
        raise Wrong(f"kind must be one of {', '.join(KINDS)}.")
    try:
        check_author(author)
        return inbox.offer(looker.path, kind, author, payload)
    except Usage as problem:
        raise Wrong(str(problem)) from None


def told(looker: Looker, author: str) -> dict[str, Any]:
    """How many offers wait, and what became of the latest ones of an author, newest first; of all where it is empty."""
    taken = [each for each in looker.moment().offers if not author or each.author == author]
    return {
        "waiting": len(inbox.Inbox(looker.path).waiting()),
        "counts": dict(Counter(f"{each.kind}: {each.outcome}" for each in taken)),
        "offers": [
            {
                "generation": each.generation,
                "kind": each.kind,
                "name": each.name,
                "author": each.author,
                "outcome": each.outcome,
                "task": each.task,
            }
            for each in reversed(taken[-SHOWN:])
        ],
    }
