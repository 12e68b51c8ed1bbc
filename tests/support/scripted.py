"""A domain and an executor whose every result is written down beforehand, for tests of operators by hand.

A task is a whole number, its place on a line. An agent is known by its first parameter; one training step adds 100 to
it.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from openended.core.generation import Generation
from openended.core.means import Means
from openended.core.types import Pair
from openended.core.work import Batch, Cost, Job, Learned, Outcome
from openended.envs.api import Axis, Domain, Policies, Simulator, Space, Tasks
from openended.envs.policy import Mlp
from tests.support.handmade import pair, state, task

HOPELESS = -90.0


def scripted(children: Iterable[int] = ()) -> Domain:
    """The domain; `children` are what mutation gives, one after the other."""
    coming = iter(children)

    def mutate(place: int, key: int) -> int:
        return next(coming)

    def describe(place: int) -> NDArray[np.float64]:
        return np.array([float(place)])

    def nothing(*_: Any) -> Any:
        raise AssertionError("a scripted domain runs no episodes")

    policy = Mlp((1, 2))
    return Domain(
        id="scripted-v1",
        axes=(Axis("place", 0.0, 20.0, "m"),),
        tasks=Tasks(
            first=int, mutate=mutate, describe=describe, encode=json.dumps, decode=json.loads, features=describe
        ),
        simulator=Simulator(
            prepare=nothing,
            rollouts=nothing,
            trace=nothing,
            facts={},
            observations=Space(1),
            actions=Space(2),
            deterministic=True,
            lowest_return=-100.0,
        ),
        policies=Policies(policy, nothing),
    )


class Script:
    """The executor; `returns` holds the return of (task, agent), `HOPELESS` where it says nothing."""

    def __init__(self, returns: dict[tuple[int, int], float]):
        self.returns = returns
        self.played: list[tuple[int, int]] = []
        self.jobs: list[Job] = []

    def evaluate(self, batch: Batch) -> Outcome:
        episodes = [(batch.genomes[place], round(float(batch.agents[index][0]))) for place, index in batch.which]
        self.played += episodes
        returns = np.array([self.returns.get(each, HOPELESS) for each in episodes])
        return Outcome(returns, np.ones(len(episodes), np.int32), {})

    def learn(self, jobs: Sequence[Job], *_: Any) -> list[Learned]:
        self.jobs += jobs
        return [Learned(trained(job), (), Cost(evaluations=2, env_steps=2)) for job in jobs]


def trained(job: Job) -> Any:
    old = job.learner
    return replace(old, agent=old.agent + np.float32(100), memory={"t": np.array(9)}, steps=old.steps + 1)


def generation(
    params: Any,
    places: Sequence[int],
    best: Sequence[float],
    returns: dict[tuple[int, int], float],
    children: Iterable[int] = (),
    scores: dict[tuple[int, int], float] | None = None,
    domain: Domain | None = None,
    **others: Sequence[Any],
) -> Generation[Any]:
    """Generation 10, of pairs 0, 1, ... on tasks at `places`; `others` hold a value per pair for each field."""
    tasks = {id: task(id, (float(place),), genome=place, outcome="admitted") for id, place in enumerate(places)}
    pairs: dict[int, Pair] = {}
    for id, value in enumerate(best):
        fields = {name: values[id] for name, values in others.items()}
        fields["active"] = fields.get("retired", -1) < 0
        pairs[id] = pair(id, value, **fields)
    return Generation(Means(params, domain or scripted(children), 1, Script(returns)), state(tasks, pairs, 4, scores))


def pairs(generation: Generation[Any]) -> list[Pair]:
    """All pairs as they are by now."""
    return [generation.pair(int(id)) for id in generation.rows["task"]]


def agents(generation: Generation[Any]) -> list[int]:
    """Which agent is being trained on each task."""
    return [round(float(generation.agent(pair)[0])) for pair in pairs(generation)]


def best_agents(generation: Generation[Any]) -> list[int]:
    """Which agent is the best found for each task."""
    return [round(float(generation.best_agent(pair)[0])) for pair in pairs(generation)]


def outcomes(generation: Generation[Any]) -> dict[int, str]:
    """What became of the tasks made in this generation, by their place."""
    return {task.genome: task.outcome for task in generation.changes().tasks}
