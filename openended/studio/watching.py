"""Routes of Watch, and of the page itself."""

import json
from contextlib import aclosing

from starlette.requests import Request
from starlette.responses import Response

from openended.file.errors import Usage

from . import episodes, offering, parts
from . import told as telling
from .answers import Handler, answer, given, number
from .session import Studio


class Watching:
    """Handlers of Watch for a studio."""

    def __init__(self, studio: Studio):
        self.studio = studio

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
        token = self.studio.keys.enter((await given(request, code=str))["code"])
        if token is None:
            return answer({"problem": "This link was used before; take the one that the terminal shows."}, 403)
        return answer({"token": token})

    async def run(self, request: Request) -> Response:
        """What never changes; the tiles of a CVT archive as far as they are known."""
        now = self.studio.looker.moment()
        closed = "This studio is read-only." if self.studio.read_only else offering.closed(self.studio.looker)
        session = {"author": self.studio.author, "closed": closed}
        return answer(telling.run(self.studio.looker) | {"tiles": telling.tiles(self.studio.looker, now), **session})

    async def moment(self, request: Request) -> Response:
        """The run as it stands; nothing (204) if it is as `after`, the tag of an earlier answer, says."""
        now = self.studio.looker.moment()
        tag = f"{now.view.generation}-{now.owner}-{now.digest[:16]}"
        if request.query_params.get("after") == tag:
            return Response(status_code=204)
        return answer(telling.moment(self.studio.looker, now, self.studio.authors()) | {"tag": tag})

    async def elite(self, request: Request) -> Response:
        niche = request.path_params["niche"]
        pair = self.studio.looker.elite(niche)
        return answer(episodes.elite(self.studio.looker, niche, self.studio.authors().get(pair.task, "")))

    async def film(self, request: Request) -> Response:
        """An elite's episode on its own task, or on that of the niche `on`."""
        niche, on, looker = request.path_params["niche"], number(request, "on"), self.studio.looker
        if not looker.plays:
            raise Usage("there is nothing to play: the run keeps no agents, or its domain draws no pictures.")
        words = f"niche {niche}" if on is None else f"agent of niche {niche} on the task of niche {on}"
        pair = looker.elite(niche)
        genome = looker.whole(pair if on is None else looker.elite(on)).genome
        what = {"genome": looker.domain.tasks.encode(genome), "niches": [niche], "words": words}
        async with aclosing(self.studio.errands.ask("film", looker.agents([pair]), **what)) as lines:
            (line,) = [line async for line in lines]
        return Response(line, 409 if "problem" in json.loads(line) else 200, media_type="application/json")

    def get(self) -> list[tuple[str, Handler]]:
        return [
            ("/", self.page),
            ("/favicon.ico", self.icon),
            ("/static/{name}", self.part),
            ("/api/run", self.run),
            ("/api/moment", self.moment),
            ("/api/elite/{niche:int}", self.elite),
            ("/api/film/{niche:int}", self.film),
        ]

    def post(self) -> list[tuple[str, Handler]]:
        return [("/api/enter", self.enter)]
