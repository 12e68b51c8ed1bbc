"""Who may ask for what: every route, over bare sockets."""

import re

import pytest
from starlette.routing import Route, WebSocketRoute

from openended.studio.app import application, routes
from openended.studio.guard import BODY, HEADERS, OPEN, SAFE, Keys
from openended.studio.session import Studio
from tests.support.studio import exchange, raw

METHODS = ("GET", "POST", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT")
ROUTES = routes(Studio(None, Keys()))
HTTP = [(route.path, method) for route in ROUTES if isinstance(route, Route) for method in route.methods - {"HEAD"}]
SOCKETS = [route.path for route in ROUTES if isinstance(route, WebSocketRoute)]
UPGRADE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
}


def filled(path):
    return re.sub(r"\{name\}", "main.js", re.sub(r"\{\w+:int\}", "0", path))


def asked(studio, path, method, **changed):
    body = {} if method == "POST" else None
    return studio.ask(method, filled(path), body, **changed)


def test_there_are_routes_to_be_tried():
    assert {"/", "/api/enter", "/api/moment", "/api/film/{niche:int}"} <= {path for path, _ in HTTP}


@pytest.mark.parametrize(("path", "method"), HTTP)
def test_an_honest_request_passes(studio, path, method):
    status, headers, body = asked(studio, path, method)
    assert status in {200, 204, 400, 403, 409}, body
    assert {name: headers[name] for name in SAFE} == SAFE
    assert not [name for name in headers if name.startswith("access-control")]
    assert "server" not in headers
    assert b"Traceback" not in body


@pytest.mark.parametrize(("path", "method"), HTTP)
@pytest.mark.parametrize("token", [None, "Bearer ", "Bearer wrong", "Basic {}", "Bearer {}x", "{}", "Bearer é"])
def test_without_the_token_nothing_but_the_empty_page_is_given(studio, path, method, token):
    said = token and token.format(studio.token)
    status, headers, body = asked(studio, path, method, Authorization=said)
    if OPEN.fullmatch(filled(path)):
        assert status in {200, 204, 400, 403}
        assert studio.token.encode() not in body
    else:
        assert status == 401
        assert "link that the terminal shows" in body.decode()
    assert {name: headers[name] for name in SAFE} == SAFE


HOSTS = [None, "", "evil.test", "127.0.0.1", "localhost", "127.0.0.1:1", "evil.test:{}", "127.0.0.1.evil.test:{}"]
HOSTS += ["0.0.0.0:{}", "[::1]:{}", "127.1:{}", "LOCALHOST.:{}", "127.0.0.1:{}, evil.test"]


@pytest.mark.parametrize(("path", "method"), HTTP)
@pytest.mark.parametrize("host", HOSTS)
def test_another_host_is_refused(studio, path, method, host):
    status, _, body = asked(studio, path, method, Host=host and host.format(studio.port))
    assert status == 400
    assert b"generation" not in body


@pytest.mark.parametrize(("path", "method"), HTTP)
@pytest.mark.parametrize(
    "origin",
    ["http://evil.test", "http://127.0.0.1", "http://127.0.0.1:1", "https://127.0.0.1:{}", "null", "file://", ""],
)
def test_another_origin_is_refused(studio, path, method, origin):
    assert asked(studio, path, method, Origin=origin.format(studio.port))[0] == 403


@pytest.mark.parametrize("path", [path for path, method in HTTP if method == "POST"])
def test_a_post_without_origin_or_as_a_form_is_refused(studio, path):
    assert asked(studio, path, "POST", Origin=None)[0] == 403
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "", None):
        assert asked(studio, path, "POST", Content_Type=kind)[0] == 415


@pytest.mark.parametrize(("path", "method"), HTTP)
@pytest.mark.parametrize("site", ["cross-site", "same-site", "anything"])
def test_a_request_from_another_site_is_refused_but_for_a_visit(studio, path, method, site):
    headers = {"Sec_Fetch_Site": site, "Sec_Fetch_Dest": "empty"}
    assert asked(studio, path, method, **headers)[0] == 403
    visit = asked(studio, path, method, **headers | {"Sec_Fetch_Dest": "document", "Origin": None})
    assert visit[0] == (200 if path == "/" else 403)
    assert asked(studio, path, method, **headers | {"Sec_Fetch_Dest": "iframe"})[0] == 403


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("path", sorted({path for path, _ in HTTP} | {"/nothing", "/api/nothing"}))
def test_another_method_is_refused(studio, path, method):
    status = studio.ask(method, filled(path), {} if method == "POST" else None)[0]
    if (path, method) in HTTP:
        assert status < 500
    elif method in {"GET", "POST"}:
        assert status in {404, 405}
    else:
        assert status in {400, 405}


@pytest.mark.parametrize("path", SOCKETS)
def test_a_websocket_needs_host_and_origin(studio, path):
    def opened(**changed):
        return exchange(studio.port, "GET", path, studio.headers(Authorization=None, **changed) | UPGRADE)[0]

    assert opened() == 101
    for origin in (None, "http://evil.test", "http://127.0.0.1:1", "null"):
        assert opened(Origin=origin) == 403
    for host in ("evil.test", f"evil.test:{studio.port}", "127.0.0.1"):
        assert opened(Host=host) == 403
    assert opened(Sec_Fetch_Site="cross-site") == 403


def test_what_is_too_large_is_refused(studio):
    assert studio.ask("POST", "/api/enter", b"[" * (BODY + 1))[0] == 413
    assert studio.ask("POST", "/api/enter", b"", Content_Length=str(BODY + 1))[0] == 413
    chunk = b"%x\r\n%s\r\n" % (BODY, b"x" * BODY)
    lines = studio.headers(Content_Type="application/json", Transfer_Encoding="chunked")
    head = "\r\n".join(["POST /api/enter HTTP/1.1", *(f"{name}: {value}" for name, value in lines.items())])
    assert raw(studio.port, head.encode() + b"\r\n\r\n" + chunk + chunk + b"0\r\n\r\n")[0] == 413
    assert studio.ask("GET", "/", Cookie="x" * HEADERS)[0] == 431
    assert studio.get("/api/run")["recipe"] == "toy"


def test_two_headers_where_one_matters_are_refused(studio):
    lines = [f"Host: 127.0.0.1:{studio.port}", "Authorization: Bearer x", f"Authorization: Bearer {studio.token}"]
    assert raw(studio.port, "\r\n".join(["GET /api/run HTTP/1.1", *lines, "", ""]).encode())[0] == 400


def test_the_launch_code_works_once():
    keys = Keys()
    code = keys.code
    assert keys.enter("") is None
    assert keys.enter("wrong") is None
    assert keys.enter(code) == keys.token
    assert keys.enter(code) is None
    assert keys.enter("") is None
    assert len({Keys().token for _ in range(50)}) == 50
    assert keys.token not in repr(keys)
    assert len(keys.token) >= 43


def test_a_server_trusts_the_port_of_its_socket_only():
    assert application(Studio(None, Keys()), 4321).hosts == {"127.0.0.1:4321", "localhost:4321"}


@pytest.mark.parametrize(
    "path",
    [
        "/static/../app.py",
        "/static/%2e%2e/app.py",
        "/static/index.html",
        "/static/__init__.py",
        "//api/run",
        "/api/run/",
    ],
)
def test_no_file_can_be_named(studio, path):
    status, _, body = studio.ask("GET", path)
    assert status in {307, 404, 401}
    assert b"import" not in body
