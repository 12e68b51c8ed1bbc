"""An agent as an ONNX model: `observation` float32[n, inputs] in, `action` float32[n, outputs] out.

The model computes as the walker's kernel does (`envs.walker.simulation.policy`), to the bit in onnxruntime: bias first,
then input times weight in the order of the inputs, then the kernel's own tanh, all in single operations of float32.
With Gemm and Tanh, whose order of sums is the library's, actions would differ by 2e-6, and soon the walker's steps.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from openended.core.types import Agent
from openended.envs.policy import Mlp, RationalTanh
from openended.view.packages import needed

OPSET, IR_VERSION = 14, 8
"""What the model asks of its reader: ONNX of 2021 (onnxruntime from 1.10 on)."""
Step = tuple[str, list[str], str]
"""One node: operator, names of what it takes, name of what it makes."""
PLACES = {
    "one": np.float32(1),
    "before": np.array([0, 1, 0, 0]),
    "inputs": np.array([1]),
    "outputs": np.array([2]),
    "end": -1,
}
"""What `summed` names: the input of a bias, where it goes, the axes of products, the last of a running sum."""
OPTIONS = {"Gather": {"axis": 1}}
"""Attributes of operators."""


def model(policy: Mlp, agent: Agent, facts: Mapping[str, Any]) -> Any:
    """The agent as an `onnx.ModelProto`, with `facts` as its metadata.

    Where the policy does not say how its domain computes tanh, ONNX's is taken.
    """
    onnx = needed("onnx")
    make, number = onnx.helper, onnx.TensorProto.FLOAT
    values: dict[str, NDArray[Any]] = {name: np.array(value) for name, value in PLACES.items()}
    if policy.tanh is not None:
        values |= {name: np.array(value, np.float32) for name, value in constants(policy.tanh).items()}
    steps: list[Step] = []
    last, start = "observation", 0
    for layer, (inputs, outputs) in enumerate(zip(policy.sizes, policy.sizes[1:], strict=False), 1):
        middle, end = start + inputs * outputs, start + (inputs + 1) * outputs
        weights = agent[start:middle].reshape(inputs, outputs)
        values[f"weights{layer}"] = np.concatenate([agent[np.newaxis, middle:end], weights])
        result = "action" if layer == len(policy.sizes) - 1 else f"hidden{layer}"
        steps += summed(last, f"weights{layer}", f"total{layer}")
        steps += (
            rational(policy.tanh, f"total{layer}", result) if policy.tanh else [("Tanh", [f"total{layer}"], result)]
        )
        last, start = result, end
    graph = make.make_graph(
        [make.make_node(kind, given, [made], **OPTIONS.get(kind, {})) for kind, given, made in steps],
        "agent",
        [make.make_tensor_value_info("observation", number, ["n", policy.sizes[0]])],
        [make.make_tensor_value_info("action", number, ["n", policy.sizes[-1]])],
        [onnx.numpy_helper.from_array(value, name) for name, value in values.items()],
    )
    opsets = [make.make_opsetid("", OPSET)]
    made = make.make_model(graph, producer_name="openended", ir_version=IR_VERSION, opset_imports=opsets)
    make.set_model_props(made, {name: str(value) for name, value in facts.items()})
    onnx.checker.check_model(made, full_check=True)
    return made


def summed(x: str, weights: str, y: str) -> Iterator[Step]:
    """The running sum of bias and inputs times weights, in their order, and of it the end; a layer's bias is row 0."""
    yield "Pad", [x, "before", "one"], f"{y}.inputs"
    yield "Unsqueeze", [f"{y}.inputs", "outputs"], f"{y}.columns"
    yield "Mul", [f"{y}.columns", weights], f"{y}.products"
    yield "CumSum", [f"{y}.products", "inputs"], f"{y}.sums"
    yield "Gather", [f"{y}.sums", "end"], y


def constants(tanh: RationalTanh) -> dict[str, float]:
    """The numbers that `rational` names."""
    ends = {"low": -tanh.bound, "high": tanh.bound, "minus": -1.0, "plus": 1.0}
    parts = {"p": tanh.numerator, "q": tanh.denominator}
    return ends | {f"{part}{power}": value for part, series in parts.items() for power, value in enumerate(series)}


def rational(tanh: RationalTanh, x: str, y: str) -> Iterator[Step]:
    """The domain's tanh of x (`envs.api.RationalTanh`)."""
    cut, square = f"{x}.cut", f"{x}.square"
    yield "Clip", [x, "low", "high"], cut
    yield "Mul", [cut, cut], square
    for part, series in (("p", tanh.numerator), ("q", tanh.denominator)):
        total = f"{part}{len(series) - 1}"
        for power in range(len(series) - 2, -1, -1):
            yield "Mul", [total, square], f"{x}.{part}{power}.product"
            yield "Add", [f"{x}.{part}{power}.product", f"{part}{power}"], f"{x}.{part}{power}"
            total = f"{x}.{part}{power}"
    yield "Mul", [cut, f"{x}.p0"], f"{x}.above"
    yield "Div", [f"{x}.above", f"{x}.q0"], f"{x}.ratio"
    yield "Clip", [f"{x}.ratio", "minus", "plus"], y
