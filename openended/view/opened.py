"""A run for people and notebooks: everything that its file says, in one value; `openended.open` makes it."""

from dataclasses import dataclass
from os import PathLike
from typing import TYPE_CHECKING, Any

from openended.core.types import Agent, Pair
from openended.file.errors import Usage
from openended.file.packages import needed
from openended.file.reader import Reader
from openended.file.snapshot import Snapshot, taken
from openended.view import tables

if TYPE_CHECKING:
    import gymnasium
    import pandas


@dataclass(frozen=True, kw_only=True)
class Run(Snapshot):
    """A run as it stood when it was opened.

    Attributes:
        id: what tells this run from every other.
        digest: equal for equal runs, and only for those.

    """

    id: str
    digest: str

    def table(self, name: str) -> tables.Columns:
        """One of `tables.TABLES` (elites, pairs, tasks, generations, transfers, ...): its columns by name."""
        if name not in tables.TABLES:
            raise Usage(f"there is no table {name!r}; choose one of {', '.join(tables.TABLES)}.")
        return tables.TABLES[name](self)

    def frame(self, name: str) -> "pandas.DataFrame":
        """The same as a pandas frame. Raises Usage if pandas is not installed."""
        return needed("pandas").DataFrame(self.table(name))

    def elite(self, niche: int) -> Pair:
        """The pair that holds a niche. Raises Usage if it is empty."""
        if niche not in self.elites:
            held = ", ".join(map(str, self.elites)) or "none yet"
            raise Usage(f"niche {niche} is empty; occupied are: {held}.")
        return self.elites[niche]

    def agent(self, niche: int) -> Agent:
        """The best agent of a niche, float32[parameters]; `policy` says how they make a network."""
        return self.best_agent(self.elite(niche))

    def task(self, niche: int) -> str:
        """The task of a niche, the domain's canonical JSON."""
        text: str = self.domain.tasks.encode(self.state.tasks[self.elite(niche).task].genome)
        return text

    def course(self, niche: int, **options: Any) -> "gymnasium.Env[Any, Any]":
        """The task of a niche as a Gymnasium environment (`openended/Course-v0`, `openended/Maze-v0`), with the run's
        cap as time limit.

        `options` are those of `gymnasium.make`. Raises Usage if Gymnasium is not installed or the domain has no such
        environment.
        """
        environment = self.domain.environment
        if environment is None:
            raise Usage(f"{self.domain.id} has no Gymnasium environment; walkers and mazes have.")
        genome = self.state.tasks[self.elite(niche).task].genome
        limit: dict[str, Any] = {"max_episode_steps": int(self.config["episodes"]["cap"])}
        made: gymnasium.Env[Any, Any] = needed("gymnasium").make(
            environment.id, **limit | dict(environment.arguments(genome)) | options
        )
        return made


def opened(path: str | PathLike[str]) -> Run:
    """The run in a run file. Raises Failure if the file cannot be read."""
    with Reader(str(path)) as run:
        return Run(**vars(taken(run)), id=run.id, digest=run.digest)
