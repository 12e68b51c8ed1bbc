"""A domain that needs memory, `tmaze-v1` (Bakker 2001, Reinforcement learning with long short-term memory).

An agent stands in a corridor. A sign at its first place says which way the goal lies: left or right, by chance. At the
junction at the far end it must turn that way; by then the sign is out of sight. An agent without memory turns rightly
in half of the episodes at best.
"""

import json
from dataclasses import asdict, astuple, dataclass

import numpy as np

from openended.envs.api import Axis, Domain, Policies, Space, Tasks
from openended.envs.policy import Gru, make
from openended.envs.queue import simulator
from openended.envs.random import between, generator
from openended.envs.simd.compiled import inlined

PLACE, SIGN, RIGHTLY = range(3)
FORWARD, LEFT, RIGHT = range(3)
LONGEST = 20


@dataclass(frozen=True)
class Corridor:
    """Places before the junction, 1 .. LONGEST."""

    length: int = 4


@inlined
def reset(corridor, key, state):
    state[SIGN] = 2 * between(key, 0, 0, 2) - 1


@inlined
def observe(corridor, state, seen):
    seen[0] = state[SIGN] if state[PLACE] == 0.0 else 0.0
    seen[1] = state[PLACE] >= corridor[0]
    seen[2] = 1.0


@inlined
def step(corridor, key, state, action):
    """1 for the right turn, 0 for the wrong one; a turn in the corridor ends the episode, too."""
    if action == FORWARD:
        state[PLACE] = min(state[PLACE] + 1.0, corridor[0])
        return 0.0, False
    turned = 1.0 if action == RIGHT else -1.0
    state[RIGHTLY] = state[PLACE] >= corridor[0] and turned == state[SIGN]
    return state[RIGHTLY], True


def encode(corridor):
    return json.dumps(asdict(corridor))


def decode(text):
    try:
        corridor = Corridor(**json.loads(text))
    except TypeError as error:
        raise ValueError(text) from error
    if encode(corridor) != text:
        raise ValueError(text)
    return corridor


def mutate(corridor, key):
    return Corridor(min(max(corridor.length + int(generator(key).choice([-1, 1])), 1), LONGEST))


TMAZE = Domain(
    id="tmaze-v1",
    axes=(Axis("length", 0.0, 20.0, "places"),),
    tasks=Tasks(
        first=Corridor,
        mutate=mutate,
        describe=lambda corridor: np.array([corridor.length], np.float64),
        encode=encode,
        decode=decode,
    ),
    simulator=simulator(
        reset,
        observe,
        step,
        row=astuple,
        size=3,
        observations=Space(3),
        actions=Space(3, discrete=True),
        facts={"finished": (bool, RIGHTLY)},
        lowest_return=0.0,
        deterministic=False,
    ),
    policies=Policies(Gru((3, 8, 16, 3), discrete=True), lambda kind, hidden: make(kind, 3, hidden, 3, discrete=True)),
)
