"""Elites for the page: who they are, how they came to be, and films of what they do."""

from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from openended.core.types import Agent, Pair
from openended.envs.api import Genome
from openended.file.errors import Usage
from openended.file.snapshot import described
from openended.view import lineage
from openended.view.episode import Episode
from openended.view.report.codec import film

from .look import Looker
from .words import total, worth


def elite(looker: Looker, niche: int, author: str) -> dict[str, Any]:
    """An elite in words and as JSON: its task, where that came from, where its agent has been."""
    view = looker.moment().view
    pair = looker.elite(niche)
    task = looker.whole(pair)
    made = [
        {"task": id, "generation": view.tasks[id].generation, "niche": view.tasks[id].niche, "where": where(looker, id)}
        for id in lineage.forebears(view, pair.task)
    ]
    been = [
        {"task": stay.task, "generation": stay.since, "niche": view.tasks[stay.task].niche, "how": lineage.came(stay)}
        for stay in lineage.stays(view, pair)
    ]
    return {
        "niche": niche,
        "task": pair.task,
        "fitness": worth(pair.best_fitness),
        "solved": pair.best_fitness >= view.solved,
        "author": author or task.maker,
        "admitted": pair.admitted,
        "where": where(looker, pair.task),
        "genome": looker.domain.tasks.encode(task.genome),
        "agent": sha256(looker.agents([pair])[0].tobytes()).hexdigest()[:16],
        "made": made,
        "been": been,
    }


def where(looker: Looker, task: int) -> str:
    """A task's descriptor in words."""
    return described(looker.domain.axes, looker.moment().view.tasks[task].descriptor)


@dataclass(frozen=True)
class Scene:
    """An agent on a task, complete in itself, so that another thread can run it without the run file."""

    pair: Pair
    agent: Agent
    genome: Genome
    words: str


def scene(looker: Looker, niche: int, on: Genome = None, words: str = "") -> Scene:
    """An elite's agent on its own task, or on another one given with its name.

    Raises Usage if the run keeps no agents or its domain draws nothing.
    """
    if not looker.plays:
        raise Usage("there is nothing to play: the run keeps no agents, or its domain draws no pictures.")
    pair = looker.elite(niche)
    genome = looker.whole(pair).genome if on is None else on
    return Scene(pair, looker.agents([pair])[0], genome, words or f"niche {niche}")


def recorded(looker: Looker, shown: Scene) -> dict[str, Any]:
    """The film of a scene (see `view.report.codec`), with its `caption` and its exact `return`."""
    cap = int(looker.config["episodes"]["cap"])
    trace = looker.domain.simulator.trace(shown.genome, looker.policy, shown.agent, 0, cap)
    end = "finished" if trace.facts.get("finished") else f"not finished, {len(trace.rewards)} steps"
    value = total(trace.rewards)
    told = f"{shown.words} · return {worth(value)} · {end}"
    made = film(looker.domain, Episode(shown.pair, shown.genome, trace, told))
    facts = {"niche": shown.pair.niche, "caption": told, "return": value}
    return made | facts | {"finished": bool(trace.facts.get("finished"))}
