"""Specifications: what a domain's tasks may contain, by versions that a search can open one after the other."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Specification:
    """One version. It allows all that the versions before it allow, so that old tasks stay valid under new versions.

    Attributes:
        name: of the version, in words.
        allows: whether it allows a task. Drawing a task's chance anew changes nothing about it.
        mutate: a child of a task that it allows, a function of task and key, which it allows, too; None: the family's
            mutation is repeated.
        random: a task drawn from all that it allows, a function of the key; None: the family's draws are repeated.
        easy: the same of where a curriculum begins.
    """

    name: str
    allows: Callable[[Any], bool]
    mutate: Callable[[Any, int], Any] | None = None
    random: Callable[[int], Any] | None = None
    easy: Callable[[int], Any] | None = None
