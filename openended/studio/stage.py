"""What episodes of a run need, and nothing else: whoever has it runs them without the run file."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from openended.envs.api import Domain
from openended.envs.policy import Policy
from openended.file.reader import Reader
from openended.file.settings import external


@dataclass(frozen=True)
class Stage:
    """A run's domain, its agents' network, and its recipe with defaults filled in."""

    domain: Domain
    policy: Policy
    config: dict[str, Any]

    @property
    def plays(self) -> bool:
        """Whether the run has agents, and its domain pictures of them."""
        return self.domain.pictures is not None and not external(self.config)

    @property
    def cap(self) -> int:
        """Most steps of an episode."""
        return int(self.config["episodes"]["cap"])


def staged(path: Path) -> Stage:
    """The stage of the run in a file. Raises Failure where it cannot be read."""
    with Reader(path) as run:
        return Stage(run.domain, run.policy, run.config)
