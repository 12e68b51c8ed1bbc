"""Recipes: TOML files that fix an experiment, checked completely before anything starts.

A recipe names things from closed lists (domain, algorithm) and gives numbers; nothing in it is ever executed. Every
error says where, what was given and what is allowed.
"""

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

from openended.core.algorithms import ALGORITHMS, algorithm
from openended.file.errors import Usage
from openended.file.settings import Config, Head

from . import strict
from .strict import hint

SIZE = 1 << 20
"""Most bytes of a recipe."""


def folder() -> Path:
    """Where the recipes are: inside an installed package, or in `runs/` beside the package's source."""
    package = Path(__file__).parents[1]
    installed = package / "recipes"
    return installed if installed.is_dir() else package.parent / "runs"


def recipes() -> dict[str, Path]:
    """The recipes that come with the package, by name."""
    return {path.stem: path for path in sorted(folder().glob("*.toml"))}


def locate(recipe: str) -> Path:
    """The file of a recipe given by name or path. Raises Usage."""
    known = recipes()
    if recipe in known:
        return known[recipe]
    path = Path(recipe)
    if path.suffix == ".toml" and path.is_file():
        return path
    if path.suffix == ".toml" or path.name != recipe:
        raise Usage(f"there is no recipe file {recipe}; give a path that ends in .toml, or one of: {', '.join(known)}.")
    raise Usage(f"there is no recipe {recipe!r}{hint(recipe, known)}; choose one of: {', '.join(known)}.")


def load(recipe: str, overrides: Sequence[str] = (), **head: Any) -> Config:
    """Read and check a recipe.

    Args:
        recipe: a name or a path.
        overrides: `key=value` or `table.key=value`, values as TOML writes them (bare words are taken as text).
        head: values for the head that stand above the recipe; None leaves it as it is.

    """
    path = locate(recipe)
    try:
        data = path.read_bytes()
        if len(data) > SIZE:
            raise Usage(f"{path} has {len(data)} bytes, a recipe at most {SIZE}.")
        tree = tomllib.loads(data.decode())
    except OSError as error:
        raise Usage(f"{path} cannot be read ({error.strerror}).") from error
    except (ValueError, RecursionError) as error:
        raise Usage(f"{path} is not TOML: {error}.") from error
    for override in overrides:
        put(tree, override)
    tree |= {key: value for key, value in head.items() if value is not None}
    return check(tree, path.stem, str(path))


def put(tree: dict[str, Any], override: str) -> None:
    """Set `table.key=value` in a recipe's tree. Raises Usage."""
    place, equals, text = override.partition("=")
    *tables, key = (part.strip() for part in place.split("."))
    if not equals or not all((*tables, key)):
        raise Usage(f"--set {override}: write table.key=value, for example --set learner.population=256.")
    try:
        value = tomllib.loads(f"value = {text}")["value"]
    except ValueError:
        value = text
    for table in tables:
        tree = tree.setdefault(table, {})
        if not isinstance(tree, dict):
            raise Usage(f"--set {override}: {table} is not a table.")
    tree[key] = value


def check(tree: Mapping[str, Any], name: str, place: str) -> Config:
    """The config of a recipe's tree. Raises Usage, naming `place` (the file) and every key that is wrong."""
    from openended import envs

    own = {field.name for field in fields(Head)}
    head: Head = parsed(Head, {key: value for key, value in tree.items() if key in own}, place)
    if head.algorithm not in ALGORITHMS:
        offer = hint(head.algorithm, ALGORITHMS)
        raise Usage(f"{place}: algorithm is {head.algorithm!r}{offer}; choose one of: {', '.join(sorted(ALGORITHMS))}.")
    if head.domain not in envs.domain_ids():
        offer = hint(head.domain, envs.domain_ids())
        raise Usage(f"{place}: domain is {head.domain!r}{offer}; choose one of: {', '.join(envs.domain_ids())}.")
    module = algorithm(head.algorithm)
    params = parsed(module.Params, {key: value for key, value in tree.items() if key not in own}, place, beside=own)
    try:
        module.check(params, envs.domain(head.domain, head.environment))
    except (ValueError, envs.DomainError) as error:
        raise Usage(f"{place}: {error}.") from None
    return Config(name, head, params)


def parsed(kind: type, tree: Mapping[str, Any], place: str, beside: Iterable[str] = ()) -> Any:
    """A dataclass made of a tree, strictly. Raises Usage, naming `place` (the file) and every key that is wrong."""
    try:
        return strict.parse(kind, tree, beside)
    except strict.Refused as error:
        raise Usage(f"{place}: {error}.") from None
