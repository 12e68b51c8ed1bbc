"""Domains that differ from another one."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from openended.envs.api import Domain

PARTS = ("tasks", "simulator", "policies", "pictures")


def altered(domain: Domain, **changes: Any) -> Domain:
    """The domain with other values; a mapping changes those of a part: `altered(POINT, tasks={"mutate": other})`."""
    return replace(
        domain,
        **{
            name: replace(getattr(domain, name), **value) if name in PARTS and isinstance(value, Mapping) else value
            for name, value in changes.items()
        },
    )
