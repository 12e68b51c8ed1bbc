"""Suites as files: fixed tasks to judge by, in versions that only ever add some.

A suite file is one JSON object: `suite`, its name; `version`; `domain`; `courses`, lists of tasks by name, each task
the canonical text of the domain; `grown`, for each version that was grown how many tasks it added and the digests of
the runs that were asked.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from openended import envs
from openended.envs.api import Domain, Genome
from openended.file.errors import Resources, Usage

MOST = 1 << 26
"""Most bytes of a suite file."""


@dataclass(frozen=True)
class Growth:
    """What a version added: how many tasks, and the digests of the runs that were asked."""

    version: int
    added: int
    runs: tuple[str, ...]


@dataclass(frozen=True)
class Suite:
    """A suite: its name, its version, the domain's id, tasks by the name of their course, and how it grew."""

    name: str
    version: int
    domain: str
    courses: Mapping[str, Sequence[Genome]]
    grown: tuple[Growth, ...] = ()

    def with_tasks(self, tasks: Sequence[Genome], runs: Sequence[str]) -> "Suite":
        """The next version, which has these tasks, too, as a course of their own."""
        number = self.version + 1
        return replace(
            self,
            version=number,
            courses={**self.courses, f"grown-v{number}": list(tasks)},
            grown=(*self.grown, Growth(number, len(tasks), tuple(runs))),
        )


def named(domain: Domain, name: str) -> Suite:
    """A suite of a domain, which is made by rule. Raises Usage if there is none of that name."""
    try:
        courses = domain.suite(name)
    except ValueError as error:
        raise Usage(f"{error}, or name a suite file, ending in .json.") from None
    known = name if name in domain.suites else max(each for each in domain.suites if each.startswith(f"{name}-v"))
    plain, _, version = known.rpartition("-v")
    return Suite(plain, int(version), domain.id, courses)


def is_suite(value: Any) -> bool:
    """Whether a JSON value is meant as a suite, not as a task."""
    return isinstance(value, dict) and "suite" in value


def parsed(domain: Domain, value: Any, place: str) -> Suite:
    """The suite of a JSON value. Raises Usage, naming the place."""
    try:
        if value["domain"] != domain.id:
            raise Usage(f"{place} is a suite of {value['domain']!r:.60}, but the runs are of {domain.id}.")
        courses = {
            str(name): [envs.read_task(domain, text) for text in texts] for name, texts in value["courses"].items()
        }
        version, grown = value["version"], value["grown"]
        if type(version) is not int or version < 1 or not all(courses.values()) or not courses:
            raise ValueError("a version below 1, or a course without tasks")
        growths = tuple(Growth(int(each["version"]), int(each["added"]), tuple(each["runs"])) for each in grown)
        return Suite(str(value["suite"]), version, domain.id, courses, growths)
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise Usage(f"{place} holds no suite of {domain.id} ({error!s:.200}); write one by `suite grow`.") from None


def write(domain: Domain, suite: Suite, place: Path) -> None:
    """Write a suite file, whole or not at all. Raises Usage if it exists or has no folder, Resources if it fails."""
    if place.suffix != ".json":
        raise Usage(f"{place} is to hold a suite; give it a name that ends in .json.")
    if place.exists():
        raise Usage(f"{place} exists, and a version of a suite is never altered; name another file.")
    if not place.parent.is_dir():
        raise Usage(f"{place.parent} is no folder; make it first or choose another place for {place.name}.")
    encode = domain.tasks.encode
    held = {
        "suite": suite.name,
        "version": suite.version,
        "domain": suite.domain,
        "courses": {name: [encode(task) for task in tasks] for name, tasks in suite.courses.items()},
        "grown": [asdict(each) for each in suite.grown],
    }
    draft = place.with_name(f".{place.name}.part")
    try:
        draft.write_text(json.dumps(held, allow_nan=False, indent=1) + "\n")
        draft.replace(place)
    except OSError as error:
        raise Resources(f"{place} cannot be written ({error.strerror}); choose another place.") from error
