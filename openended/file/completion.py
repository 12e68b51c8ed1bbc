"""Settings of older run files as they are today."""

import json
from dataclasses import MISSING, asdict, fields
from typing import Any

from openended.file import digest
from openended.file.settings import unsaid


def completed(config: dict[str, Any]) -> dict[str, Any]:
    """The settings with those that came later at their defaults. A table of another kind than the default's is left as
    it is.
    """
    from openended.core.algorithms import algorithm

    defaults: dict[str, Any] = {}
    for field in fields(algorithm(config["algorithm"]).Params):
        if field.default_factory is not MISSING:
            defaults[field.name] = json.loads(digest.text(asdict(field.default_factory())))
        elif field.default is not MISSING:
            defaults[field.name] = field.default
    return unsaid(defaults | {name: merged(defaults.get(name), value) for name, value in config.items()})


def merged(default: Any, given: Any) -> Any:
    """A table with the defaults of what it lacks; anything else as it is given."""
    if isinstance(default, dict) and isinstance(given, dict) and given.get("kind") in (None, default.get("kind")):
        return default | given
    return given
