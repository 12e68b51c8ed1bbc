"""All agents on one drawn task: who gets how far, what the minimal criterion would say, films of the best."""

import math
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from openended.core.criterion import Bounds, judge
from openended.core.types import Agent
from openended.envs.api import Genome, Queue, Simulator

from .episodes import Scene, recorded
from .stage import Stage
from .words import worth

FIRST, NEAREST, MOST = 12, 64, 400
"""Elites that are tried before the first film, before the first verdict, and at all."""
CHUNK = 112
"""Elites that are tried at a time after the nearest."""
THREADS = min(2, os.cpu_count() or 1)
FILMS = (4, 8)
"""Films of the best after the nearest, and after all."""


@dataclass(frozen=True)
class Trial:
    """Agents to be tried on a task, complete in itself.

    Attributes:
        stage: the run's.
        genome: the task.
        niches: of the elites, nearest first.
        agents: float32[n, parameters], theirs.
        stop: uint8[1]; setting it to 1 ends the trial within milliseconds.
    """

    stage: Stage
    genome: Genome
    niches: Sequence[int]
    agents: Sequence[Agent]
    stop: NDArray[np.uint8]

    def run(self) -> Iterator[dict[str, Any]]:
        """What is found, as JSON values, as it is found: `compiling`, `returns`, `verdict`, `film`, `end`."""
        best: list[tuple[float, int]] = []
        filmed: set[int] = set()
        begin, count = 0, len(self.niches)
        if not count:
            yield {"verdict": {"kind": "none", "words": "The run has no agents yet that could try it."}}
            yield {"end": True}
            return
        yield from warmed(self.stage.domain.simulator)
        prepared = self.stage.domain.simulator.prepare([self.genome])
        while begin < count:
            end = min(FIRST if begin == 0 else begin + CHUNK, NEAREST if begin < NEAREST else count, count)
            found = self.returns(prepared, begin, end)
            if self.stop[0]:
                return
            best = sorted([*best, *((-score(row[1]), begin + place) for place, row in enumerate(found))])
            yield {"returns": found, "tried": end, "of": count}
            if begin == 0:
                yield from self.films(best[:1], filmed)
            if end in {NEAREST, count}:
                yield {"verdict": self.verdict(best, end)}
                yield from self.films(best[: FILMS[end == count]], filmed)
            begin = end
        yield {"end": True}

    def returns(self, prepared: Any, begin: int, end: int) -> list[list[Any]]:
        """Niche, return, and whether it finished, of some agents; the return is that of `rollouts` to the bit."""
        count = end - begin
        which = np.stack([np.zeros(count, np.int32), np.arange(count, dtype=np.int32)], axis=1)
        agents, keys = np.stack(self.agents[begin:end]), np.zeros(count, np.uint64)
        stall = int(self.stage.config["episodes"].get("evaluation_stall", 0))
        queue = Queue(prepared, self.stage.policy, agents, which, keys, self.stage.cap, stall, THREADS)
        queue.stop = self.stop
        with ThreadPoolExecutor(THREADS, "episodes") as threads:
            list(threads.map(lambda _: self.stage.domain.simulator.rollouts(queue), range(THREADS)))
        done = queue.facts.get("finished", np.zeros(count, np.bool_))
        scores = [value if math.isfinite(value) else None for value in queue.returns.tolist()]
        rows = zip(self.niches[begin:end], scores, done.tolist(), strict=True)
        return [[niche, value, bool(finished)] for niche, value, finished in rows]

    def films(self, best: Sequence[tuple[float, int]], filmed: set[int]) -> Iterator[dict[str, Any]]:
        """Films of some agents, the best first, without those that have one."""
        for _, place in best:
            if self.stop[0] or place in filmed or not self.stage.plays:
                continue
            filmed.add(place)
            niche = self.niches[place]
            yield {
                "film": recorded(self.stage, Scene(niche, self.agents[place], self.genome, f"agent of niche {niche}"))
            }

    def verdict(self, best: Sequence[tuple[float, int]], tried: int) -> dict[str, Any]:
        """What the minimal criterion would say of the best, in a word and in a sentence.

        The run itself tries fewer agents, those nearest and those that did best here, and trains on.
        """
        criterion = self.stage.config["criterion"]
        bounds = Bounds(*(float(criterion[name]) for name in ("low", "high", "solved")))
        value, place = -best[0][0], best[0][1]
        kind = judge(value, bounds)
        who = f"the agent of niche {self.niches[place]} reaches {worth(value)}"
        words = {
            "ok": f"Learnable: {who}, between {bounds.low:g} and {bounds.high:g}.",
            "too hard": f"Too hard for now: of {tried}, {who}, below {bounds.low:g}. It would be judged again later.",
            "too easy": f"Too easy: {who}, above {bounds.high:g}.",
        }
        hints = [self.niches[place] for _, place in best[:8]]
        return {"kind": kind, "words": words[kind], "tried": tried, "best": value, "hints": hints}


def score(value: float | None) -> float:
    return -math.inf if value is None else value


def warmed(simulator: Simulator) -> Iterator[dict[str, Any]]:
    """Say so where kernels have to be compiled first."""
    warm = simulator.warm
    if warm is not None and not warm.compiled():
        yield {"compiling": True}
        warm.warm_up(lambda done, total: None)
