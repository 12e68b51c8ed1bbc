"""Every link of the documentation leads somewhere, and every command in it exists."""

import re
from pathlib import Path

import pytest

from openended import cli

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "HISTORY.md", *sorted((ROOT / "docs").glob("*.md")), ROOT / "runs" / "README.md"]


def anchors(page):
    """The places of a page that a link can name, as GitHub writes them."""
    titles = re.findall(r"^#+ (.*)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page):
    for link in re.findall(r"\]\(([^)\s]+)\)", page.read_text()):
        if not link.startswith("https://"):
            path, _, place = link.partition("#")
            target = page.parent / path if path else page
            assert target.exists(), link
            assert not place or place in anchors(target), link


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_files_and_commands_that_are_named_exist(page):
    text = page.read_text()
    for path in re.findall(r"`((?:envs|openended|tests|benchmarks|docs|runs)/[\w/.*]+\.(?:py|md|toml))`", text):
        assert list(ROOT.glob(path)), path
    for verb in re.findall(r"^(?:\$ )?openended ([a-z]+)", text, re.MULTILINE):
        assert verb in cli.COMMANDS, verb


def test_every_page_is_in_the_index():
    index = (ROOT / "docs" / "README.md").read_text()
    assert [page.name for page in (ROOT / "docs").glob("*.md") if f"]({page.name})" not in index] == ["README.md"]
