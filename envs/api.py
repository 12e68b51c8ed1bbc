"""The domain contract: what a simulator must offer so that the search can use it.

A domain is a family of tasks with its simulator. It is a handful of pure functions and constants, and its id carries a
version that changes whenever its behaviour changes, because results stop being comparable then.
`envs.check.check_domain` tests any domain against this contract.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

Task = Any
"""A task as its domain writes it: an immutable value (a frozen dataclass) that `encode` turns into canonical JSON."""


@dataclass(frozen=True)
class Axis:
    """One descriptor: its name, the range that the archive spans, and its unit ("m", "rad", "1")."""

    name: str
    low: float
    high: float
    unit: str


class RationalTanh(NamedTuple):
    """An approximation of tanh in float32: x P(x^2) / Q(x^2), both polynomials given from the constant term up.

    x is first cut to -bound .. bound, the result to -1 .. 1; Horner's scheme evaluates the polynomials.
    """

    bound: float
    numerator: tuple[float, ...]
    denominator: tuple[float, ...]


@dataclass(frozen=True)
class Policy:
    """Layout of the agents that a domain takes: a multilayer perceptron with tanh after every layer.

    `sizes` counts the units of each layer, observation first and action last. An agent is the flat float32 vector
    W1, b1, W2, b2, ... with W stored as (inputs, outputs) in row-major order (POET's order). `tanh` says how the domain
    computes tanh where that differs in more than the last bit, so that exported agents do the same.
    """

    sizes: tuple[int, ...]
    initial_stdev: float = 0.1
    tanh: RationalTanh | None = None

    @property
    def parameters(self) -> int:
        return sum((inputs + 1) * outputs for inputs, outputs in zip(self.sizes, self.sizes[1:], strict=False))

    def init(self, key: int) -> NDArray[np.float32]:
        """A random agent, float32[parameters], each parameter from N(0, initial_stdev^2) (POET's reference code)."""
        normal = np.random.Generator(np.random.Philox(key=key)).standard_normal(self.parameters, dtype=np.float32)
        return normal * np.float32(self.initial_stdev)


@dataclass
class Episodes:
    """A queue of episodes that any number of threads work off together.

    Each thread that calls `domain.rollouts(queue)` takes the next episode not yet taken until none is left, or until
    `stop[0]` is set. What an episode returns depends on its task, agent and key alone, never on who runs it when.

    Attributes:
        tasks: what `domain.prepare` made of the tasks.
        agents: float32[a, parameters].
        which: int32[n, 2], the indices (task, agent) of each episode.
        keys: uint64[n], one random stream per episode (ignored by a deterministic domain).
        cap: most steps of an episode.
        stall: end an episode with its return so far after this many steps without progress; 0 switches that off.
        threads: how many threads are going to work on the queue.
        returns: float64[n], the sum of rewards; NaN until the episode has run.
        steps: int32[n], the length of each episode; 0 until it has run.
        facts: what else the domain tells of each episode, arrays of length n by name (`finished`, `distance`).
        taken: int64[1], how many episodes have been taken from the queue.
        stop: uint8[1], set to 1 to have every thread return within a few milliseconds, the queue unfinished.
    """

    tasks: Any
    agents: NDArray[np.float32]
    which: NDArray[np.int32]
    keys: NDArray[np.uint64]
    cap: int
    stall: int = 0
    threads: int = 1
    returns: NDArray[np.float64] = field(init=False)
    steps: NDArray[np.int32] = field(init=False)
    facts: dict[str, NDArray[Any]] = field(init=False, default_factory=dict)
    taken: NDArray[np.int64] = field(init=False)
    stop: NDArray[np.uint8] = field(init=False)

    def __post_init__(self) -> None:
        count = len(self.which)
        self.returns = np.full(count, np.nan)
        self.steps = np.zeros(count, np.int32)
        self.taken = np.zeros(1, np.int64)
        self.stop = np.zeros(1, np.uint8)


@dataclass(frozen=True)
class Trace:
    """One episode step by step, for replays.

    Attributes:
        rewards: float64[t].
        observations: float32[t, o], what the agent saw before each action.
        actions: float32[t, a].
        scene: what the domain's `draw` needs of every step, arrays of length t + 1 by name (index 0: before step 1).
        facts: `finished`, `distance` and the like at the end.
    """

    rewards: NDArray[np.float64]
    observations: NDArray[np.float32]
    actions: NDArray[np.float32]
    scene: dict[str, NDArray[Any]]
    facts: dict[str, float]


Colour = tuple[int, int, int]
"""Red, green, blue, 0 .. 255."""


@dataclass(frozen=True)
class Shape:
    """Something to be seen in an episode.

    Attributes:
        kind: "area" (a polygon), "line" (through all points) or "dot" (a disc around the only point).
        points: float32[k, 2], around the origin of its body (m; x to the right, y upwards).
        colour: of an area's inside, of a line or dot.
        body: column of `Sketch.poses` that it moves with; -1: it stands still, in the coordinates of the world.
        size: width of a line or of an area's edge, radius of a dot (m).
        edge: colour of an area's edge; None: it has none.
        towards: column of `Sketch.poses` where a line ends, behind its points; -1: at its last point.
        shown: bool[t + 1], when it is seen; None: always.
    """

    kind: str
    points: NDArray[np.float32]
    colour: Colour
    body: int = -1
    size: float = 0.0
    edge: Colour | None = None
    towards: int = -1
    shown: NDArray[np.bool_] | None = None


@dataclass(frozen=True)
class Sketch:
    """All that there is to see of an episode, so that anything that draws polygons can play it.

    Attributes:
        poses: float32[t + 1, b, 3], x (m), y (m) and angle (rad, counter-clockwise) of every body before every step.
        shapes: what is drawn, the farthest first.
        centre: the body that a camera follows.
        width: how much a camera shows (m).
        sky: colours behind it all, at the top and at the bottom.
    """

    poses: NDArray[np.float32]
    shapes: tuple[Shape, ...]
    centre: int
    width: float
    sky: tuple[Colour, Colour]


class Domain(Protocol):
    """What every domain offers. All functions are pure: same arguments, same result, nothing remembered.

    A domain may offer more, and what uses it asks for it by name: `features(task)`, float64[n], the numbers that
    mutation changes (POET's novelty; tasks with equal features count as the same); `toward(task, target)`, the task one
    step nearer to the target (direct-path curricula); `band(task)`, how difficult it is, a whole number (a metric);
    `suite(name)`, lists of fixed tasks by name, ValueError if there is no such suite (`openended evaluate`);
    `strip(task, trace, width, height)`, a picture of a whole episode, `profile(task, width, height)`, one of the task
    alone, both like those of `draw`, `sketch(task, trace)`, a `Sketch` of the episode for players that are no Python,
    and `steps_per_second` (replays, plots, reports); `compiled()`, which says whether its kernels are ready, and
    `warm_up(report)`, which compiles them and reports (done, about how many).
    """

    id: str
    """Name and version, such as `walker-v1`."""
    axes: tuple[Axis, ...]
    """The descriptors, in the order in which `describe` gives them."""
    policy: Policy
    facts: dict[str, np.dtype[Any]]
    """Names and dtypes of what `rollouts` tells of an episode beside return and length."""
    deterministic: bool
    """True if an episode is fixed by task and agent, so that evaluating it twice is waste."""
    lowest_return: float
    """The return of an agent that fails at once; the zero of the QD score (pyribs: `qd_score_offset`)."""

    def first_task(self) -> Task:
        """The simplest task."""
        ...

    def mutate(self, task: Task, key: int) -> Task:
        """A valid child of `task`; never invalid, however often repeated."""
        ...

    def describe(self, task: Task) -> NDArray[np.float64]:
        """Descriptor, float64[m], measured on what the simulator generates, not copied from the genome."""
        ...

    def encode(self, task: Task) -> str:
        """Canonical JSON: equal tasks give equal texts. The digest of the text is the task's identity."""
        ...

    def decode(self, text: str) -> Task:
        """The task of a canonical text. Raises ValueError, naming the place, for anything else."""
        ...

    def prepare(self, tasks: Sequence[Task]) -> Any:
        """What `rollouts` needs of the tasks, made once per queue."""
        ...

    def rollouts(self, queue: Episodes) -> None:
        """Run episodes from the queue until it is empty or stopped; no Python per step, GIL released."""
        ...

    def trace(self, task: Task, agent: NDArray[np.float32], key: int, cap: int) -> Trace:
        """One episode step by step; its rewards add up to the return that `rollouts` gives, to the bit."""
        ...

    def draw(self, task: Task, trace: Trace, step: int, width: int, height: int) -> NDArray[np.uint8]:
        """A picture of the scene before action `step` (0 .. t), uint8[height, width, 3]."""
        ...
