"""Domains: families of tasks with their simulators, by id.

Independent of `openended`; `envs.api` is the contract, `envs.check` tests a domain against it. Other packages add
domains by the entry-point group `openended.domains`: name = id, object = a `Domain`, a function that makes it, or a
`Family`, whose domains are made of a recipe's table.
"""

import json
from collections.abc import Mapping
from typing import Any

from . import cache as cache  # sets numba's cache folder, which must happen before numba is imported
from .api import Domain, Family, Genome

DOMAINS = {
    "digits-hidden-v1": "openended.envs.digits.domain:DIGITS_HIDDEN",
    "digits-shuffled-v1": "openended.envs.digits.domain:DIGITS_SHUFFLED",
    "digits-v1": "openended.envs.digits.domain:DIGITS",
    "gymnasium": "openended.envs.gymnasium.domain:GYMNASIUM",
    "maze-solvable-v1": "openended.envs.maze.domain:MAZE_SOLVABLE",
    "maze-v1": "openended.envs.maze.domain:MAZE",
    "walker-cppn-v1": "openended.envs.walker.cppn_domain:WALKER_CPPN",
    "walker-drawn-v1": "openended.envs.walker.drawn.domain:WALKER_DRAWN",
    "walker-poet-v1": "openended.envs.walker.domain:WALKER_POET",
    "walker-v1": "openended.envs.walker.domain:WALKER",
    "web-v1": "openended.envs.web.domain:WEB",
}
GROUP = "openended.domains"


class DomainError(LookupError):
    """A domain that does not exist or cannot be made; says which exist."""


def domain_ids() -> tuple[str, ...]:
    """The ids of all domains, ours and those of other packages, sorted."""
    return tuple(sorted({*DOMAINS, *_outside()}))


def domain(id: str, settings: Mapping[str, Any] | None = None) -> Domain:
    """The domain of this id; `settings` is the recipe's table `[environment]`, for a family of domains.

    Raises:
        DomainError: no such domain, its package does not load, or the settings are missing, wrong or too many.
    """
    found = registered(id)
    if isinstance(found, Family):
        if settings is None:
            raise DomainError(f"domain {id!r} needs the table [environment], which says what it is made of")
        try:
            return found.make(settings)
        except ValueError as error:
            raise DomainError(str(error)) from error
    if settings is not None:
        raise DomainError(f"domain {id!r} has no settings; leave the table [environment] out")
    return found


def registered(id: str) -> Domain | Family:
    """What is registered under an id. Raises DomainError: no such domain, or its package does not load."""
    places = _outside() | DOMAINS
    if id not in places:
        raise DomainError(f"there is no domain {id!r}; known domains: {', '.join(domain_ids())}")
    module, _, name = places[id].partition(":")
    from importlib import import_module

    try:
        made = getattr(import_module(module), name)
        made = made if isinstance(made, Domain | Family) else made()
    except Exception as error:
        if id in DOMAINS:
            raise
        raise DomainError(f"domain {id!r} of {places[id]} does not load: {error}") from error
    if not isinstance(made, Domain | Family):
        raise DomainError(f"domain {id!r} of {places[id]} is a {type(made).__name__}; it must be an envs.api.Domain")
    if isinstance(made, Domain) and made.id != id:
        raise DomainError(f"domain {id!r} of {places[id]} calls itself {made.id!r}; both ids must be equal")
    return made


def read_task(domain: Domain, text: str) -> Genome:
    """The genome of a JSON text, canonical or spaced, ordered and with numbers written as one likes.

    Raises:
        ValueError: it is no task of the domain; says why.
    """
    read = domain.tasks.read or domain.tasks.decode
    try:
        return read(text)
    except ValueError as error:
        try:
            value = json.loads(text)
        except (ValueError, RecursionError):
            raise error from None
        return read(json.dumps(value, sort_keys=True, separators=(",", ":")))


def _outside() -> dict[str, str]:
    from importlib.metadata import entry_points

    return {point.name: point.value for point in entry_points(group=GROUP)}
