"""An agent's episode on a task: run again, and described in one line."""

from dataclasses import dataclass
from typing import Any

from openended.core.types import Agent, Pair
from openended.envs.api import Trace
from openended.envs.policy import Policy
from openended.file.snapshot import Snapshot, described


@dataclass(frozen=True)
class Episode:
    """An episode of an agent on a task; `caption` says who, where, and how it went."""

    task: Any
    trace: Trace
    caption: str

    @property
    def steps(self) -> int:
        return len(self.trace.rewards)


def episode(view: Snapshot, pair: Pair, on: tuple[str, Any] | None = None) -> Episode:
    """The best agent of the pair on its own task, or on another one given with its name, run again."""
    task, agent = view.state.tasks[pair.task], view.best_agent(pair)
    if on is None:
        who = f"niche {pair.niche}:  {described(view.domain.axes, task.descriptor)}"
        return played(view, view.policy, agent, task.genome, who)
    return played(view, view.policy, agent, on[1], f"agent of niche {pair.niche} on {on[0]}")


def played(view: Snapshot, policy: Policy, agent: Agent, task: Any, who: str) -> Episode:
    """An agent on a task, run with the cap of the run; `who` and where begin the caption."""
    trace = view.domain.simulator.trace(task, policy, agent, 0, int(view.config["episodes"]["cap"]))
    end = "finished" if trace.facts.get("finished") else f"not finished, {len(trace.rewards)} steps"
    return Episode(task, trace, f"{who}   |   return {trace.rewards.sum():.1f}   |   {end}")
