"""Offers: tasks, votes and witnesses that people and programs hand to a run from outside.

A run is a function of its recipe, its seed and the offers that it took: they act at generation boundaries only, in the
order of their names, and each is recorded with what became of it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

KINDS = ("task", "vote", "witness", "check", "withdraw")
"""What can be offered (`file.inbox` says what the payload of each holds)."""


@dataclass(frozen=True)
class Offer:
    """What came from outside.

    Attributes:
        name: SHA-256 of what was sent, 64 hexadecimal digits; no two offers of a run share it.
        kind: one of `KINDS`; `unknown` where that could not be read.
        author: the tag of who sent it; empty where that could not be read.
        payload: its content, JSON values by name; None where there is nothing to be judged.
        problem: why it cannot be judged; empty if it can.

    """

    name: str
    kind: str
    author: str
    payload: Mapping[str, Any] | None
    problem: str = ""
