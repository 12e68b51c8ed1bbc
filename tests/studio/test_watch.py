"""Watch in a real browser, and what foreign pages can do to it."""

import http.server
import threading
from contextlib import contextmanager

import pytest

TILES = "document.querySelectorAll('.tile').length"
TEXT = "document.body.innerText"


@pytest.fixture
def page(chromium):
    """The browser, its complaints of earlier tests forgotten; what it has kept of a studio is dropped at the end."""
    chromium.errors.clear()
    chromium.requests.clear()
    yield chromium
    chromium.visit("about:blank")


@pytest.fixture
def watched(page, studio):
    page.visit(studio.link)
    page.until(f"{TILES} > 3")
    return page


def test_the_run_is_there_and_the_token_is_out_of_sight(watched, studio):
    told = studio.get("/api/moment")
    assert watched.run(TILES) == len(told["niches"])
    assert watched.run("document.getElementById('state').textContent") == "finished: generation 12 of 12"
    assert studio.token not in watched.run("location.href")
    assert studio.token not in watched.run("document.documentElement.outerHTML")
    assert studio.token not in watched.run("document.title")
    assert watched.run("document.cookie") == ""
    assert {each.partition("/")[0] + "//" + each.split("/")[2] for each in watched.requests} == {studio.origin}
    assert watched.errors == []


def test_a_tile_shows_its_elite_and_the_episode_plays(watched, studio):
    niche = int(watched.run("document.querySelector('.tile.solved').dataset.niche"))
    watched.click(f".tile[data-niche='{niche}']")
    watched.until(f"document.getElementById('elite-head').textContent === 'Elite of niche {niche}'")
    watched.until("!document.querySelector('#screen .bar-film').hidden")
    told = studio.get(f"/api/elite/{niche}")
    watched.until("document.getElementById('elite').innerText.includes('fitness')")
    shown = watched.run("document.getElementById('elite').innerText")
    assert told["fitness"] in shown
    assert told["where"] in shown
    watched.until("document.querySelector('#screen output').textContent.includes('return')")
    end = studio.get(f"/api/film/{niche}")["return"]
    slider = "document.querySelector('#screen input')"
    watched.run(f"({slider}.value = {slider}.max, {slider}.dispatchEvent(new Event('input')))")
    assert watched.run("document.querySelector('#screen output').textContent").endswith(f"return {end:.1f}")
    assert watched.errors == []


def test_the_archive_is_used_by_keyboard(watched):
    watched.run("document.querySelector('.tile[tabindex=\"0\"]').focus()")
    first = watched.run("document.activeElement.dataset.niche")
    for name, code in (("ArrowRight", 39), ("ArrowUp", 38), ("ArrowLeft", 37), ("ArrowDown", 40)):
        watched.key(name, code)
    moved = watched.run("document.activeElement.dataset.niche")
    assert moved is not None
    watched.key("ArrowRight", 39)
    assert {first, moved, watched.run("document.activeElement.dataset.niche")} != {first}
    watched.key("Enter", 13, "\r")
    niche = watched.run("document.activeElement.dataset.niche")
    watched.until(f"document.getElementById('elite-head').textContent === 'Elite of niche {niche}'")
    names = watched.run("[...document.querySelectorAll('.tile')].map(t => t.getAttribute('aria-label'))")
    assert all(name.startswith("niche ") for name in names)


def test_colours_and_events_are_chosen(watched):
    def colours():
        return watched.run("[...document.querySelectorAll('.tile')].map(t => t.style.getPropertyValue('--cell'))")

    def choose(id, value):
        watched.run(f"(() => {{ const l = document.getElementById('{id}'); l.value = '{value}'; l.onchange(); }})()")

    before = colours()
    for name in ("age", "progress", "holder", "author"):
        choose("colour", name)
        assert colours() != before
    choose("kind", "solved")
    shown = watched.run("[...document.querySelectorAll('#feed button')].map(b => b.textContent)")
    assert shown
    assert all("is solved" in each for each in shown)
    assert watched.errors == []


@pytest.mark.parametrize(("width", "dark"), [(360, False), (1500, True)])
def test_it_fits_narrow_wide_and_dark_windows(page, studio, width, dark):
    page.visit(studio.link, width=width, height=800, dark=dark)
    page.until(f"{TILES} > 3")
    assert page.run("document.documentElement.scrollWidth") == width
    assert page.errors == []


def test_without_the_link_the_page_says_so(page, studio):
    page.visit(f"{studio.origin}/")
    page.run("sessionStorage.clear()")
    page.visit(f"{studio.origin}/?again")
    page.until(f"{TEXT}.includes('needs the link that the terminal shows')")
    assert page.run(TILES) == 0


@contextmanager
def foreign(text):
    """A page at another port of this machine."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            body = text.encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *anything):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()


TEXT_OF = ".then(r => r.text()).catch(e => 'no')"
LOADED = "onload = () => d('loaded'); x.onerror = () => d('no')"
POST = "{method: 'POST', mode: 'no-cors', body: '{}'}"
JSON = "{method: 'POST', headers: {'Content-Type': 'application/json', Authorization: 'Bearer x'}, body: '{}'}"
ATTACKS = {
    "fetch": f"fetch('SITE/api/run'){TEXT_OF}",
    "opaque fetch": f"fetch('SITE/api/run', {{mode: 'no-cors'}}){TEXT_OF}",
    "simple post": f"fetch('SITE/api/enter', {POST}){TEXT_OF}",
    "json post": f"fetch('SITE/api/enter', {JSON}){TEXT_OF}",
    "websocket": """new Promise(d => {
        const x = new WebSocket('SITE/api/play'.replace('http', 'ws'));
        x.onopen = () => d('open'); x.onerror = () => d('no');
    })""",
    "script": f"""new Promise(d => {{
        const x = document.createElement('script');
        x.src = 'SITE/static/main.js'; x.{LOADED}; document.body.append(x);
    }})""",
    "image": f"new Promise(d => {{ const x = new Image(); x.{LOADED}; x.src = 'SITE/favicon.ico'; }})",
    "frame": """new Promise(d => {
        const x = document.createElement('iframe');
        x.src = 'SITE/';
        x.onload = () => {
            try { d(x.contentDocument.body.innerHTML || 'no') } catch (e) { d('no') }
        };
        document.body.append(x);
    })""",
}


@pytest.mark.parametrize("name", ATTACKS)
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_a_page_of_another_origin_learns_and_does_nothing(page, studio, name, host):
    with foreign("<body></body>") as address:
        page.visit(address)
        found = page.run(ATTACKS[name].replace("SITE", f"http://{host}:{studio.port}"))
    assert found in {"no", ""}


def test_a_form_of_another_page_is_refused(page, studio):
    field = """<input name='{"code":"' value='"}'>"""
    form = f'<form method=post action="{studio.origin}/api/enter" enctype=text/plain>{field}</form>'
    with foreign(f"<body>{form}</body>") as address:
        page.visit(address)
        page.run("document.forms[0].submit()")
        page.until("location.pathname === '/api/enter' && document.readyState === 'complete'")
        assert "Other pages may not ask" in page.run(TEXT)


def test_a_name_that_is_rebound_to_this_machine_gets_nothing(page, studio):
    page.visit(f"http://evil.test:{studio.port}/")
    assert "answers to its own address only" in page.run(TEXT)
    found = page.run("fetch('/api/run', {headers: {Authorization: 'Bearer x'}}).then(r => r.status)")
    assert found == 400
    socket = ATTACKS["websocket"].replace("SITE", f"http://evil.test:{studio.port}")
    assert page.run(socket) == "no"
