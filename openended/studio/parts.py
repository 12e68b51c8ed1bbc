"""The page and its parts, from memory: a closed list, so that no request ever names a file."""

from functools import cache
from importlib.resources import files

KINDS = {"html": "text/html; charset=utf-8", "css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8"}
SHARED = ("scene.js",)
"""Modules of the report that this page uses, too."""


@cache
def parts() -> dict[str, tuple[bytes, str]]:
    """Contents and media type of every file that is served, by name."""
    own = {each.name: each for each in files("openended.studio.page").iterdir() if each.name.endswith(tuple(KINDS))}
    shared = {name: files("openended.view.report").joinpath(name) for name in SHARED}
    return {name: (part.read_bytes(), KINDS[name.rpartition(".")[2]]) for name, part in (own | shared).items()}
