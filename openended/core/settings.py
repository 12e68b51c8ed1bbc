"""The settings that every algorithm has: one table for each operator that none can do without."""

from dataclasses import dataclass, field
from typing import Annotated

from annotated_types import Ge, Le

from openended.envs.api import Domain
from openended.envs.policy import Policy

from .criterion import Bounds
from .evaluation import Episodes
from .learners import Learning, Strategy
from .niches import Niches
from .specification import Opening
from .start import Start


@dataclass(frozen=True)
class Layout:
    """The network of the agents.

    Attributes:
        kind: `mlp`, or another that the domain can run; empty: the domain's own choice, sizes included.
        hidden: units of each hidden layer; empty: as the domain chooses.

    """

    kind: str = ""
    hidden: tuple[Annotated[int, Ge(1)], ...] = ()

    def of(self, domain: Domain) -> Policy:
        """The policy of a domain. Raises ValueError if the domain cannot run it."""
        if not self.kind and not self.hidden:
            return domain.policies.default
        return domain.policies.make(self.kind or domain.policies.default.kind, self.hidden)


@dataclass(frozen=True)
class People:
    """What a run takes from outside: tasks, votes and witnesses of people and programs.

    Attributes:
        inbox: whether it takes any.
        tasks: most tasks that are judged in a generation.
        patience: how often a task that is too hard for now is judged again before it is given up.
        preference: how far votes steer which tasks become parents, and how novel children count, 0 .. 1; in searches of
            pairs; others refuse it. A quarter of the parents is drawn without regard to votes.

    """

    inbox: bool = True
    tasks: Annotated[int, Ge(1)] = 8
    patience: Annotated[int, Ge(0)] = 20
    preference: Annotated[float, Ge(0), Le(1)] = 0.0


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What all algorithms share; each adds its own.

    Attributes:
        archive: the niches.
        episodes: length and number of episodes.
        policy: the network of the agents.
        learner: how an agent is trained; `kind` chooses the way.
        criterion: the minimal criterion, and when a task counts as solved.
        people: what is taken from outside.
        start: another run to begin from; None: the run begins with nothing but the domain's first task.
        specification: what tasks may contain, and how that grows; None: all that the domain allows, from the start.

    """

    archive: Niches = field(default_factory=Niches)
    episodes: Episodes = field(default_factory=Episodes)
    policy: Layout = field(default_factory=Layout)
    learner: Learning = field(default_factory=Strategy)
    criterion: Bounds = field(default_factory=Bounds)
    people: People = field(default_factory=People)
    start: Start | None = None
    specification: Opening | None = None
