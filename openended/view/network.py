"""An agent as an ONNX model: `observation` float32[n, inputs] in, `action` out, float32[n, outputs] or the chosen ones,
int64[n]. A policy with memory also takes `state` float32[n, memory], zeros at first, and gives `next_state`.

The model computes as our kernel does (`envs.forward`), to the bit in onnxruntime: bias first, then input times weight
in the order of the inputs, then the kernel's own tanh, all in single operations of float32. With Gemm and Tanh, whose
order of sums is the library's, actions would differ by 2e-6, and soon the walker's steps. Each kind of policy has its
function in `EXPORTERS`.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from openended.core.types import Agent
from openended.envs.policy import Gru, Mlp, RationalTanh, Scorer
from openended.file.packages import needed

OPSET, IR_VERSION = 14, 8
"""What the model asks of its reader: ONNX of 2021 (onnxruntime from 1.10 on)."""
Step = tuple[str, list[str], str]
"""One node: operator, names of what it takes, name of what it makes."""
PLACES = {
    "one": np.float32(1),
    "half": np.float32(0.5),
    "before": np.array([0, 1, 0, 0]),
    "inputs": np.array([1]),
    "outputs": np.array([2]),
    "end": -1,
}
"""What `summed` names: the input of a bias, where it goes, the axes of products, the last of a running sum."""
OPTIONS = {"Gather": {"axis": 1}, "ArgMax": {"axis": 1, "keepdims": 0}}
"""Attributes of operators."""


@dataclass
class Network:
    """A graph under way: its nodes, its constants, and how many of the agent's parameters are in it."""

    agent: Agent
    tanh: RationalTanh | None
    steps: list[Step] = field(default_factory=list)
    values: dict[str, NDArray[Any]] = field(default_factory=dict)
    used: int = 0

    def layer(self, x: str, inputs: int, outputs: int, name: str) -> str:
        """The sums of the agent's next layer at x."""
        middle, end = self.used + inputs * outputs, self.used + (inputs + 1) * outputs
        weights = self.agent[self.used : middle].reshape(inputs, outputs)
        self.values[f"{name}.weights"] = np.concatenate([self.agent[np.newaxis, middle:end], weights])
        self.steps += summed(x, f"{name}.weights", name)
        self.used = end
        return name

    def curved(self, x: str, name: str) -> str:
        """The domain's tanh of x; ONNX's where the policy does not say how its domain computes it."""
        self.steps += rational(self.tanh, x, name) if self.tanh else [("Tanh", [x], name)]
        return name

    def node(self, operator: str, given: list[str], name: str) -> str:
        self.steps.append((operator, given, name))
        return name

    def action(self, x: str, discrete: bool) -> None:
        """The last sums become the action."""
        if discrete:
            self.node("ArgMax", [x], "action")
        else:
            self.curved(x, "action")


def mlp(policy: Mlp, net: Network) -> None:
    """The layers of a multilayer perceptron, one after the other."""
    last, count = "observation", len(policy.sizes) - 1
    for layer, (inputs, outputs) in enumerate(pairwise(policy.sizes), 1):
        total = net.layer(last, inputs, outputs, f"total{layer}")
        if layer < count:
            last = net.curved(total, f"hidden{layer}")
    net.action(total, policy.discrete)


def scorer(policy: Scorer, net: Network) -> None:
    """The score of each candidate: the batch is what could be done now."""
    last, count = "observation", len(policy.sizes) - 1
    for layer, (inputs, outputs) in enumerate(pairwise(policy.sizes), 1):
        total = net.layer(last, inputs, outputs, f"total{layer}")
        last = net.curved(total, f"hidden{layer}") if layer < count else net.node("Identity", [total], "action")


def gru(policy: Gru, net: Network) -> None:
    """See `envs.policy.Gru`."""
    inputs, dense, memory, outputs = policy.sizes
    x = net.curved(net.layer("observation", inputs, dense, "dense"), "seen")
    given, kept = net.layer(x, dense, 3 * memory, "given"), net.layer("state", memory, 3 * memory, "kept")
    for place, gate in enumerate("rzn"):
        ends = np.array([place * memory]), np.array([(place + 1) * memory])
        net.values |= {f"{gate}.start": ends[0], f"{gate}.end": ends[1]}
        for source in (given, kept):
            net.node("Slice", [source, f"{gate}.start", f"{gate}.end", "inputs"], f"{source}.{gate}")
    for gate in "rz":
        total = net.node("Add", [f"{given}.{gate}", f"{kept}.{gate}"], f"{gate}.total")
        curve = net.curved(net.node("Mul", [total, "half"], f"{gate}.half"), f"{gate}.curve")
        net.node("Add", ["half", net.node("Mul", [curve, "half"], f"{gate}.part")], gate)
    recalled = net.node("Mul", ["r", f"{kept}.n"], "recalled")
    new = net.curved(net.node("Add", [f"{given}.n", recalled], "n.total"), "n")
    fresh = net.node("Mul", [net.node("Sub", ["one", "z"], "rest"), new], "fresh")
    net.node("Add", [fresh, net.node("Mul", ["z", "state"], "old")], "next_state")
    net.action(net.layer("next_state", memory, outputs, "total"), policy.discrete)


EXPORTERS: dict[str, Callable[[Any, Network], None]] = {"mlp": mlp, "gru": gru, "scorer": scorer}
"""What turns a policy of each kind into nodes."""


def model(policy: Mlp | Gru, agent: Agent, facts: Mapping[str, Any]) -> Any:
    """The agent as an `onnx.ModelProto`, with `facts` as its metadata."""
    onnx = needed("onnx")
    make, kinds = onnx.helper, onnx.TensorProto
    net = Network(agent, policy.tanh)
    net.values |= {name: np.array(value) for name, value in PLACES.items()}
    if policy.tanh is not None:
        net.values |= {name: np.array(value, np.float32) for name, value in constants(policy.tanh).items()}
    EXPORTERS[policy.kind](policy, net)
    given = [make.make_tensor_value_info("observation", kinds.FLOAT, ["n", policy.inputs])]
    made = [make.make_tensor_value_info("action", kinds.FLOAT, ["n", policy.outputs])]
    if policy.discrete:
        made = [make.make_tensor_value_info("action", kinds.INT64, ["n"])]
    if policy.memory:
        given.append(make.make_tensor_value_info("state", kinds.FLOAT, ["n", policy.memory]))
        made.append(make.make_tensor_value_info("next_state", kinds.FLOAT, ["n", policy.memory]))
    nodes = [make.make_node(kind, names, [name], **OPTIONS.get(kind, {})) for kind, names, name in net.steps]
    used = {name for _, names, _ in net.steps for name in names}
    weights = [onnx.numpy_helper.from_array(value, name) for name, value in net.values.items() if name in used]
    opsets = [make.make_opsetid("", OPSET)]
    graph = make.make_graph(nodes, "agent", given, made, weights)
    whole = make.make_model(graph, producer_name="openended", ir_version=IR_VERSION, opset_imports=opsets)
    make.set_model_props(whole, {name: str(value) for name, value in facts.items()})
    onnx.checker.check_model(whole, full_check=True)
    return whole


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
    """The domain's tanh of x (`envs.policy.RationalTanh`)."""
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
