"""Pages that nobody here has written: what is seen of them, and how one acts on them."""

import importlib.util
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from openended.envs.web.baselines import matcher
from openended.envs.web.browser import chromium as browser
from openended.envs.web.browser import miniwob
from openended.envs.web.browser.foreign import Visit, by_words
from openended.envs.web.browser.look import Visitor, features
from openended.envs.web.browser.render import script
from openended.envs.web.simulation.see import STATE
from openended.envs.web.sites.draws import Draws
from openended.envs.web.sites.reading import read, spoken, tokens
from tests.support.browser import program

PAGE = """<!doctype html><title>Any</title>
<ul><li role="tab"><a href="#a" role="presentation">First tab</a></li></ul>
<div id="box"><span id="heard">Listen to me</span> <span>No ears</span></div>
<p>Colour <select><option>red<option>green<option>blue</select></p>
<p>User <input type="text"></p><p><label>Secret <input type="password"></label></p>
<button style="display: none">Unseen</button><button>Go</button>
<script>
  const note = (text) => { document.title += "|" + text; };
  document.getElementById("heard").addEventListener("click", (event) => note(event.isTrusted ? "heard" : "faked"));
  document.querySelector("select").addEventListener("change", (event) => note(event.target.value));
  document.querySelector("button:last-of-type").addEventListener("click", () => {
    note([...document.querySelectorAll("input")].map((input) => input.value).join("+"));
  });
</script>"""


@pytest.fixture(scope="module")
def page():
    program()
    with browser.chromium() as page:
        page.first(script("listen.js"))
        page.first(script("extract.js"))
        yield page


class Slow(BaseHTTPRequestHandler):
    """Serves a page at any address, whose script takes half a second to come."""

    def do_GET(self):
        late = self.path == "/late.js"
        time.sleep(0.5 * late)
        self.send_response(200)
        self.send_header("Content-Type", "text/javascript" if late else "text/html")
        self.end_headers()
        self.wfile.write(b"document.title = 'done'" if late else b"<title>begun</title><script src=late.js></script>")

    def log_message(self, *words):
        pass


@contextmanager
def served(handler: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    """The address of a server on this machine."""
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        Thread(target=server.serve_forever).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()


def visit(page, path, html, text):
    path.write_text(html)
    page.open(path.as_uri())
    visitor = Visitor(page, text)
    visitor.look()
    return Visit(visitor)


def click(seen, name):
    seen.visitor.look()
    seen.click(next(thing.place for thing in seen.things() if thing.name == tokens(name)))


def test_what_can_be_done_is_seen_and_nothing_else(page, tmp_path):
    seen = visit(page, tmp_path / "a.html", PAGE, "any")
    assert [(thing.kind, " ".join(thing.name)) for thing in seen.things()] == [
        ("tab", "first tab"), ("button", "listen to me"), ("option", "red"), ("option", "green"), ("option", "blue"),
        ("input", "user"), ("input", "secret"), ("submit", "go"),
    ]  # fmt: skip


def test_what_is_done_is_done_with_mouse_and_keyboard(page, tmp_path):
    seen = visit(page, tmp_path / "a.html", PAGE, 'Enter "Ada L." as user and "x7K" as secret')
    click(seen, "listen to me")
    click(seen, "blue")
    for name, value in (("user", ("ada", "l")), ("secret", ("x7k",))):
        seen.visitor.look()
        seen.type(next(thing.place for thing in seen.things() if thing.name == (name,)), value)
    seen.visitor.look()
    assert [thing.text for thing in seen.things() if thing.text is not None] == [("ada", "l"), ("x7k",)]
    click(seen, "go")
    assert page.run("document.title") == "Any|heard|green|blue|Ada L.+x7K"


def test_another_document_is_waited_for_and_its_elements_are_new(page, tmp_path):
    (tmp_path / "b.html").write_text('<a href="c.html">There</a>')
    seen = visit(page, tmp_path / "a.html", '<a href="b.html">Away</a>', "any")
    click(seen, "away")
    seen.visitor.look()
    assert [(thing.name, thing.acted) for thing in seen.things()] == [(("there",), False)]
    assert features(seen.visitor)[0, STATE + 6 : STATE + 8].tolist() == [0.0, 1.0]
    seen.back()
    seen.visitor.look()
    assert [thing.name for thing in seen.things()] == [("away",)]


def test_a_page_is_open_when_it_is_loaded_itself_though_one_before_it_says_so_late(page):
    with served(Slow) as address:
        page.open(f"{address}/one")
        page.send("Page.reload")
        time.sleep(1.5)  # by now the reloaded page has said that it is loaded, and nobody has read that
        page.open(f"{address}/two")
        assert page.run("[document.title, location.pathname]") == ["done", "/two"]


def test_a_page_that_never_settles_is_given_up_in_one_sentence(tmp_path):
    program()
    with browser.chromium() as page:
        page.patience = 2.0
        html = "<button onclick='while (true);'>Go</button>"
        seen = visit(page, tmp_path / "a.html", html, "any")
        with pytest.raises(browser.BrowserError, match=r"^the page does not settle within 2 seconds$"):
            click(seen, "go")


def test_a_baseline_acts_until_the_page_says_that_it_is_over(page, tmp_path):
    html = "<button onclick='document.title = 1'>Yes</button><button onclick='document.title = 2'>No</button>"
    seen = visit(page, tmp_path / "a.html", html, 'Press "no".')
    actions = by_words(seen.visitor, matcher, Draws(0), lambda: bool(page.run("document.title")))
    assert (actions, page.run("document.title")) == (1, "2")


def test_spans_are_typed_as_they_are_written():
    text = 'Enter "Ada L., jr." and 12.5 into the field.'
    said = spoken(text)
    assert said == {("ada", "l", "jr"): "Ada L., jr.", ("12.5",): "12.5"}
    assert set(said) == {read(text).words(span) for span in range(len(read(text).spans))}
    assert spoken("Choose Blue Shoes please")["blue", "shoes"] == "Blue Shoes"


def test_without_the_package_the_error_says_what_to_install(monkeypatch):
    monkeypatch.setattr(miniwob, "find_spec", lambda name: None)
    with pytest.raises(browser.BrowserError, match=r"pages of MiniWoB\+\+ are missing; install them with: pip install"):
        miniwob.tasks()


@pytest.mark.slow
@pytest.mark.skipif(importlib.util.find_spec("miniwob") is None, reason="MiniWoB++ is not installed")
def test_an_episode_of_miniwob_is_the_same_for_the_same_seed(page):
    miniwob.prepare(page)
    assert len(miniwob.tasks()) == 130
    assert set(miniwob.OPEN) < set(miniwob.tasks())
    texts = [miniwob.begin(page, "enter-text", seed).visitor.text for seed in (1, 2, 1)]
    assert texts[0] == texts[2] != texts[1]
    episode = miniwob.begin(page, "enter-text", 1)
    episode.visitor.look()
    seen = Visit(episode.visitor)
    seen.type(0, seen.spans[0])
    assert not episode.over()
    click(seen, "submit")
    assert episode.success()
