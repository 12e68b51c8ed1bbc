"""The guard before every request: who may ask for what. Nothing reaches a handler that has not passed it.

The page holds its token in script, so no cookie carries a visitor's rights to a foreign page. A name that is rebound to
this machine fails by its Host, a foreign page by its Origin, another user of this machine by the token. Nobody is
trusted for an address.
"""

import json
import re
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass, field
from hmac import compare_digest
from secrets import token_urlsafe
from typing import Any

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Message, Receive, Send], Awaitable[None]]

BODY = 64 * 1024
"""Most bytes of a request's body, and of a message of a WebSocket."""
HEADERS = 16 * 1024
"""Most bytes of a request's headers."""
PLAY = "/api/play"
"""The WebSocket, whose first message brings the token: a browser sends no header of ours with it."""
OPEN = re.compile(r"/|/favicon\.ico|/static/[a-z-]+\.(js|css)|/api/enter")
"""Paths that need no token: the page without any data, and the exchange of a launch code for a token."""
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; "
    "trusted-types 'none'"
)
SAFE = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
}
"""Headers of every answer. There are none of CORS: no other page may read anything."""


@dataclass
class Keys:
    """What opens this server: made anew at each start, kept in memory only.

    Attributes:
        token: 256 bits, for every request of the page.
        code: the same once, for whoever opens the page from the launch file.
    """

    token: str = field(default_factory=lambda: token_urlsafe(32), repr=False)
    code: str = field(default_factory=lambda: token_urlsafe(32), repr=False)

    def holds(self, token: str) -> bool:
        return compare_digest(token.encode(), self.token.encode())

    def enter(self, code: str) -> str | None:
        """The token for the launch code, which is spent then; None for anything else."""
        if not self.code or not compare_digest(code.encode(), self.code.encode()):
            return None
        self.code = ""
        return self.token


class Refused(Exception):
    """A request that does not pass: its status and a sentence."""

    def __init__(self, status: int, words: str):
        super().__init__(words)
        self.status = status


class Guard:
    """An ASGI application that lets through what may reach another one.

    Args:
        inner: the application behind.
        keys: what opens it.
        port: the one that the server's socket is bound to; a request is never asked.
    """

    def __init__(self, inner: Application, keys: Keys, port: int):
        self.inner, self.keys = inner, keys
        self.hosts = {f"{name}:{port}" for name in ("127.0.0.1", "localhost")}

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        try:
            headers = once(scope["headers"])
            self.check(scope, headers)
        except Refused as refusal:
            await refuse(scope, receive, send, refusal)
            return
        if scope["type"] == "websocket":
            await self.inner(scope, receive, send)
            return
        try:
            body = await whole(headers, receive)
        except Refused as refusal:
            await refuse(scope, receive, send, refusal)
            return
        await self.inner(scope, replay(body, receive), safely(send))

    def check(self, scope: Message, headers: dict[str, str]) -> None:
        """Raise Refused unless a request may pass."""
        socket, path = scope["type"] == "websocket", scope["path"]
        if headers.get("host") not in self.hosts:
            raise Refused(400, "This server answers to its own address only; use the link that it printed.")
        method = "GET" if socket else scope["method"]
        if method not in {"GET", "POST"}:
            raise Refused(405, f"{method:.10} is not allowed; there are GET and POST.")
        origin, site = headers.get("origin"), headers.get("sec-fetch-site", "none")
        if origin is None and (socket or method == "POST"):
            raise Refused(403, "The request does not say from which page it comes.")
        if origin is not None and origin not in {f"http://{host}" for host in self.hosts}:
            raise Refused(403, "Other pages may not ask.")
        visit = path == "/" and headers.get("sec-fetch-dest", "document") == "document"
        if site not in {"same-origin", "none"} and not visit:
            raise Refused(403, "Other pages may not ask.")
        if method == "POST" and headers.get("content-type", "").partition(";")[0].strip() != "application/json":
            raise Refused(415, "Only JSON is taken.")
        if (socket and path == PLAY) or (not socket and OPEN.fullmatch(path)):
            return
        scheme, _, token = headers.get("authorization", "").partition(" ")
        if scheme != "Bearer" or not self.keys.holds(token):
            raise Refused(401, "The page needs the link that the terminal shows, with its token.")


def once(pairs: list[tuple[bytes, bytes]]) -> dict[str, str]:
    """Headers by name. Raises Refused where they are large, or one that matters is there twice."""
    if sum(len(name) + len(value) for name, value in pairs) > HEADERS:
        raise Refused(431, f"At most {HEADERS // 1024} KiB of headers are taken.")
    found: dict[str, str] = {}
    for name, value in ((name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in pairs):
        if name in found and name in {"host", "origin", "authorization", "content-type", "content-length"}:
            raise Refused(400, f"The request has two headers {name}.")
        found[name] = value
    return found


async def whole(headers: dict[str, str], receive: Receive) -> bytes:
    """The body of a request. Raises Refused for one that is too large."""
    length = headers.get("content-length", "0")
    if not length.isdecimal() or int(length) > BODY:
        raise Refused(413, f"At most {BODY // 1024} KiB are taken.")
    body, more = bytearray(), True
    while more:
        message = await receive()
        if message["type"] != "http.request":
            raise Refused(400, "The request broke off.")
        body += message.get("body", b"")
        more = message.get("more_body", False)
        if len(body) > BODY:
            raise Refused(413, f"At most {BODY // 1024} KiB are taken.")
    return bytes(body)


def replay(body: bytes, receive: Receive) -> Receive:
    """`receive` for a body that was read already."""
    waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def again() -> Message:
        return waiting.pop() if waiting else await receive()

    return again


def safely(send: Send) -> Send:
    """`send` with our headers on every answer."""

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            kept = [pair for pair in message.get("headers", []) if pair[0].decode("latin-1").lower() not in SAFE]
            ours = [(name.encode(), value.encode()) for name, value in SAFE.items()]
            message = {**message, "headers": [*kept, *ours]}
        await send(message)

    return sending


async def refuse(scope: Message, receive: Receive, send: Send, refusal: Refused) -> None:
    """Answer with a status and a sentence; close a WebSocket before it is opened, which a browser sees as 403."""
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": 1008})
        return
    body = json.dumps({"problem": str(refusal)}).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    headers += [(b"connection", b"close")]
    await safely(send)({"type": "http.response.start", "status": refusal.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
