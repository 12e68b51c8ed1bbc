"""Search for a witness: a copy of an agent is trained on a drawn task until it solves it.

The learner is the run's, with the run's settings, begun afresh. What is found is not the agent but the actions of an
episode that solves the task, which the run plays once more (`core.opinions.witnessed`).
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from openended.core import learners
from openended.core.keys import key
from openended.core.work import Batch, Job, Limits, Stopped
from openended.envs.api import Agent, Genome, Trace
from openended.envs.forward import controller
from openended.file.errors import Usage
from openended.run import recipe
from openended.run.threads import ThreadExecutor
from openended.view.report.codec import film

from .stage import Stage
from .trying import THREADS, warmed

STEPS = 60
"""Most training steps of a search."""
DIGITS = 3
"""Decimals of the actions of a witness, so that 2,000 of a walker's steps are no more than an offer may have. The agent
sees what its rounded actions do, so that it corrects them.
"""


@dataclass(frozen=True)
class Search:
    """A search for a witness of a task, complete in itself.

    Attributes:
        stage: the run's.
        genome: the task.
        agent: float32[parameters], where training begins.
        stop: uint8[1]; setting it to 1 ends the search within milliseconds.
    """

    stage: Stage
    genome: Genome
    agent: Agent
    stop: NDArray[np.uint8]

    def run(self) -> Iterator[dict[str, Any]]:
        """What is found, as JSON values: `compiling`; after each training step its number, the agent's `return` and the
        `best` so far; at the end `found`, the `actions` of a witness or None, with a `film` of it.

        Raises Usage where nobody can act by hand, or the learner is none that trains.
        """
        simulator, bounds = self.stage.domain.simulator, self.stage.config["criterion"]
        if simulator.begin is None:
            raise Usage(f"nobody can act by hand in {self.stage.domain.id}, so it has no witnesses.")
        if not learns(self.stage.config):
            raise Usage("the learner of this run trains on no single task, so there is nothing to search with.")
        params = recipe.check(self.stage.config, "search", "the run").params
        yield from warmed(simulator)
        kind = learners.kind(params.learner)
        learner, best = kind.start(params.learner, 0, self.agent), -math.inf
        limits = Limits(params.episodes.train_cap or params.episodes.cap, params.episodes.stall)
        with ThreadExecutor(self.stage.domain, self.stage.policy, THREADS, self.stop) as executor:
            for step in range(STEPS + 1):
                try:
                    if step:
                        name = key(int(self.stage.config["seed"]), step, "search for a witness")
                        (learned,) = executor.learn([Job((self.genome,), learner, name)], params.learner, limits)
                        learner = learned.learner
                    value = self.fitness(executor, learner.agent)
                except Stopped:
                    return
                best = max(best, value)
                yield {"step": step, "of": STEPS, "return": value, "best": best}
                if value >= bounds["solved"] and (found := self.witness(learner.agent, float(bounds["solved"]))):
                    yield found
                    return
        yield {"found": None}

    def fitness(self, executor: ThreadExecutor, agent: Agent) -> float:
        """An agent's return on the task; the domain's lowest for what is no number."""
        limits = Limits(self.stage.cap, int(self.stage.config["episodes"].get("evaluation_stall", 0)))
        one, keys = np.zeros((1, 2), np.int32), np.zeros(1, np.uint64)
        value = float(executor.evaluate(Batch((self.genome,), agent[None], one, keys, limits)).returns[0])
        return value if math.isfinite(value) else self.stage.domain.simulator.lowest_return

    def witness(self, agent: Agent, solved: float) -> dict[str, Any] | None:
        """The agent's episode with rounded actions, if it solves the task."""
        actions, trace = acted(self.stage, self.genome, agent)
        value = math.fsum(trace.rewards.tolist())
        if value < solved:
            return None
        told = f"what was found · return {value:.1f} · {len(actions)} steps"
        shown = film(self.stage.domain, self.genome, trace) | {"niche": -1, "caption": told, "return": value}
        return {"found": actions, "return": value, "film": shown}


def learns(config: Mapping[str, Any]) -> bool:
    """Whether a run's learner trains on single tasks: it is neither that of other code, nor one that needs teachers."""
    return config.get("learner", {}).get("kind", "external") not in {"external", "imitation"}


def acted(stage: Stage, genome: Genome, agent: Agent) -> tuple[list[Any], Trace]:
    """An agent's episode, step by step, and its actions as JSON values; numbers have few decimals."""
    assert stage.domain.simulator.begin is not None
    world, act = stage.domain.simulator.begin(genome, 0), controller(stage.policy, agent)
    actions: list[Any] = []
    while not world.over and len(actions) < stage.cap:
        chosen = act(world.observation)
        if stage.domain.simulator.actions.discrete:
            actions.append(int(chosen))
            world.step(int(chosen))
        else:
            actions.append([round(float(part), DIGITS) for part in chosen])
            world.step(np.array(actions[-1], np.float32))
    return actions, world.trace()
