"""How a request is put into words."""

from dataclasses import dataclass

from .draws import Draws
from .task import Wording

Words = tuple[str, ...]

OPEN = ("open {}", "go to {}", "on the page {}", "under {}")
SEARCH = ("search {0} for {1}", "under {0} look up {1}", "in {0} find {1}", "search for {1} in {0}")
CLICK = ("click {}", "press {}", "hit {}", "tap {}")
ROW = ("click {0} for {1}", "press {0} in the row of {1}", "for {1} hit {0}", "tap {0} on the row of {1}")
FILL = ("fill {0} with {1}", "enter {1} as {0}", "set {0} to {1}", "type {1} into {0}")
CHOOSE = ("choose {}", "select {}", "pick {}", "put the tick on {}")
LAST = ("then click {}", "and press {}", "finally hit {}", "and then tap {}")
NEXT = (" and ", ", then ", ", after that ", ", and also ")
"""Sentences, and what joins them, by the wording's frame."""


@dataclass(frozen=True)
class Saying:
    """Sentences of one request."""

    wording: Wording

    def name(self, words: Words) -> str:
        """Something that is on the site."""
        text = " ".join(words)
        return f'"{text}"' if self.wording.quotes == "all" else text

    def value(self, words: Words) -> str:
        """Something to be typed."""
        text = " ".join(words)
        return text if self.wording.quotes == "none" else f'"{text}"'

    def open(self, page: Words) -> str:
        return OPEN[self.wording.frame].format(self.name(page))

    def search(self, page: Words, query: Words) -> str:
        return SEARCH[self.wording.frame].format(self.name(page), self.value(query))

    def click(self, items: list[Words]) -> str:
        return CLICK[self.wording.frame].format(" and ".join(map(self.name, items)))

    def row(self, act: Words, rows: list[Words]) -> str:
        return " and ".join(ROW[self.wording.frame].format(self.name(act), self.name(row)) for row in rows)

    def fill(self, pairs: list[tuple[Words, Words]]) -> str:
        frame = FILL[self.wording.frame]
        return " and ".join(frame.format(self.name(name), self.value(value)) for name, value in pairs)

    def choose(self, items: list[Words]) -> str:
        return CHOOSE[self.wording.frame].format(" and ".join(map(self.name, items)))

    def whole(self, sentences: list[str], commit: Words | None) -> str:
        """The request; `commit`: the button that ends it, where it is not asked for anyway."""
        wording = self.wording
        text = NEXT[wording.frame].join(sentences)
        if commit is not None:
            text += f", {LAST[wording.frame].format(self.name(commit))}"
        before = ("", "please ", "could you please ")[wording.filler]
        return f"{before}{text}{', thank you' if wording.filler == 2 else ''}."


def ordered(wording: Wording, groups: list[list[str]], ends: bool, draws: Draws) -> list[str]:
    """The sentences of all goals, in the order of the plan or any other; a goal's own sentences stay together.

    What ends the request (`ends`: the last goal does) is said last; nothing else tells it from other buttons.
    """
    fixed = len(groups) - ends
    mixed = draws.shuffled(groups[:fixed]) + groups[fixed:] if wording.order == "any" else groups
    return [sentence for group in mixed for sentence in group]
