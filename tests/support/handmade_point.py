"""The toy domain with controls, keys and worlds to play in."""

import json

import numpy as np

from openended.envs.api import Trace
from openended.envs.controls import Number
from openended.envs.people import Key, Keys, People
from openended.envs.sketch import Shape, Sketch
from tests.support.altered import altered
from tests.support.point import POINT, Errand, Walks, decode, encode, prepare, sketch

CONTROLS = (
    Number(path=("x",), label="goal, x", low=0.5, high=5.5, step=0.05, unit="m"),
    Number(path=("y",), label="goal, y", low=0.0, high=5.5, step=0.05, unit="m"),
    Number(path=("wind",), label="wind", low=0.0, high=0.6, step=0.05, unit="m per step"),
)
ARROWS = (("ArrowLeft", (-1, 0)), ("ArrowRight", (1, 0)), ("ArrowUp", (0, 1)), ("ArrowDown", (0, -1)))
KEYS = Keys(tuple(Key(code, code, tuple(map(float, way))) for code, way in ARROWS), waits=True)


class Walk:
    """An `envs.episodes.World`."""

    def __init__(self, errand, key):
        self.walks = Walks(prepare([errand]), np.zeros((1, POINT.policies.default.parameters), np.float32))
        self.positions, self.rewards, self.seen, self.done = [self.walks.position[0]], [], [], []

    @property
    def observation(self):
        return self.walks.act()[0][0].astype(np.float32)

    @property
    def over(self):
        return not self.walks.alive[0]

    def step(self, action):
        if self.over:
            raise ValueError("the episode is over")
        self.seen.append(self.observation)
        self.done.append(np.asarray(action, np.float32))
        self.rewards.append(float(self.walks.move(np.asarray([action], np.float64), 1000, 0)[0]))
        self.positions.append(self.walks.position[0])
        return self.rewards[-1]

    def now(self):
        return self.traced([self.positions[-1]], [])

    def trace(self):
        return self.traced(self.positions, self.rewards)

    def traced(self, positions, rewards):
        return Trace(
            rewards=np.array(rewards, np.float64),
            observations=np.array(self.seen, np.float32).reshape(-1, 2)[: len(rewards)],
            actions=np.array(self.done, np.float32).reshape(-1, 2)[: len(rewards)],
            scene={"position": np.array(positions, np.float32)},
            facts={"finished": float(self.walks.finished[0]), "distance": 0.0},
        )


def drawn(errand):
    goal = Shape("dot", np.array([(errand.x, errand.y)], np.float32), (200, 40, 40), size=0.2)
    return Sketch(np.zeros((1, 1, 3), np.float32), (goal,), 0, 16.0, ((255, 255, 255), (255, 255, 255)))


def read(text):
    """Whole numbers count as numbers."""
    try:
        value = json.loads(text)
        given = Errand(**{name: float(part) for name, part in value.items()})
    except (TypeError, ValueError, AttributeError) as error:
        raise ValueError(f"errand: {error}") from None
    return decode(encode(given))


HANDS = altered(
    POINT,
    tasks={"read": read, "random": lambda key: Errand(1.0 + key % 8 / 2, 0.5, 0.05)},
    simulator={"begin": Walk},
    pictures={"sketch": sketch},
    people=People(
        controls=lambda errand: CONTROLS,
        drawn=drawn,
        blanks={"near": Errand},
        objection=lambda errand: "the wind is too strong" if errand.wind >= 0.6 else "",
        keys=KEYS,
    ),
)
