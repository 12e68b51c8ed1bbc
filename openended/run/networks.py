"""A network in an ONNX file as an agent of ours: layers, each with its activation, run by our own kernels.

What leads from the observation to the first output is followed; everything else in the file is left out. Sums are made
in the kernels' order, so actions may differ from those of another program in the last digits. Elementwise scaling by
constants, such as that of a normalised observation, becomes part of the layer beside it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from openended.core.types import Agent
from openended.envs.api import Domain
from openended.envs.feedforward import Feedforward
from openended.envs.policy import Policy
from openended.file.errors import Usage
from openended.file.packages import needed

LARGEST = 1 << 28
"""Most bytes of a file."""
CURVES = {"Tanh": "tanh", "Relu": "relu", "Clip": "clip"}
PASSED = ("Identity", "Flatten", "Cast", "Dropout")
"""Operators that leave a vector as it is."""
SCALED = ("Add", "Sub", "Mul", "Div")
OURS = "openended"
"""Who wrote the files of `openended export`."""

Array = NDArray[np.float64]


def network(place: Path, domain: Domain) -> tuple[Agent, Policy, bytes]:
    """The agent, its layout, and the digest of the file.

    Raises Usage for a file that is none, an operator that we cannot run, sizes that do not fit the domain.
    """
    onnx = needed("onnx")
    try:
        size = place.stat().st_size
        data = place.read_bytes() if size <= LARGEST else b""
    except OSError as error:
        raise Usage(f"{place} cannot be read ({error.strerror}).") from error
    if size > LARGEST:
        raise Usage(f"{place} has more than {LARGEST >> 20} MiB, too many for a network.")
    try:
        model = onnx.load_model_from_string(data)
        graph, read = model.graph, onnx.numpy_helper.to_array
        constants = {each.name: np.asarray(read(each)) for each in graph.initializer}
    except Exception as error:  # protobuf's and numpy's own kinds
        raise Usage(f"{place} is no ONNX network ({type(error).__name__}).") from error
    if not graph.output:
        raise Usage(f"{place} is an ONNX file without an output, so it holds no agent.")
    if domain.policies.default.kind == "scorer":
        raise Usage(f"agents of {domain.id} score candidates, which a network from elsewhere does not; attack a run's.")
    if model.producer_name == OURS:
        layers = exported(constants, domain.simulator.actions.discrete)
    else:
        layers = Followed(place, graph, constants, onnx).layers()
    if not layers:
        raise Usage(f"{place} has no layer between its observation and its output.")
    sizes = (len(layers[0].weights), *(len(layer.bias) for layer in layers))
    wanted = domain.simulator.observations.size, domain.simulator.actions.size
    if (sizes[0], sizes[-1]) != wanted:
        raise Usage(
            f"{place} maps {sizes[0]} numbers to {sizes[-1]}, but {domain.id} has observations of {wanted[0]} and "
            f"actions of {wanted[1]}; choose a network for {domain.id}."
        )
    agent = np.concatenate([part.ravel() for layer in layers for part in (layer.weights, layer.bias)])
    if not np.isfinite(agent).all():
        raise Usage(f"{place} has parameters that are no numbers.")
    names = tuple(layer.activation for layer in layers)
    policy = Feedforward(sizes, domain.simulator.actions.discrete, activations=names)
    return agent.astype(np.float32), policy, sha256(data).digest()


@dataclass
class Layer:
    """Weights float64[inputs, outputs], bias float64[outputs], and what follows the sums."""

    weights: Array
    bias: Array
    activation: str = "none"


def exported(constants: Mapping[str, Any], discrete: bool) -> list[Layer]:
    """The layers of a file that `openended export` wrote: each bias is the first row of its layer's weights."""
    names = [f"total{number}.weights" for number in range(1, len(constants) + 1)]
    found = [np.asarray(constants[name], np.float64) for name in names if name in constants]
    layers = [Layer(each[1:], each[0], "tanh") for each in found]
    if layers and discrete:
        layers[-1].activation = "none"
    return layers


@dataclass
class Followed:
    """The way from the observation to the first output.

    Attributes:
        place: of the file.
        graph: ONNX's.
        constants: the initializers by name.
        onnx: the package.
        made: the node that makes each name.
    """

    place: Path
    graph: Any
    constants: dict[str, NDArray[Any]]
    onnx: Any
    made: dict[str, Any] = field(init=False)

    def __post_init__(self) -> None:
        self.made = {name: node for node in self.graph.node for name in node.output}

    def layers(self) -> list[Layer]:
        """All layers in order, with scalings by constants folded into them."""
        layers: list[Layer] = []
        scale, shift = np.ones(()), np.zeros(())  # of the values that reach the next node
        for node, values in self.way():
            kind = node.op_type
            if kind in ("Gemm", "MatMul"):
                weights, bias = self.product(node, values)
                rows = np.broadcast_to(scale, len(weights))
                for moved, row in zip(np.broadcast_to(shift, len(weights)), weights, strict=True):
                    bias = bias + moved * row  # in order, as a matrix product's bits depend on the processor
                layers.append(Layer(rows[:, None] * weights, bias))
                scale, shift = np.ones(()), np.zeros(())
            elif kind in SCALED:
                scale, shift = self.scaling(node, values, scale, shift)
            elif kind in CURVES:
                self.fold(node, layers, scale, shift)
                layers[-1].activation = self.curve(node, values)
                scale, shift = np.ones(()), np.zeros(())
            elif kind not in PASSED and not (kind == "ArgMax" and node.output[0] == self.graph.output[0].name):
                raise self.refusal(node)
        if np.any(scale != 1) or np.any(shift != 0):
            self.fold(None, layers, scale, shift)
        return layers

    def way(self) -> list[tuple[Any, list[NDArray[Any] | None]]]:
        """The nodes from the observation to the first output, each with its inputs: None for the one on the way."""
        found: list[tuple[Any, list[NDArray[Any] | None]]] = []
        name = self.graph.output[0].name
        inputs = {each.name for each in self.graph.input} - set(self.constants)
        while name not in inputs:
            if name not in self.made or len(found) > len(self.graph.node):
                raise Usage(f"{self.place}: its first output does not depend on an observation.")
            node = self.made[name]
            values = [None if not each else self.constant(each) for each in node.input]
            open_ones = [each for each, value in zip(node.input, values, strict=True) if each and value is None]
            if len(open_ones) != 1:
                raise self.refusal(node)
            found.append((node, values))
            (name,) = open_ones
        return found[::-1]

    def constant(self, name: str) -> NDArray[Any] | None:
        """The value of a name that depends on no input, as far as it is plain; None of another."""
        if name in self.constants:
            return self.constants[name]
        node = self.made.get(name)
        if node is None or node.op_type not in ("Constant", "Identity", "Transpose"):
            return None
        if node.op_type == "Constant":
            tensors = [each.t for each in node.attribute if each.name == "value"]
            return np.asarray(self.onnx.numpy_helper.to_array(tensors[0])) if tensors else None
        value = self.constant(node.input[0])
        return value if value is None or node.op_type == "Identity" else value.T

    def product(self, node: Any, values: list[NDArray[Any] | None]) -> tuple[Array, Array]:
        """Weights and bias of a Gemm or MatMul."""
        options = {each.name: self.onnx.helper.get_attribute_value(each) for each in node.attribute}
        if values[0] is not None or options.get("transA") or values[1] is None or values[1].ndim != 2:
            raise self.refusal(node)
        weights = np.asarray(values[1], np.float64) * options.get("alpha", 1.0)
        weights = weights.T if options.get("transB") else weights
        bias = np.zeros(weights.shape[1])
        if len(values) > 2 and values[2] is not None:
            bias = bias + np.asarray(values[2], np.float64).ravel() * options.get("beta", 1.0)
        return weights, bias

    def scaling(self, node: Any, values: list[NDArray[Any] | None], scale: Array, shift: Array) -> tuple[Array, Array]:
        """Scale and shift after an elementwise operation with a constant."""
        first = values[0] is None
        given = np.asarray(values[1] if first else values[0], np.float64)
        constant = given.ravel() if given.size > 1 else given.reshape(())
        if node.op_type == "Add":
            return scale, shift + constant
        if node.op_type == "Mul":
            return scale * constant, shift * constant
        if node.op_type == "Sub":
            return (scale, shift - constant) if first else (-scale, constant - shift)
        if not first:
            raise self.refusal(node)
        return scale / constant, shift / constant

    def fold(self, node: Any, layers: list[Layer], scale: Array, shift: Array) -> None:
        """Scaling after a layer's sums becomes part of them. Raises Usage where there are no such sums."""
        if not layers or layers[-1].activation != "none":
            raise (
                self.refusal(node)
                if node is not None
                else Usage(f"{self.place}: its action is scaled after the last activation, which we cannot run.")
            )
        last = layers[-1]
        last.weights, last.bias = last.weights * scale, last.bias * scale + shift

    def curve(self, node: Any, values: list[NDArray[Any] | None]) -> str:
        """The activation of a node."""
        if node.op_type == "Clip":
            ends = [float(value) for value in values[1:] if value is not None]
            ends = ends or [each.f for each in sorted(node.attribute, key=lambda each: each.name, reverse=True)]
            if ends != [-1.0, 1.0]:
                raise self.refusal(node)
        return CURVES[node.op_type]

    def refusal(self, node: Any) -> Usage:
        return Usage(
            f"{self.place}: the operator {node.op_type} ({node.name or node.output[0]}) cannot be run as it stands; a "
            "network is made of Gemm or MatMul with constants, Tanh, Relu, Clip to -1 .. 1, and scaling by constants."
        )
