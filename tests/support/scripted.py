"""A domain and an executor whose every result is written down beforehand, for tests of operators by hand.

A task is a whole number, its place on a line. An agent is known by its first parameter; one ES step adds 100 to it.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from openended.core.draft import Draft

from openended.core.types import Counters, Outcome, Pair, State, StepJob, Stepped
from openended.envs.api import Axis, Domain, Policies, Simulator, Space, Tasks
from openended.envs.policy import Mlp
from tests.support.handmade import pair, task

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
        self.jobs: list[StepJob] = []

    def evaluate(
        self, genomes: Sequence[Any], agents: NDArray[np.float32], which: NDArray[np.int32], *_: Any
    ) -> Outcome:
        episodes = [(genomes[place], round(float(agents[index][0]))) for place, index in which.tolist()]
        self.played += episodes
        returns = np.array([self.returns.get(each, HOPELESS) for each in episodes])
        return Outcome(returns, np.ones(len(episodes), np.int32), {})

    def optimise(self, jobs: Sequence[StepJob], *_: Any) -> list[Stepped]:
        self.jobs += jobs
        return [Stepped(job.agent + np.float32(100), replace(job.optimiser, t=9), 0.0, 2, 2, 0, False) for job in jobs]


def draft(
    params: Any,
    places: Sequence[int],
    best: Sequence[float],
    returns: dict[tuple[int, int], float],
    children: Iterable[int] = (),
    scores: dict[tuple[int, int], float] | None = None,
    **others: Sequence[Any],
) -> Draft:
    """Generation 10, of pairs 0, 1, ... on tasks at `places`; `others` hold a value per pair for each field."""
    tasks = {id: task(id, (float(place),), genome=place, outcome="admitted") for id, place in enumerate(places)}
    pairs: dict[int, Pair] = {}
    for id, value in enumerate(best):
        fields = {name: values[id] for name, values in others.items()}
        fields["active"] = fields.get("retired", -1) < 0
        pairs[id] = pair(id, value, **fields)
    state = State(9, tasks, pairs, Counters(tasks_created=len(tasks)), None, scores or {})
    return Draft(params, scripted(children), 1, Script(returns), state)


def outcomes(draft: Draft) -> dict[int, str]:
    """What became of the tasks made in this generation, by their place."""
    return {
        each.genome: each.outcome for number, each in sorted(draft.tasks.items()) if number not in draft.before.tasks
    }
