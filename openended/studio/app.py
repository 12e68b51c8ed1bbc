"""The application behind the guard: a closed list of routes."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, TypeVar

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route, WebSocketRoute

from . import episodes, offering, parts
from . import told as telling
from .answers import Handler, answer, given, number, told
from .draft import Drafts
from .guard import PLAY, Guard, Keys
from .look import Looker
from .making import Making
from .playing import Playing

Result = TypeVar("Result")


@dataclass
class Studio:
    """A page of one run.

    Attributes:
        looker: at the run file.
        keys: what opens the server.
        author: the tag under which the page's user offers; empty: the page asks.
        read_only: whether nothing can be offered.
        worker: one thread for episodes, so that a run beside it loses little.
        busy: whether the worker runs something.
    """

    looker: Looker
    keys: Keys
    author: str = ""
    read_only: bool = False
    worker: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1, "episodes"))
    busy: bool = False

    def __post_init__(self) -> None:
        self.drafts = Drafts(self.looker)
        self.making, self.playing = Making(self), Playing(self)

    async def work(self, call: Callable[[], Result]) -> Result:
        """What a call gives, made in the worker's thread."""

        def counted() -> Result:
            self.busy = True
            try:
                return call()
            finally:
                self.busy = False

        return await asyncio.wrap_future(self.worker.submit(counted))

    def close(self) -> None:
        """Take no more work."""
        for worker in (self.worker, self.playing.worker):
            worker.shutdown(wait=False, cancel_futures=True)

    def authors(self) -> dict[int, str]:
        """Who made which task, of those that people offered."""
        return {
            each.task: each.author for each in self.looker.moment().offers if each.kind == "task" and each.task >= 0
        }

    async def page(self, request: Request) -> Response:
        body, kind = parts.parts()["index.html"]
        return Response(body, media_type=kind)

    async def part(self, request: Request) -> Response:
        found = parts.parts().get(request.path_params["name"])
        if found is None or request.path_params["name"] == "index.html":
            return answer({"problem": "There is no such part."}, 404)
        return Response(found[0], media_type=found[1])

    async def icon(self, request: Request) -> Response:
        return Response(status_code=204)

    async def enter(self, request: Request) -> Response:
        """The token for the launch code."""
        token = self.keys.enter((await given(request, code=str))["code"])
        if token is None:
            return answer({"problem": "This link was used before; take the one that the terminal shows."}, 403)
        return answer({"token": token})

    async def run(self, request: Request) -> Response:
        """What never changes; the tiles of a CVT archive as far as they are known."""
        now = self.looker.moment()
        closed = "This studio is read-only." if self.read_only else offering.closed(self.looker)
        session = {"author": self.author, "closed": closed}
        return answer(telling.run(self.looker) | {"tiles": telling.tiles(self.looker, now), **session})

    async def moment(self, request: Request) -> Response:
        """The run as it stands; nothing (204) if it is as `after`, the tag of an earlier answer, says."""
        now = self.looker.moment()
        tag = f"{now.view.generation}-{now.owner}-{now.digest[:16]}"
        if request.query_params.get("after") == tag:
            return Response(status_code=204)
        return answer(telling.moment(self.looker, now, self.authors()) | {"tag": tag})

    async def elite(self, request: Request) -> Response:
        niche = request.path_params["niche"]
        pair = self.looker.elite(niche)
        return answer(episodes.elite(self.looker, niche, self.authors().get(pair.task, "")))

    async def film(self, request: Request) -> Response:
        """An elite's episode on its own task, or on that of the niche `on`."""
        niche, on = request.path_params["niche"], number(request, "on")
        genome, words = None, ""
        if on is not None:
            genome = self.looker.whole(self.looker.elite(on)).genome
            words = f"agent of niche {niche} on the task of niche {on}"
        shown = episodes.scene(self.looker, niche, genome, words)
        return answer(await self.work(lambda: episodes.recorded(self.looker, shown)))

    def routes(self) -> list[BaseRoute]:
        """All that can be asked for. With `read_only` no route is there that would send anything to the run."""
        get: list[tuple[str, Handler]] = [
            ("/", self.page),
            ("/favicon.ico", self.icon),
            ("/static/{name}", self.part),
            ("/api/run", self.run),
            ("/api/moment", self.moment),
            ("/api/elite/{niche:int}", self.elite),
            ("/api/film/{niche:int}", self.film),
            *self.making.get(),
        ]
        post: list[tuple[str, Handler]] = [("/api/enter", self.enter), *self.making.post()]
        return [
            *(Route(path, told(handler), methods=["GET"]) for path, handler in get),
            *(Route(path, told(handler), methods=["POST"]) for path, handler in post),
            WebSocketRoute(PLAY, self.playing.play),
        ]


async def nothing(request: Request, error: Exception) -> Response:
    """The answer where there is no route, or not with this method."""
    status = getattr(error, "status_code", 404)
    return answer({"problem": "There is nothing at this address." if status == 404 else "Not this way."}, status)


def application(studio: Studio, port: int) -> Guard:
    """The routes behind the guard, for a server whose socket is bound to `port`."""
    handlers: dict[Any, Any] = {404: nothing, 405: nothing}
    inner = Starlette(routes=studio.routes(), exception_handlers=handlers)
    return Guard(inner, studio.keys, port)
