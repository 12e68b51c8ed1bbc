"""An elite's episode on a task: chosen, run again, and described in one line."""

from dataclasses import dataclass
from typing import Any

from openended.core.types import Pair
from openended.envs.api import Trace
from openended.file.snapshot import Snapshot, described


@dataclass(frozen=True)
class Episode:
    """An episode of a pair's best agent on a task, its own or another; `caption` says who, where, and how it went."""

    pair: Pair
    task: Any
    trace: Trace
    caption: str

    @property
    def steps(self) -> int:
        return len(self.trace.rewards)


def episode(view: Snapshot, pair: Pair, on: tuple[str, Any] | None = None) -> Episode:
    """The best agent of the pair on its own task, or on another one given with its name, run again."""
    task = view.state.tasks[pair.task]
    genome = task.genome if on is None else on[1]
    cap = int(view.config["episodes"]["cap"])
    trace = view.domain.simulator.trace(genome, view.policy, view.best_agent(pair), 0, cap)
    end = "finished" if trace.facts.get("finished") else f"not finished, {len(trace.rewards)} steps"
    who = f"niche {pair.niche}:  {described(view.domain.axes, task.descriptor)}"
    who = who if on is None else f"agent of niche {pair.niche} on {on[0]}"
    return Episode(pair, genome, trace, f"{who}   |   return {trace.rewards.sum():.1f}   |   {end}")
