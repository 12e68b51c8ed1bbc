"""What a site may consist of, and how much of it."""

SEEDS = 1_000_000
REQUESTS = 16
"""Requests of a session, which is one episode."""
PAGES, BLOCKS, GOALS, SIZE, COUNT = 8, 6, 6, 8, 4
"""Most pages of a site, blocks of a page, goals, items of a block, items that a goal asks for."""
VISIBLE, INPUTS, SPANS, TOKENS = 64, 8, 16, 112
"""Most elements of a page, inputs of a page, spans of a request, words of a request."""
VIAS = ("link", "button", "submit", "tab", "search")
KINDS = ("text", "links", "buttons", "form", "checks", "radios", "menu", "list", "table", "dialog")
HIDES = ("no", "section", "tab")
NAMES = ("label", "placeholder", "aria", "before")
QUOTES = ("all", "values", "none")
ORDERS = ("plan", "any")
VERB_OF = {
    "links": "click", "buttons": "click", "table": "click", "form": "fill", "radios": "choose", "menu": "choose",
    "checks": "check", "list": "check",
}  # fmt: skip
"""What can be asked for in a block; nothing in texts and dialogs."""
VERBS = ("click", "fill", "choose", "check")
LEAST = {"radios": 2, "menu": 2, "list": 2}
"""Fewest items of a block, where one would be no choice."""
