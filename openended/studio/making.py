"""Routes of Make: draw a task, try all agents on it, send it, learn what became of it."""

from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Any

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from openended.core.types import Pair
from openended.file.errors import Failure
from openended.run.submit import written

from . import offering
from .answers import Handler, answer, given, text
from .draft import Draft, Drafts
from .session import Studio, Vote
from .trying import MOST

LINES = "application/x-ndjson"
CHOICES = ("left", "right", "equal")
"""What a model of preferences can guess, in its order."""


class Making:
    """Handlers of Make for a studio."""

    def __init__(self, studio: Studio):
        self.studio = studio

    @property
    def drafts(self) -> Drafts:
        return self.studio.drafts

    async def draw(self, request: Request) -> Response:
        """A task's shapes, controls and place."""
        value = (await given(request, task=object))["task"]
        return answer(self.drafts.told(self.drafts.read(value)))

    async def draft(self, request: Request) -> Response:
        """A task to begin from: a blank one, the first, a random one, or mutations of another."""
        asked = await given(request, start=str, task=object, seed=int)
        domain = self.studio.looker.domain
        blanks = domain.people.blanks if domain.people else {}
        start, seed = asked["start"], asked["seed"] % 2**63
        if start in blanks:
            made = [blanks[start]()]
        elif start == "random" and domain.tasks.random is not None:
            made = [domain.tasks.random(seed)]
        elif start == "mutations":
            parent = self.drafts.read(asked["task"]).genome
            made = [domain.tasks.mutate(parent, seed + step) for step in range(6)]
        else:
            made = [domain.tasks.first()]
        return answer({"tasks": [domain.tasks.encode(genome) for genome in made]})

    async def attempt(self, request: Request) -> Response:
        """All elites on a task, nearest first, as lines of JSON; the newest request ends the one before."""
        value = (await given(request, task=object))["task"]
        draft = self.drafts.read(value)
        looker = self.studio.looker
        pairs = self.drafts.nearest(draft, MOST) if looker.plays else []
        return StreamingResponse(self.lines("try", draft, pairs), media_type=LINES)

    async def search(self, request: Request) -> Response:
        """Training of a niche's agent on a task until it solves it, step by step, as lines of JSON; likewise."""
        asked = await given(request, task=object, niche=int)
        pairs = [self.studio.looker.elite(asked["niche"])]
        return StreamingResponse(self.lines("search", self.drafts.read(asked["task"]), pairs), media_type=LINES)

    async def lines(self, do: str, draft: Draft, pairs: list[Pair]) -> AsyncIterator[bytes | str]:
        """What is found, a line each; it ends when nobody reads on."""
        what = {"genome": draft.text, "niches": [pair.niche for pair in pairs]}
        errands = self.studio.searches if do == "search" else self.studio.errands
        try:
            async with aclosing(errands.ask(do, self.studio.looker.agents(pairs), **what)) as lines:
                async for line in lines:
                    yield line + b"\n"
        except Failure as failure:
            yield text({"problem": str(failure)}) + "\n"

    async def send(self, request: Request) -> Response:
        """Leave an offer in the inbox; gives its name."""
        asked = await given(request, kind=str, author=str, payload=dict)
        if why := offering.closed(self.studio.looker):
            return answer({"problem": why}, 409)
        payload: dict[str, Any] = asked["payload"]
        if asked["kind"] == "task" and "task" in payload:
            payload = payload | {"task": written(self.studio.looker.domain, self.drafts.read(payload["task"]).genome)}
        name = offering.send(self.studio.looker, asked["kind"], self.studio.author or asked["author"], payload)
        if asked["kind"] == "vote":
            left, right, choice = payload["left"], payload["right"], payload["choice"]
            guess = self.studio.guesses.pop((left, right), -1)
            said = CHOICES.index(choice) == guess if choice in CHOICES else False
            self.studio.votes.append(Vote(name, left, right, choice, said))
        elif asked["kind"] == "check":
            self.studio.checked.add((self.studio.author or asked["author"], payload["task"]))
        return answer({"name": name})

    async def offers(self, request: Request) -> Response:
        """What became of an author's offers."""
        return answer(offering.told(self.studio.looker, request.query_params.get("author", "")))

    def get(self) -> list[tuple[str, Handler]]:
        return [("/api/offers", self.offers)]

    def post(self) -> list[tuple[str, Handler]]:
        sending: list[tuple[str, Handler]] = [] if self.studio.read_only else [("/api/send", self.send)]
        asking = [("/api/draw", self.draw), ("/api/draft", self.draft), ("/api/try", self.attempt)]
        return [*asking, ("/api/search", self.search), *sending]
