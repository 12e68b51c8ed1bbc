"""The suite `miniwob-v1`: the tasks of MiniWoB++ (Shi et al. 2017, World of Bits; Liu et al. 2018), Farama's package.

The package is found, never imported: it would bring Selenium. Every episode is a newly loaded page, seeded by its own
`Math.seedrandom`. There is no time limit, and animations are off. A reward of 1 before any discount for time is a
success; less is failure, also where the page pays something for nearly right.
"""

from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from .chromium import BrowserError, Page
from .look import Visitor
from .render import script

OPEN = (
    "click-checkboxes", "click-checkboxes-transfer", "click-collapsible", "click-collapsible-2", "click-dialog",
    "click-dialog-2", "click-link", "click-tab", "click-tab-2-easy", "click-tab-2-hard", "click-test",
    "click-test-transfer", "enter-text", "focus-text", "focus-text-2", "login-user-popup", "navigate-tree",
    "search-engine", "unicode-test",
)  # fmt: skip
"""Tasks in reach on which the extractor may be debugged. All others are for the final table alone."""
LIMIT = 30.0
"""Seconds in which a page must settle; one that does not counts as a failure."""
START = """(() => {
  core.EPISODE_MAX_TIME = 1e6;
  if (window.jQuery) jQuery.fx.off = true;
  Math.seedrandom("SEED");
  core.startEpisodeReal();
  const said = core.getUtterance();
  return said.utterance ?? said;
})()"""
DONE = "WOB_DONE_GLOBAL"
REWARD = "WOB_RAW_REWARD_GLOBAL"


def folder() -> Path:
    """Where the pages are. Raises BrowserError where the package is missing."""
    found = find_spec("miniwob")
    if found is None or found.origin is None:
        raise BrowserError("the pages of MiniWoB++ are missing; install them with: pip install openended[web]")
    return Path(found.origin).parent / "html" / "miniwob"


def tasks() -> list[str]:
    """The names of all tasks. Raises BrowserError where the package is missing."""
    return sorted(path.stem for path in folder().glob("*.html"))


@dataclass
class Episode:
    """An episode of a task under way.

    Attributes:
        visitor: what sees the page and acts on it.
    """

    page: Page
    visitor: Visitor

    def over(self) -> bool:
        """Whether the page has ended the episode."""
        return bool(self.page.run(DONE))

    def success(self) -> bool:
        """Whether the page has ended it with the whole reward."""
        return self.over() and self.page.run(REWARD) == 1


def prepare(page: Page) -> None:
    """Make a new browser's page ready for episodes."""
    page.first(script("listen.js"))
    page.patience = LIMIT


def begin(page: Page, task: str, seed: int) -> Episode:
    """Open a task and start its episode. Raises BrowserError for a page that does not settle."""
    page.open((folder() / f"{task}.html").as_uri())
    text = page.run(START.replace("SEED", str(seed)))
    return Episode(page, Visitor(page, text))
