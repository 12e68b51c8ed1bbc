import json
import re
import tomllib
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pytest
from matplotlib import colormaps

from openended.file.errors import Usage
from openended.file.writer import Writer, create
from openended.view.plots import heatmap
from openended.view.report import figures, gallery
from openended.view.report.page import moment, page, report, toml
from tests.support.altered import altered
from tests.view.conftest import CELLS, changes, settings
from tests.view.report.conftest import FITNESS

HOSTILE = "</script><script>window.hostile=1</script><img src=x onerror=window.hostile=1> $\\frac{$ & \"'"


class Tags(HTMLParser):
    """Notes every tag with its attributes, and what is not closed."""

    VOID = ("meta", "link", "img", "input")

    def __init__(self, text):
        super().__init__()
        self.tags, self.stack = [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        if tag not in self.VOID:
            self.stack.append(tag)

    def handle_endtag(self, tag):
        assert self.stack.pop() == tag

    def all(self, name):
        return [attributes for tag, attributes in self.tags if tag == name]


@pytest.fixture
def plain(monkeypatch):
    """A page without most of its plots, which take a second."""
    monkeypatch.setattr(figures, "others", lambda view: {})


@pytest.fixture(scope="module")
def texts():
    return {}


@pytest.fixture
def text(texts, made, tmp_path):
    """A report, made once for all tests."""
    if not texts:
        path = made(FITNESS)
        texts["told"] = moment(path)
        texts["first"], texts["second"] = (report(path, tmp_path / f"{name}.html").read_text() for name in "ab")
    return texts["first"]


def films(text):
    return json.loads(re.search(r'id="films">(.*?)</script>', text, re.DOTALL)[1])


def test_the_page_has_every_part_and_all_its_tags_are_closed(text):
    parsed = Tags(text)
    assert parsed.stack == []
    headings = re.findall(r"<h2>(.*?)</h2>", text)
    assert headings == [
        "Summary", "Archive", "Watch", "Gallery", "Progress", "Lineage", "Transfers", "Recipe", "Versions",
    ]  # fmt: skip
    assert [link["href"] for link in parsed.all("a")] == [f"#{heading.lower()}" for heading in headings]
    identities = [attributes["id"] for _, attributes in parsed.tags if "id" in attributes]
    assert len(identities) == len(set(identities))
    assert {heading.lower() for heading in headings} <= set(identities)


def test_the_page_loads_nothing_from_elsewhere(text):
    parsed = Tags(text)
    for attributes in (attributes for _, attributes in parsed.tags):
        for name in ("src", "href", "action", "srcset"):
            assert attributes.get(name, "#").startswith(("data:", "#"))
    (policy,) = (meta["content"] for meta in parsed.all("meta") if "http-equiv" in meta)
    assert policy.startswith("default-src 'none'; img-src data:; ")
    assert not re.search(r"https?://", re.sub(r"data:[^\"]*", "", text))


def test_every_picture_has_words_in_its_place(text):
    assert all(picture["alt"] for picture in Tags(text).all("img"))


def test_the_same_run_gives_the_same_bytes(text, texts):
    assert text == texts["second"]


def test_the_page_tells_status_digest_recipe_and_versions(text, texts):
    told, view, _ = texts["told"]
    assert told["digest"] in text
    assert "<dt>elites</dt><dd>3</dd>" in text
    assert "<dt>of them solved</dt><dd>2</dd>" in text
    written = re.search(r"<pre>(.*?)</pre>", text, re.DOTALL)[1]
    assert tomllib.loads(written.replace("&quot;", '"').replace("&#x27;", "'")) == view.config


def test_nested_settings_are_toml_that_says_the_same():
    config = {"a": 1, "b": {"c": [1, 2.5], "d": {"e": 'x"y\n', "f": {"g": True}}}, "h": "ü", "i": {}}
    assert tomllib.loads(toml(config)) == config
    assert toml({"a": None}) == ""


def test_names_and_texts_are_never_markup(point, tmp_path):
    path = tmp_path / "hostile.run"
    create(path, HOSTILE, settings(CELLS) | {"question": HOSTILE}, {"numpy": HOSTILE})
    with Writer(path) as run:
        run.commit(changes(0, (), ()), seconds=1.0)
    parsed = Tags(report(path, tmp_path / "report.html").read_text())
    assert parsed.stack == []
    assert [script.get("type") for script in parsed.all("script")] == ["application/json", "module"]
    assert not any("onerror" in attributes for _, attributes in parsed.tags)


def test_text_that_no_file_can_hold_is_replaced(unstarted, tmp_path, monkeypatch):
    told, view, versions = moment(unstarted)
    view.config["question"] = "half a character: \ud800."
    monkeypatch.setattr("openended.view.report.page.moment", lambda path: (told, view, versions))
    assert "half a character: ?." in report(unstarted, tmp_path / "report.html").read_text()


def test_films_cannot_end_their_script(plain, made):
    told, view, versions = moment(made(FITNESS))
    hostile = [replace(axis, name=f"{axis.name} </script>\u2028") for axis in view.domain.axes]
    view = replace(view, domain=altered(view.domain, axes=tuple(hostile)))
    text = page(told, view, versions)
    assert Tags(text).stack == []
    assert "</script>" in films(text)[0]["caption"]


def test_a_run_without_a_generation_says_so(unstarted, tmp_path):
    text = report(unstarted, tmp_path / "report.html").read_text()
    assert "no generation yet" in text
    assert "no elites yet" in text
    assert 'id="screen"' not in text
    assert films(text) == []


def test_a_fitness_that_is_no_number_is_shown(plain, made, tmp_path):
    text = report(made({(0, 0): float("nan"), (5, 3): -90.0}), tmp_path / "report.html").read_text()
    assert "fitness - " in text
    assert "NaN" not in text
    assert len(films(text)) == 2


def test_of_many_elites_the_telling_ones_and_a_spread_can_be_played(plain, made, monkeypatch):
    told, view, versions = moment(made({(column, row): 10.0 * column for column in range(8) for row in range(6)}))
    monkeypatch.setattr(gallery, "MOST_CARDS", 20)
    monkeypatch.setattr(gallery, "MOST_FILMS", 5)
    text = page(told, view, versions)
    assert "20 of 48 are shown" in text
    assert "5 of them can be played" in text
    played = [each["niche"] for each in films(text)]
    hardest = gallery.by_hardness(view, list(view.elites.values()))[-1].niche
    assert hardest in played
    assert 42 in played, "the fittest"
    assert len(re.findall('class="card"', text)) == 20


def test_films_stop_where_the_page_would_grow_too_large(made, monkeypatch):
    _, view, _ = moment(made(FITNESS))
    monkeypatch.setattr(gallery, "BUDGET", 1)
    shown = gallery.cards(view)
    assert [card.pair.niche for card in shown if card.film] == [33], "the hardest solved"
    assert len(shown) == 3


def test_the_spots_lie_on_the_tiles_of_their_niches(made):
    _, view, _ = moment(made(FITNESS))
    drawing = heatmap.figure(view)
    found = {spot.niche: spot for spot in figures.spots(drawing, view)}
    assert found.keys() == {0, 33, 47}
    drawing.canvas.draw()
    picture = np.asarray(drawing.canvas.buffer_rgba()).astype(int)
    low, high = next(panel for panel in drawing.axes if panel.get_ylabel().startswith("fitness")).get_ylim()
    for niche, spot in found.items():
        column = round((spot.left + spot.width * 0.2) / 100 * picture.shape[1])
        row = round((spot.top + spot.height * 0.2) / 100 * picture.shape[0])
        share = (view.elites[niche].best_fitness - low) / (high - low)
        wanted = np.rint(255 * np.array(colormaps["viridis"](share)[:3]))
        assert np.abs(picture[row, column, :3] - wanted).max() <= 3


@pytest.mark.parametrize(("name", "words"), [("report.pdf", r"\.html"), ("no/report.html", "no folder")])
def test_a_place_that_cannot_be_is_refused_in_one_sentence(made, tmp_path, name, words):
    path = made(FITNESS)
    with pytest.raises(Usage, match=words) as error:
        report(path, tmp_path / name)
    assert "\n" not in str(error.value)
