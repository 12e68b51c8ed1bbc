"""The settings of a run: a checked recipe as a value, and what makes two runs the same run."""

import dataclasses
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from annotated_types import Ge, Le

from openended.core.generators import Mutation
from openended.core.interest import Interest
from openended.core.settings import People
from openended.file import digest

MAY_CHANGE = ("generations", "question")
"""Settings that may change from one start of a run to the next."""

PLACES = ("run", "tasks")
"""Settings of `start` that say where files lie."""


@dataclass(frozen=True)
class Head:
    """What every recipe says, whatever its algorithm.

    Attributes:
        question: which question the experiment answers, in one sentence.
        domain: id of the domain.
        algorithm: name of the algorithm; its settings are the recipe's tables.
        seed: of all random streams.
        generations: how many of them after the first, number 0.
        environment: what a family of domains, such as `gymnasium`, is to make; None: the domain needs nothing.

    """

    question: str
    domain: str
    algorithm: str = "map-elites"
    seed: Annotated[int, Ge(0), Le(2**63 - 1)] = 1
    generations: Annotated[int, Ge(0), Le(2**31 - 1)] = 1000
    environment: dict[str, Any] | None = None


@dataclass(frozen=True)
class Config:
    """A checked recipe: its name, its head, and the settings of its algorithm (the algorithm's own `Params`)."""

    name: str
    head: Head
    params: Any

    def settings(self) -> dict[str, Any]:
        """Everything, defaults filled in, as JSON values: what the run file keeps."""
        head = dataclasses.asdict(self.head)
        if self.head.environment is None:
            del head["environment"]
        return unsaid(json.loads(json.dumps(head | dataclasses.asdict(self.params))))


LATER = {"source": {"kinds": [], "every": 100}}
"""Keys that a table got after there were runs with it, at their defaults."""


def unsaid(config: Mapping[str, Any]) -> dict[str, Any]:
    """Settings without what goes without saying, so that runs that began before one could say it are the same runs: the
    tables `people`, `interest` and `generator` with their defaults, a start from nothing, tasks without a
    specification, and later keys of other tables.
    """
    without = {
        "people": dataclasses.asdict(People()),
        "interest": dataclasses.asdict(Interest()),
        "generator": dataclasses.asdict(Mutation()),
        "start": None,
        "specification": None,
    }
    said = {name: value for name, value in config.items() if name not in without or value != without[name]}
    for table, later in LATER.items():
        if isinstance(keys := said.get(table), Mapping):
            said[table] = {key: value for key, value in keys.items() if key not in later or value != later[key]}
    return said


def external(config: Mapping[str, Any]) -> bool:
    """Whether other code keeps a run's agents (`openended.Curriculum`)."""
    learner = config.get("learner")
    return isinstance(learner, Mapping) and learner.get("kind") == "external"


def essential(config: Mapping[str, Any]) -> dict[str, Any]:
    """The settings that make a run itself: all but the budget, the prose, where the runs lie that it began from, whose
    digests count, and when versions of its specification open, which is chained as it happens.
    """
    kept = {key: value for key, value in config.items() if key not in (*MAY_CHANGE, "specification")}
    if isinstance(kept.get("start"), Mapping):
        kept["start"] = {key: value for key, value in kept["start"].items() if key not in PLACES}
    return kept


def identity(config: Mapping[str, Any]) -> str:
    """The essential settings, as canonical JSON."""
    return digest.text(essential(config))


def differences(kept: Mapping[str, Any], given: Mapping[str, Any], prefix: str = "") -> Iterator[str]:
    """What distinguishes two settings, key by key, beside what may change from one start to the next."""
    for key in sorted({*kept, *given}):
        if prefix + key in (*MAY_CHANGE, *(f"start.{place}" for place in PLACES)):
            continue
        before, now = kept.get(key), given.get(key)
        if isinstance(before, Mapping) and isinstance(now, Mapping):
            if before.get("kind") != now.get("kind"):  # then all else differs, too
                before, now = {"kind": before.get("kind")}, {"kind": now.get("kind")}
            yield from differences(before, now, f"{prefix}{key}.")
        elif before != now:
            yield f"{prefix}{key} is {json.dumps(before)} there and {json.dumps(now)} here"
