"""Policies: layouts of networks as values, which say what a flat vector of parameters means."""

from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray


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
        """Whether an action is a choice, the index of the largest output (the first of equals)."""
        ...

    @property
    def parameters(self) -> int:
        """Numbers in an agent."""
        ...

    def init(self, key: int) -> NDArray[np.float32]:
        """A random agent, float32[parameters], a function of the key."""
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
    """

    sizes: tuple[int, ...]
    discrete: bool = False
    initial_stdev: float = 0.1
    tanh: RationalTanh | None = None

    kind = "mlp"

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

    def layout(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "sizes": list(self.sizes),
            "actions": "discrete" if self.discrete else "continuous",
            "layout": "flat float32: W1, b1, W2, b2, ...; each W as (inputs, outputs), row by row; tanh after every "
            + ("layer but the last; the action is the index of the largest output" if self.discrete else "layer"),
            "tanh": self.tanh and self.tanh._asdict(),
        }


def gaussian(count: int, stdev: float, key: int) -> NDArray[np.float32]:
    """Numbers of N(0, stdev^2), float32[count], with the same bits on every CPU; key: 0 .. 2^64 - 1."""
    from .simd.normal import normals

    return normals(key, count) * np.float32(stdev)
