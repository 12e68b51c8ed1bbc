"""Routes of Check: tasks that others made, which nothing has solved yet. Can they be solved?

Asked about is the task with the fewest answers, so that none waits for ever while another gets its tenth (Dynabench's
queue, issues 120 and 545), and never one's own, nor one that was answered before, nor one on which enough agree.
"""

import json
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from openended.file.snapshot import described
from openended.view.people.sent import Sent, sent

from .answers import Handler, answer
from .session import Studio

OPEN = ("admitted", "parked", "too hard", "not chosen")
"""Outcomes of tasks about which somebody may be asked."""


class Checking:
    """Handlers of Check for a studio."""

    def __init__(self, studio: Studio):
        self.studio = studio

    async def unchecked(self, request: Request) -> Response:
        """A task to be checked by an author, and how many there are; `offer` is None if there is none."""
        author = self.studio.author or request.query_params.get("author", "")
        known = self.open(author)
        if not known:
            return answer({"offer": None, "left": 0})
        one = min(known, key=lambda each: len(each.checks))
        looker = self.studio.looker
        given = next(each.payload for each in looker.moment().offers if each.name == one.name) or {}
        draft = self.studio.drafts.read(value(given["task"]))
        told = {"offer": one.name, "task": json.loads(draft.text), "left": len(known), "checks": len(one.checks)}
        return answer(told | {"where": described(looker.domain.axes, draft.descriptor), "outcome": one.last})

    def open(self, author: str) -> list[Sent]:
        """The tasks about which an author may be asked, the oldest first."""
        now = self.studio.looker.moment()
        said = {
            each.payload["task"]
            for each in now.offers
            if each.kind == "check" and each.author == author and each.payload
        }
        said |= {name for who, name in self.studio.checked if who == author}
        return [
            each
            for each in sent(now.view, now.offers)
            if each.author != author and each.last in OPEN and not said & {each.name, each.task}
            if not (each.verified or each.refuted)
        ]

    def get(self) -> list[tuple[str, Handler]]:
        return [] if self.studio.read_only else [("/api/unchecked", self.unchecked)]

    def post(self) -> list[tuple[str, Handler]]:
        return []


def value(task: Any) -> Any:
    """A task of an offer as a JSON value."""
    return json.loads(task) if isinstance(task, str) else task
