"""A toy domain for tests of the search: a point in the plane walks to a goal against a wind.

Each step the policy sees the offset to the goal and sets the velocity; the wind, always upwards, is added. The return
is 300 on the goal, 0 for staying away as far as at the start, -90 for getting lost. Weak winds are
learnt within some ten ES steps, winds above the point's top speed are hopeless. Arithmetic is elementwise in float64,
with + - * / and square roots only, so that the same bits come out on every machine, in any order, in any batch.
"""

import json
import math
import threading
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from openended.envs.api import (
    Axis,
    Domain,
    Pictures,
    Policies,
    Queue,
    Simulator,
    Space,
    Tasks,
    Trace,
)
from openended.envs.policy import Mlp, Policy
from openended.envs.sketch import Shape, Sketch
from openended.envs.vectors import Vectors
from tests.support.altered import altered

SPEED = 0.5
LIMIT = 20
REACHED = 0.1
LOST = 1.3
BATCH = 64
FARTHEST, STRONGEST = 5.5, 0.6
POLICY = Mlp((2, 4, 2))
FACTS = {"finished": np.dtype(bool), "distance": np.dtype(np.float32)}
LOCK = threading.Lock()


@dataclass(frozen=True)
class Errand:
    """Goal of the walk and strength of the wind, all multiples of 0.05 (m, m, m per step)."""

    x: float = 1.0
    y: float = 0.0
    wind: float = 0.0


class Walks:
    """A batch of episodes under way, one per row."""

    def __init__(self, errands: NDArray[np.float64], agents: NDArray[np.float32]):
        weights = agents.astype(np.float64)
        self.hidden = weights[:, :8].reshape(-1, 2, 4), weights[:, 8:12]
        self.output = weights[:, 12:20].reshape(-1, 4, 2), weights[:, 20:22]
        self.goal, self.wind = errands[:, :2], errands[:, 2]
        self.position = np.zeros_like(self.goal)
        self.start = length(self.goal)
        self.left = self.start.copy()
        self.nearest = self.start.copy()
        self.idle = np.zeros(len(agents), np.int32)
        self.steps = np.zeros(len(agents), np.int32)
        self.alive = np.ones(len(agents), bool)
        self.finished = np.zeros(len(agents), bool)
        self.returns = np.zeros(len(agents))

    def act(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        observation = (self.goal - self.position) / 4
        return observation, layer(self.output, layer(self.hidden, observation))

    def move(self, action: NDArray[np.float64], cap: int, stall: int) -> NDArray[np.float64]:
        """One step of those still alive. Returns the rewards, 0 for the others."""
        alive = self.alive.copy()
        velocity = SPEED * action
        velocity[:, 1] += self.wind
        self.position = np.where(alive[:, None], self.position + velocity, self.position)
        left = np.minimum(length(self.goal - self.position), LOST * self.start)
        reward = np.where(alive, 300 * (self.left - left) / self.start, 0.0)
        self.returns += reward
        self.left = np.where(alive, left, self.left)
        self.steps += alive
        self.finished |= alive & (left <= REACHED)
        self.idle = np.where(left < self.nearest, 0, self.idle + alive)
        self.nearest = np.minimum(left, self.nearest)
        self.alive &= ~self.finished & (left < LOST * self.start) & (self.steps < min(cap, LIMIT))
        if stall:
            self.alive &= self.idle < stall
        return reward


def layer(weights: tuple[NDArray[np.float64], NDArray[np.float64]], x: NDArray[np.float64]) -> NDArray[np.float64]:
    """Weighted sum and a rational look-alike of tanh, x (27 + x^2) / (27 + 9 x^2) clamped to its range."""
    matrix, total = weights[0], weights[1]
    for i in range(matrix.shape[1]):
        total = total + x[:, i : i + 1] * matrix[:, i]
    total = np.clip(total, -3, 3)
    return total * (27 + total * total) / (27 + 9 * total * total)


def length(offset: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.sqrt(offset[:, 0] * offset[:, 0] + offset[:, 1] * offset[:, 1])


def mutate(errand: Errand, key: int) -> Errand:
    random = np.random.Generator(np.random.Philox(key=key))
    x, y = (min(max(grid(value + random.uniform(-1, 1)), 0.5), 5.5) for value in (errand.x, errand.y))
    wind = min(max(grid(errand.wind + random.choice([-0.05, 0.05, 0.1])), 0.0), 0.6)
    return Errand(x, y, wind)


def describe(errand: Errand) -> NDArray[np.float64]:
    return np.array([math.sqrt(errand.x * errand.x + errand.y * errand.y), errand.wind])


def encode(errand: Errand) -> str:
    return json.dumps(asdict(errand), separators=(",", ":"))


def decode(text: str) -> Errand:
    try:
        errand = Errand(**json.loads(text))
    except (TypeError, json.JSONDecodeError) as error:
        raise ValueError(f"errand: {error}") from None
    if any(not isinstance(value, float) or abs(value) > 10 for value in asdict(errand).values()):
        raise ValueError(f"errand: {text} must have three numbers x, y, wind within -10 .. 10")
    if encode(errand) != text:
        raise ValueError(f"errand: {text} is not canonical; write {encode(errand)}")
    return errand


def prepare(errands: Sequence[Errand]) -> NDArray[np.float64]:
    return np.array([(errand.x, errand.y, errand.wind) for errand in errands])


def rollouts(queue: Queue) -> None:
    for name, dtype in FACTS.items():
        queue.facts.setdefault(name, np.zeros(len(queue.which), dtype))
    while not queue.stop[0]:
        with LOCK:
            first = int(queue.taken[0])
            last = min(first + BATCH, len(queue.which))
            queue.taken[0] = last
        if first == last:
            return
        mine = slice(first, last)
        walks = Walks(queue.tasks[queue.which[mine, 0]], queue.agents[queue.which[mine, 1]])
        while walks.alive.any():
            walks.move(walks.act()[1], queue.cap, queue.stall)
        queue.steps[mine] = walks.steps
        queue.facts["finished"][mine] = walks.finished
        queue.facts["distance"][mine] = walks.start - walks.left
        queue.returns[mine] = walks.returns


def trace(errand: Errand, policy: Policy, agent: NDArray[np.float32], key: int, cap: int) -> Trace:
    walk = Walks(prepare([errand]), agent[None])
    rewards, observations, actions, positions = [], [], [], [walk.position[0]]
    while walk.alive[0]:
        observation, action = walk.act()
        rewards.append(walk.move(action, cap, 0)[0])
        observations.append(observation[0])
        actions.append(action[0])
        positions.append(walk.position[0])
    return Trace(
        rewards=np.array(rewards),
        observations=np.array(observations, np.float32),
        actions=np.array(actions, np.float32),
        scene={"position": np.array(positions, np.float32)},
        facts={"finished": float(walk.finished[0]), "distance": float(np.float32(walk.start[0] - walk.left[0]))},
    )


def draw(errand: Errand, trace: Trace, step: int, width: int, height: int) -> NDArray[np.uint8]:
    """Goal red, way so far blue, on white; the picture spans -8 .. 8 m both ways."""
    picture = np.full((height, width, 3), 255, np.uint8)
    way = trace.scene["position"][: step + 1]
    for places, colour in (([(errand.x, errand.y)], (200, 40, 40)), (way, (40, 80, 200))):
        for x, y in places:
            column = min(max(int((x + 8) / 16 * width), 0), width - 1)
            row = min(max(int((8 - y) / 16 * height), 0), height - 1)
            picture[max(row - 1, 0) : row + 2, max(column - 1, 0) : column + 2] = colour
    return picture


def sketch(errand: Errand, trace: Trace, **changed: Any) -> Sketch:
    """An episode as shapes: goal and point; `changed` are the point's wrong values."""
    poses = np.zeros((len(trace.rewards) + 1, 1, 3), np.float32)
    poses[:, 0, :2] = trace.scene["position"]
    goal = Shape("dot", np.array([(errand.x, errand.y)], np.float32), (200, 40, 40), size=0.2)
    shape = Shape("dot", np.zeros((1, 2), np.float32), (40, 80, 200), body=0, size=0.2)
    return Sketch(poses, (goal, replace(shape, **changed)), 0, 16.0, ((255, 255, 255), (255, 255, 255)))


def make(kind: str, hidden: tuple[int, ...]) -> Policy:
    if (kind, hidden) != ("mlp", POLICY.sizes[1:-1]):
        raise ValueError("a point runs the policy mlp with hidden layers [4] only")
    return POLICY


def grid(value: float) -> float:
    return round(round(float(value) / 0.05) * 0.05, 2)


def vector(errand: Errand) -> NDArray[np.float64]:
    return np.array([errand.x / FARTHEST, errand.y / FARTHEST, errand.wind / STRONGEST])


def of_vector(vector: NDArray[np.float64], key: int) -> Errand:
    """Raises ValueError beyond the ranges of `mutate`."""
    x, y, wind = (grid(value * unit) for value, unit in zip(vector, (FARTHEST, FARTHEST, STRONGEST), strict=True))
    if not (0 <= x <= FARTHEST and 0 <= y <= FARTHEST and 0 <= wind <= STRONGEST):
        raise ValueError(f"{x}, {y}, {wind} is no errand")
    return Errand(x, y, wind)


POINT = Domain(
    id="point-v1",
    axes=(Axis("goal distance", 0.0, 8.0, "m"), Axis("wind", 0.0, 0.6, "m")),
    tasks=Tasks(
        first=Errand,
        mutate=mutate,
        describe=describe,
        encode=encode,
        decode=decode,
        vectors=Vectors(3, vector, of_vector),
    ),
    simulator=Simulator(
        prepare=prepare,
        rollouts=rollouts,
        trace=trace,
        facts=FACTS,
        observations=Space(2),
        actions=Space(2),
        deterministic=True,
        lowest_return=-100.0,
    ),
    policies=Policies(POLICY, make),
    pictures=Pictures(draw=draw),
)
NOISY = altered(POINT, simulator={"deterministic": False})
"""The domain, whose episodes pretend to vary."""


def sketcher(**changed: Any) -> Domain:
    """The domain with episodes sketched by a shape, as it is but for what is in `changed`."""
    return altered(POINT, pictures={"sketch": partial(sketch, **changed)})


SKETCHER = sketcher()
