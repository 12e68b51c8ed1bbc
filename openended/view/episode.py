"""An elite's episode on a task: chosen, run again, and described in one line."""

import math
from dataclasses import dataclass
from typing import Any

from envs.api import Trace
from openended.core.types import Pair
from openended.run.errors import Usage
from openended.view.snapshot import Snapshot, described

MENTIONED = 30
"""Most niches that an error names."""


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


def chosen(view: Snapshot, niche: int | None, best: bool) -> Pair:
    """The elite to be shown. Raises Usage if there is none.

    Args:
        view: the run.
        niche: whose elite; None: that with the best fitness.
        best: instead, the solved elite on the hardest task, the one farthest from the descriptors' low ends.
    """
    if not view.elites:
        raise Usage("the run has no elites yet; let it run for some generations first.")
    if niche is not None:
        if niche not in view.elites:
            occupied = [str(held) for held in view.elites]
            more = f", and {len(occupied) - MENTIONED} more" if len(occupied) > MENTIONED else ""
            raise Usage(f"niche {niche} is empty; occupied are: {', '.join(occupied[:MENTIONED])}{more}.")
        return view.elites[niche]
    solved = [pair for pair in view.elites.values() if pair.best_fitness >= view.solved]
    if best and solved:
        return max(solved, key=lambda pair: (view.hardness(pair), pair.best_fitness))
    return max(view.elites.values(), key=lambda pair: -math.inf if math.isnan(pair.best_fitness) else pair.best_fitness)


def episode(view: Snapshot, pair: Pair, on: tuple[str, Any] | None = None) -> Episode:
    """The best agent of the pair on its own task, or on another one given with its name, run again."""
    task = view.state.tasks[pair.task]
    genome = task.genome if on is None else on[1]
    trace = view.domain.trace(genome, pair.best_agent, 0, int(view.config["episodes"]["cap"]))
    end = "finished" if trace.facts.get("finished") else f"not finished, {len(trace.rewards)} steps"
    who = f"niche {pair.niche}:  {described(view.domain.axes, task.descriptor)}"
    who = who if on is None else f"agent of niche {pair.niche} on {on[0]}"
    return Episode(pair, genome, trace, f"{who}   |   return {trace.rewards.sum():.1f}   |   {end}")
