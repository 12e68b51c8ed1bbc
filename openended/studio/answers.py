"""Requests and answers of the page: JSON both ways, and one sentence wherever something is wrong."""

import json
import sys
import traceback
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from openended.file.errors import Failure

Handler = Callable[[Request], Awaitable[Response]]

OURS = "this is a bug of openended; the terminal of the studio tells more."
DEEP = 40
"""Most levels of lists and objects within each other: what goes deeper is nothing that the page sends."""


class Wrong(Exception):
    """A request that the page would not make: a sentence."""


def answer(value: Any, status: int = 200) -> Response:
    """JSON. Raises ValueError for numbers that JSON lacks."""
    return Response(text(value), status, media_type="application/json")


def text(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), allow_nan=False)


def told(handler: Handler) -> Handler:
    """A handler whose failures become sentences. Only the terminal sees where a bug of ours is."""

    async def telling(request: Request) -> Response:
        try:
            return await handler(request)
        except Wrong as wrong:
            return answer({"problem": str(wrong)}, 400)
        except Failure as failure:
            return answer({"problem": str(failure)}, 409)
        except Exception:
            report()
            return answer({"problem": OURS}, 500)

    telling.__name__ = getattr(handler, "__name__", "handler")
    return telling


def report() -> None:
    """Write the exception in hand to the terminal."""
    traceback.print_exc(file=sys.stderr)


async def given(request: Request, **kinds: type) -> dict[str, Any]:
    """The JSON object of a request with exactly these keys, each of its kind. Raises Wrong for anything else."""
    return checked(await request.body(), **kinds)


def checked(body: bytes, **kinds: type) -> dict[str, Any]:
    """See `given`."""
    try:
        value = json.loads(body, parse_constant=refuse)
    except (ValueError, RecursionError):
        raise Wrong("The request is not JSON.") from None
    if not isinstance(value, dict) or value.keys() != kinds.keys():
        raise Wrong(f"The request must be an object with exactly the keys {', '.join(sorted(kinds))}.")
    if depth(value) > DEEP:
        raise Wrong("The request has too many levels.")
    for name, kind in kinds.items():
        fits = isinstance(value[name], kind) and (kind in {bool, object} or not isinstance(value[name], bool))
        if not fits:
            raise Wrong(f"{name} must be a {NAMES[kind]}.")
    return value


NAMES = {int: "whole number", str: "text", list: "list", dict: "object", bool: "truth value"}


def refuse(name: str) -> None:
    raise ValueError(name)


def depth(value: Any) -> int:
    """How many lists and objects stand within each other, counted without recursion."""
    deepest, waiting = 0, [(value, 1)]
    while waiting:
        inner, level = waiting.pop()
        if isinstance(inner, dict | list):
            deepest = max(deepest, level)
            waiting += [(each, level + 1) for each in (inner.values() if isinstance(inner, dict) else inner)]
    return deepest


def number(request: Request, name: str) -> int | None:
    """A whole number of the query; None if it is not there. Raises Wrong for another text."""
    words = request.query_params.get(name)
    if words is None:
        return None
    if not words.removeprefix("-").isdecimal() or len(words) > 12 or not words.isascii():
        raise Wrong(f"{name} must be a whole number.")
    return int(words)
