"""The settings that every algorithm has: one table for each operator that none can do without."""

from dataclasses import dataclass, field

from .archive import Params as Archive
from .criterion import Params as Criterion
from .evaluation import Params as Episodes
from .learners.es import Params as EvolutionStrategy


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What all algorithms share; each adds its own.

    Attributes:
        archive: the niches.
        episodes: length and number of episodes.
        es: the evolution strategy.
        criterion: the minimal criterion, and when a task counts as solved.

    """

    archive: Archive = field(default_factory=Archive)
    episodes: Episodes = field(default_factory=Episodes)
    es: EvolutionStrategy = field(default_factory=EvolutionStrategy)
    criterion: Criterion = field(default_factory=Criterion)
