"""A task in the making: what it is, where it lies, what can be changed of it, what speaks against it."""

import json
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from openended.core import niches
from openended.core.niches import Niches
from openended.core.novelty import nearest, scaled
from openended.core.types import Pair
from openended.envs import read_task
from openended.envs.api import Genome
from openended.envs.sketch import Sketch
from openended.file.snapshot import Snapshot, described
from openended.view.report.codec import shapes

from .answers import Wrong
from .look import Looker
from .words import worth

ONE_TO_A_NICHE = ("map-elites",)
"""Algorithms that admit tasks to empty niches only."""


@dataclass(frozen=True)
class Draft:
    """A task that was drawn.

    Attributes:
        genome: the task.
        text: its canonical JSON.
        descriptor: where it lies, in the units of the axes.
        niche: that it would belong to; None before the run's first generation.
    """

    genome: Genome
    text: str
    descriptor: tuple[float, ...]
    niche: int | None


class Drafts:
    """Reads tasks that were drawn for a run."""

    def __init__(self, looker: Looker):
        self.looker = looker

    @cached_property
    def _archive(self) -> Any:
        """Pyribs's archive, empty, which knows the niche of a descriptor; None until the run has its centroids."""
        view, kind = self.looker.moment().view, self.looker.config["archive"]
        settings = Niches(kind["kind"], tuple(kind["cells"]), int(kind.get("samples", 1)))
        return niches.empty(settings, view.domain.axes, view.centroids, 1, np.int64, 0.0)

    def read(self, value: Any) -> Draft:
        """The draft of a JSON value. Raises Wrong, in a sentence, for what is no task."""
        domain = self.looker.domain
        try:
            genome = read_task(domain, json.dumps(value, sort_keys=True, separators=(",", ":")))
            text = domain.tasks.encode(genome)
            descriptor = tuple(map(float, domain.tasks.describe(genome)))
        except (ValueError, TypeError, KeyError, OverflowError, RecursionError) as error:
            raise Wrong(f"This is no task of {domain.id}: {error!s:.300}.") from None
        if not np.isfinite(descriptor).all():
            raise Wrong("This task has no descriptor: it is not finite.")
        return Draft(genome, text, descriptor, self.niche(descriptor))

    def niche(self, descriptor: tuple[float, ...]) -> int | None:
        view = self.looker.moment().view
        if view.cells is None and view.centroids is None:
            return None
        return int(self._archive.index_of_single(scaled([descriptor], view.domain.axes)[0]))

    def told(self, draft: Draft) -> dict[str, Any]:
        """The draft for the page: words, shapes, controls, what speaks against it."""
        people, axes = self.looker.domain.people, self.looker.domain.axes
        view = self.looker.moment().view
        holder = None if draft.niche is None else view.elites.get(draft.niche)
        same = self.looker.same(draft.text)
        controls = [each.as_json() for each in people.controls(draft.genome)] if people and people.controls else []
        objection = people.objection(draft.genome) if people and people.objection else ""
        return {
            "task": draft.text,
            "where": described(axes, draft.descriptor),
            "niche": draft.niche,
            "holder": holder and {"task": holder.task, "fitness": round(holder.best_fitness, 3)},
            "same": same,
            "objection": objection,
            "words": self.place(view, draft, holder, same, objection),
            "controls": controls,
            "drawn": still(people.drawn(draft.genome)) if people and people.drawn else None,
            "aspect": self.looker.domain.pictures.aspect if self.looker.domain.pictures else 0.0,
        }

    def place(self, view: Snapshot, draft: Draft, holder: Pair | None, same: int | None, objection: str) -> str:
        """Where the task would go, in a sentence."""
        if objection:
            return f"Nobody can want this task: {objection}."
        if same is not None:
            return f"It is the same as task {same}; change something."
        if draft.niche is None:
            return "The run has no niches yet."
        if holder is None:
            return f"Niche {draft.niche} is empty."
        taken = f"Niche {draft.niche} is held by task {holder.task} (fitness {worth(holder.best_fitness)})"
        if view.config["algorithm"] in ONE_TO_A_NICHE:
            return f"{taken}; the run takes tasks for empty niches only."
        return f"{taken}."

    def nearest(self, draft: Draft, count: int) -> list[Pair]:
        """The elites with agents whose tasks lie nearest, nearest first."""
        view = self.looker.moment().view
        known = view.agents
        if not known:
            return []
        points = scaled([view.tasks[pair.task].descriptor for pair in known], view.domain.axes)
        places, _ = nearest(scaled([draft.descriptor], view.domain.axes)[0], points, min(count, len(known)))
        return [known[place] for place in places.tolist()]


def still(sketch: Sketch) -> dict[str, Any]:
    """A sketch that does not move, as a film of one moment."""
    times = {"rate": 1, "stride": 1, "steps": 0, "samples": 1, "returns": 0, "units": {"turn": 1, "score": 1}}
    return times | shapes(sketch, np.zeros(1, np.int64))
