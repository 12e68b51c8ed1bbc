"""Elites for the page: who they are, how they came to be, and films of what they do."""

from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from openended.core.types import Agent
from openended.envs.api import Genome
from openended.file.snapshot import described
from openended.view import lineage
from openended.view.report.codec import film

from .look import Looker
from .stage import Stage
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
    """The agent of a niche on a task, complete in itself; `words` say what is seen."""

    niche: int
    agent: Agent
    genome: Genome
    words: str


def recorded(stage: Stage, shown: Scene) -> dict[str, Any]:
    """The film of a scene (see `view.report.codec`), with its `caption` and its exact `return`."""
    trace = stage.domain.simulator.trace(shown.genome, stage.policy, shown.agent, 0, stage.cap)
    end = "finished" if trace.facts.get("finished") else f"not finished, {len(trace.rewards)} steps"
    value = total(trace.rewards)
    told = f"{shown.words} · return {worth(value)} · {end}"
    facts = {"niche": shown.niche, "caption": told, "return": value, "finished": bool(trace.facts.get("finished"))}
    return film(stage.domain, shown.genome, trace) | facts
