"""Networks in ONNX files as agents: what they do is what onnxruntime says, and what cannot be run is named."""

from itertools import pairwise

import numpy as np
import onnx
import onnxruntime
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from onnx import TensorProto, helper, numpy_helper

from openended import envs
from openended.envs.api import Space
from openended.envs.forward import controller
from openended.file.errors import Usage
from openended.run.networks import network
from openended.view.network import model as exported
from tests.support.altered import altered
from tests.support.point import POINT

CURVES = {"Tanh": {}, "Relu": {}, "Identity": {}}


def written(path, nodes, constants, outputs=2, kind=TensorProto.FLOAT):
    """A file with these nodes, (operator, inputs, output, attributes), and constants by name."""
    given_ = [helper.make_tensor_value_info("seen", TensorProto.FLOAT, ["n", 2])]
    made = [helper.make_tensor_value_info(nodes[-1][2], kind, ["n", outputs])]
    weights = [numpy_helper.from_array(np.asarray(value, np.float32), name) for name, value in constants.items()]
    graph = helper.make_graph(
        [helper.make_node(kind, names, [end], **options) for kind, names, end, options in nodes],
        "agent", given_, made, weights,
    )  # fmt: skip
    whole = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 14)], ir_version=8)
    onnx.checker.check_model(whole, full_check=True)
    path.write_bytes(whole.SerializeToString())
    return path


@st.composite
def networks(draw):
    """Nodes and constants of a random network from 2 numbers to 2, with a normalised observation."""
    stream = np.random.default_rng(draw(st.integers(0, 2**32)))
    sizes = [2, *draw(st.lists(st.integers(1, 40), max_size=3)), 2]
    constants = {"mean": stream.normal(size=2), "spread": stream.uniform(0.5, 2, 2)}
    nodes = [("Sub", ["seen", "mean"], "moved", {}), ("Div", ["moved", "spread"], "x0", {})]
    for number, (inputs, outputs) in enumerate(pairwise(sizes)):
        weights, x, y = stream.normal(size=(inputs, outputs)), f"x{number}", f"y{number}"
        constants[f"b{number}"] = stream.normal(size=outputs)
        if draw(st.booleans()):
            constants[f"w{number}"] = weights.T
            nodes.append(("Gemm", [x, f"w{number}", f"b{number}"], y, {"transB": 1}))
        else:
            constants[f"w{number}"] = weights
            nodes.append(("MatMul", [x, f"w{number}"], f"{y}.sums", {}))
            nodes.append(("Add", [f"b{number}", f"{y}.sums"], y, {}))
        nodes.append((draw(st.sampled_from(sorted(CURVES))), [y], f"x{number + 1}", {}))
    return nodes, constants


@given(networks())
@settings(max_examples=30)
def test_a_network_acts_as_onnxruntime_says(tmp_path_factory, drawn):
    path = written(tmp_path_factory.mktemp("networks") / "agent.onnx", *drawn)
    agent, policy, _ = network(path, POINT)
    alone = onnxruntime.SessionOptions()
    alone.intra_op_num_threads = alone.inter_op_num_threads = 1
    session, act = onnxruntime.InferenceSession(path, alone), controller(policy, agent)
    seen = np.random.default_rng(1).normal(size=(8, 2)).astype(np.float32)
    (wanted,) = session.run(None, {"seen": seen})
    np.testing.assert_allclose([act(row) for row in seen], wanted, rtol=2e-4, atol=2e-4)


def test_an_exported_agent_is_itself_again_to_the_bit(tmp_path):
    policy = envs.domain("walker-v1").policies.make("mlp", (16, 8))
    before = policy.init(3)
    (tmp_path / "ours.onnx").write_bytes(exported(policy, before, {}).SerializeToString())
    agent, again, _ = network(tmp_path / "ours.onnx", envs.domain("walker-v1"))
    assert agent.tobytes() == before.tobytes()
    for seen in np.random.default_rng(1).normal(size=(4, 24)).astype(np.float32):
        assert controller(again, agent)(seen).tobytes() == controller(policy, before)(seen).tobytes()


def test_a_choice_is_the_largest_output_with_or_without_argmax(tmp_path):
    choosing = altered(POINT, simulator={"actions": Space(2, discrete=True)})
    layer, constants = ("Gemm", ["seen", "w", "b"], "y", {}), {"w": [[1, -1], [0, 0]], "b": [0, 0]}
    chosen = ("ArgMax", ["y"], "a", {"axis": 1})
    for name, nodes in {"plain": [layer], "chosen": [layer, chosen]}.items():
        kind = TensorProto.INT64 if chosen in nodes else TensorProto.FLOAT
        path = written(tmp_path / f"{name}.onnx", nodes, constants, outputs=1 if chosen in nodes else 2, kind=kind)
        agent, policy, _ = network(path, choosing)
        assert [controller(policy, agent)(np.array([x, 0], np.float32)) for x in (1, -1)] == [0, 1]


ONE = {"w": np.eye(2), "b": [0, 0], "c": [2, 3], "low": -2.0, "high": 2.0, "wide": np.ones((2, 3)), "none": [np.nan, 0]}
GEMM = ("Gemm", ["seen", "w", "b"], "y", {})
BAD = {
    "operator Sigmoid .* cannot be run": [GEMM, ("Sigmoid", ["y"], "z", {})],
    "operator Tanh .* cannot be run": [("Tanh", ["seen"], "x", {}), ("Gemm", ["x", "w", "b"], "y", {})],
    "operator Clip .* cannot be run": [GEMM, ("Clip", ["y", "low", "high"], "z", {})],
    "operator Add .* cannot be run": [GEMM, ("Add", ["y", "seen"], "z", {})],
    "its action is scaled after the last activation": [
        GEMM, ("Tanh", ["y"], "z", {}), ("Mul", ["z", "c"], "a", {})
    ],
    "maps 2 numbers to 3, but point-v1 has observations of 2 and actions of 2": [
        GEMM, ("MatMul", ["y", "wide"], "z", {})
    ],
    "parameters that are no numbers": [("Gemm", ["seen", "w", "none"], "y", {})],
    "no layer between": [("Identity", ["seen"], "y", {})],
}  # fmt: skip


@pytest.mark.parametrize(("message", "nodes"), BAD.items(), ids=BAD)
def test_what_cannot_be_run_is_named(tmp_path, message, nodes):
    used = {name for _, names, _, _ in nodes for name in names}
    constants = {name: value for name, value in ONE.items() if name in used}
    path = written(tmp_path / "bad.onnx", nodes, constants, outputs=3 if "wide" in used else 2)
    with pytest.raises(Usage, match=message):
        network(path, POINT)


def test_files_that_hold_no_network_are_refused(tmp_path):
    (tmp_path / "text.onnx").write_bytes(b"\x80\x04no pickle")
    with pytest.raises(Usage, match=r"text.onnx is (no ONNX network|an ONNX file without an output)"):
        network(tmp_path / "text.onnx", POINT)
    with pytest.raises(Usage, match="cannot be read"):
        network(tmp_path / "none.onnx", POINT)
    with pytest.raises(Usage, match="score candidates"):
        network(written(tmp_path / "a.onnx", [GEMM], {"w": np.eye(2), "b": [0, 0]}), envs.domain("web-v1"))
