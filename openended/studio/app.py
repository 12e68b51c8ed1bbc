"""The application behind the guard: a closed list of routes."""

from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route, WebSocketRoute

from .answers import answer, told
from .checking import Checking
from .guard import PLAY, Guard
from .making import Making
from .playing import Playing
from .session import Studio
from .voting import Voting
from .watching import Watching


def routes(studio: Studio) -> list[BaseRoute]:
    """All that can be asked for. With `read_only` no route is there that would send anything to the run."""
    parts = Watching(studio), Making(studio), Voting(studio), Checking(studio)
    return [
        *(Route(path, told(handler), methods=["GET"]) for part in parts for path, handler in part.get()),
        *(Route(path, told(handler), methods=["POST"]) for part in parts for path, handler in part.post()),
        WebSocketRoute(PLAY, Playing(studio).play),
    ]


async def nothing(request: Request, error: Exception) -> Response:
    """The answer where there is no route, or not with this method."""
    status = getattr(error, "status_code", 404)
    return answer({"problem": "There is nothing at this address." if status == 404 else "Not this way."}, status)


def application(studio: Studio, port: int) -> Guard:
    """The routes behind the guard, for a server whose socket is bound to `port`."""
    handlers: dict[Any, Any] = {404: nothing, 405: nothing}
    inner = Starlette(routes=routes(studio), exception_handlers=handlers)
    return Guard(inner, studio.keys, port)
