"""Policies: layouts of networks as values, which say what a flat vector of parameters means."""

from dataclasses import dataclass, replace
from typing import Any, ClassVar, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

MLP, GRU = 0, 1
"""Kinds of networks, in `Policy.code`."""
CONTINUOUS, LIKELIEST, SAMPLED = range(3)
"""How actions are chosen, in `Policy.code`: they are the outputs, or one of several, the most likely or drawn."""
WIDEST = 4096
"""Most units of a layer."""


class RationalTanh(NamedTuple):
    """An approximation of tanh in float32: x P(x^2) / Q(x^2), both polynomials given from the constant term up.

    x is first cut to -bound .. bound, the result to -1 .. 1; Horner's scheme evaluates the polynomials.
    """

    bound: float
    numerator: tuple[float, ...]
    denominator: tuple[float, ...]


class Policy(Protocol):
    """The layout of a network: its kind and sizes. An agent is a vector float32[parameters] of it."""

    @property
    def kind(self) -> str:
        """Name of the kind of network, such as `mlp`."""
        ...

    @property
    def inputs(self) -> int:
        """Numbers in an observation."""
        ...

    @property
    def outputs(self) -> int:
        """Units of the last layer: numbers in a continuous action, choices of a discrete one."""
        ...

    @property
    def discrete(self) -> bool:
        """Whether an action is a choice: the index of the largest output. Ties go to the lowest index."""
        ...

    @property
    def sampled(self) -> bool:
        """Whether a choice is drawn, with the probabilities softmax(outputs) and the episode's key, instead."""
        ...

    @property
    def parameters(self) -> int:
        """Numbers in an agent."""
        ...

    def init(self, key: int) -> NDArray[np.float32]:
        """A random agent, float32[parameters], a function of the key."""
        ...

    @property
    def memory(self) -> int:
        """Numbers that a network carries from step to step; 0 if each action depends on its observation alone."""
        ...

    @property
    def code(self) -> NDArray[np.int64]:
        """The layout as `envs.forward.act` reads it: kind, how actions are chosen (`CONTINUOUS`, `LIKELIEST` or
        `SAMPLED`), sizes.
        """
        ...

    def layout(self) -> dict[str, Any]:
        """The layout as JSON values, for files that others read."""
        ...


@dataclass(frozen=True)
class Mlp:
    """A multilayer perceptron with tanh after every layer; without it after the last if actions are discrete.

    An agent is W1, b1, W2, b2, ... with each W stored as (inputs, outputs) in row-major order (POET's order).

    Attributes:
        sizes: units of each layer, observation first and action last.
        discrete: see `Policy`.
        initial_stdev: standard deviation of a random agent's parameters.
        tanh: how the domain computes tanh where that differs in more than the last bit, so that exported agents do the
            same; None: as a library does.
        sampled: see `Policy`.
    """

    sizes: tuple[int, ...]
    discrete: bool = False
    initial_stdev: float = 0.1
    tanh: RationalTanh | None = None
    sampled: bool = False

    kind: ClassVar[str] = "mlp"
    memory: ClassVar[int] = 0

    def __post_init__(self) -> None:
        check_sizes(self.sizes, 2)
        check_sampled(self)

    @property
    def inputs(self) -> int:
        return self.sizes[0]

    @property
    def outputs(self) -> int:
        return self.sizes[-1]

    @property
    def parameters(self) -> int:
        return sum((inputs + 1) * outputs for inputs, outputs in zip(self.sizes, self.sizes[1:], strict=False))

    def init(self, key: int) -> NDArray[np.float32]:
        """A random agent, float32[parameters], each parameter from N(0, initial_stdev^2) (POET's reference code)."""
        return gaussian(self.parameters, self.initial_stdev, key)

    @property
    def code(self) -> NDArray[np.int64]:
        return np.array((MLP, choosing(self), *self.sizes), np.int64)

    def layout(self) -> dict[str, Any]:
        last = "layer but the last; the action is the index of the largest output" if self.discrete else "layer"
        return described(self) | {
            "layout": "flat float32: W1, b1, W2, b2, ...; each W as (inputs, outputs), row by row; tanh after every "
            + last
        }


@dataclass(frozen=True)
class Gru:
    """A dense layer with tanh over the observation, a gated recurrent unit (Cho et al. 2014, in the form of cuDNN and
    PyTorch), and an output layer, with tanh if actions are continuous.

        r = s(x Wr + br + h Vr + cr)    z = s(x Wz + bz + h Vz + cz)    n = tanh(x Wn + bn + r (h Vn + cn))
        h' = (1 - z) n + z h            s(a) = 1/2 + tanh(a / 2) / 2

    An agent is the dense layer's W, b, then [Wr Wz Wn], [br bz bn], [Vr Vz Vn], [cr cz cn] side by side, then the
    output layer's W, b; each matrix stored as (inputs, outputs) in row-major order. h starts at 0.

    Attributes:
        sizes: units of observation, dense layer, memory and action.
        discrete, initial_stdev, tanh, sampled: as those of `Mlp`.
    """

    sizes: tuple[int, int, int, int]
    discrete: bool = False
    initial_stdev: float = 0.1
    tanh: RationalTanh | None = None
    sampled: bool = False

    kind: ClassVar[str] = "gru"

    def __post_init__(self) -> None:
        check_sizes(self.sizes, 4)
        if len(self.sizes) > 4:
            raise ValueError(f"gru sizes {list(self.sizes)}: observation, dense layer, memory and action are four")
        check_sampled(self)

    @property
    def inputs(self) -> int:
        return self.sizes[0]

    @property
    def outputs(self) -> int:
        return self.sizes[-1]

    @property
    def memory(self) -> int:
        return self.sizes[2]

    @property
    def parameters(self) -> int:
        inputs, dense, memory, outputs = self.sizes
        return (inputs + 1) * dense + (dense + memory + 2) * 3 * memory + (memory + 1) * outputs

    def init(self, key: int) -> NDArray[np.float32]:
        """A random agent, float32[parameters], each parameter from N(0, initial_stdev^2)."""
        return gaussian(self.parameters, self.initial_stdev, key)

    @property
    def code(self) -> NDArray[np.int64]:
        return np.array((GRU, choosing(self), *self.sizes), np.int64)

    def layout(self) -> dict[str, Any]:
        last = "; the action is the index of the largest output" if self.discrete else ", tanh"
        return described(self) | {
            "layout": "flat float32: dense W, b, tanh; [Wr Wz Wn], [br bz bn], [Vr Vz Vn], [cr cz cn] of a GRU as "
            f"PyTorch has it; output W, b{last}; each matrix as (inputs, outputs), row by row"
        }


@dataclass(frozen=True)
class Scorer(Mlp):
    """A multilayer perceptron with one output, the score of something that could be done; tanh after every layer but
    the last. An agent scores all that it could do now and does what has the highest score, the first of equals.

    An observation is that of one candidate, so `discrete`, which counts outputs, is not said of it.
    """

    kind: ClassVar[str] = "scorer"

    def __post_init__(self) -> None:
        check_sizes(self.sizes, 2)
        if self.sizes[-1] != 1 or self.discrete or self.sampled:
            raise ValueError(f"scorer sizes {list(self.sizes)}: the last layer has one unit, the score of a candidate")

    @property
    def code(self) -> NDArray[np.int64]:
        return np.array((MLP, LIKELIEST, *self.sizes), np.int64)

    def layout(self) -> dict[str, Any]:
        return described(self) | {
            "layout": "flat float32: W1, b1, W2, b2, ...; each W as (inputs, outputs), row by row; tanh after every "
            "layer but the last; its output is the score of one candidate, and the one with the highest score is done"
        }


def described(policy: Mlp | Gru) -> dict[str, Any]:
    """What every kind says of itself, JSON values."""
    return {
        "kind": policy.kind,
        "sizes": list(policy.sizes),
        "actions": "discrete" if policy.discrete else "continuous",
        "tanh": policy.tanh and policy.tanh._asdict(),
    }


def make(
    kind: str,
    inputs: int,
    hidden: tuple[int, ...],
    outputs: int,
    discrete: bool = False,
    tanh: RationalTanh | None = None,
) -> Policy:
    """The policy of a kind and sizes of hidden layers: any number of them for a `mlp`, two for a `gru`.

    Raises:
        ValueError: no such kind, or sizes that it cannot have.
    """
    if kind == "mlp":
        return Mlp((inputs, *hidden, outputs), discrete, tanh=tanh)
    if kind != "gru":
        raise ValueError(f"policy kind is {kind!r}; choose mlp or gru")
    if len(hidden) != 2:
        raise ValueError(f"policy hidden is {list(hidden)}; a gru has two sizes, its dense layer's and its memory's")
    return Gru((inputs, *hidden, outputs), discrete, tanh=tanh)


def sampling(policy: Policy) -> Policy:
    """The same network, whose choices are drawn. Raises ValueError if its actions are no choices."""
    if not isinstance(policy, Mlp | Gru) or not policy.discrete:
        raise ValueError("its actions are no choice among several")
    return replace(policy, sampled=True)


def choosing(policy: Mlp | Gru) -> int:
    """How actions are chosen."""
    return SAMPLED if policy.sampled else LIKELIEST if policy.discrete else CONTINUOUS


def check_sampled(policy: Mlp | Gru) -> None:
    """Raise ValueError if actions that are none of several should be drawn."""
    if policy.sampled and not policy.discrete:
        raise ValueError("sampled actions are discrete; continuous ones are the outputs themselves")


def check_sizes(sizes: tuple[int, ...], fewest: int) -> None:
    """Raise ValueError unless these are sizes of at least so many layers, each of 1 to `WIDEST` units."""
    if len(sizes) < fewest or not all(1 <= size <= WIDEST for size in sizes):
        raise ValueError(f"policy sizes {list(sizes)}: {fewest} or more layers have 1 to {WIDEST} units each")


def gaussian(count: int, stdev: float, key: int) -> NDArray[np.float32]:
    """Numbers of N(0, stdev^2), float32[count], with the same bits on every CPU; key: 0 .. 2^64 - 1."""
    from .simd.normal import normals

    return normals(key, count) * np.float32(stdev)
