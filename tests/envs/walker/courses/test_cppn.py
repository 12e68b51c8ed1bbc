"""The network that draws the ground: against neat-python's definitions written out, and examples by hand."""

import json
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from openended.envs.simd.compiled import maker
from openended.envs.walker.courses import heights
from openended.envs.walker.courses.course import GROUND_HEIGHT, TILE
from openended.envs.walker.courses.cppn import mutate
from openended.envs.walker.courses.hills import Connection, Hills, Node, decode, encode
from openended.envs.walker.cppn_domain import WALKER_CPPN

ACTIVATIONS = {
    "identity": lambda x: x,
    "sigmoid": lambda x: 1 / (1 + math.exp(-max(-60, min(60, 5 * x)))),
    "sin": lambda x: math.sin(max(-60, min(60, 5 * x))),
    "square": lambda x: x * x,
    "tanh": lambda x: math.tanh(max(-60, min(60, 2.5 * x))),
}
"""neat-python's, as its `activations.py` has them."""


def output(task, x):
    """neat-python's feed-forward network, evaluated layer by layer."""
    links = [link for link in task.connections if link.enabled]
    values = {-1: x}
    while True:
        ready = [
            node
            for node in task.nodes
            if node.id not in values
            and any(link.target == node.id for link in links)
            and all(link.source in values for link in links if link.target == node.id)
        ]
        if not ready:
            return values.get(0, 0.0)
        for node in ready:
            total = sum(link.weight * values[link.source] for link in links if link.target == node.id)
            values[node.id] = ACTIVATIONS[node.activation](node.bias + node.response * total)


def chain(length, first=0):
    task = Hills()
    for key in range(length):
        task = mutate(task, first + key)
    return task


@given(st.integers(0, 20), st.integers(0, 2**32))
def test_the_compiled_network_is_the_written_one(length, first):
    task = chain(length, first)
    expected = [output(task, x) for x in heights.PLACES]
    size = 1 + np.max(np.abs(expected))
    np.testing.assert_allclose(heights.network(task, heights.PLACES), expected, atol=2e-4 * size)


@maker
def activations(kind, x):
    return np.array([heights.activate(kind, each) for each in x])


@pytest.mark.parametrize("name", heights.NAMES)
def test_every_activation_is_neat_pythons(name):
    x = np.linspace(-14, 14, 2001)
    expected = [ACTIVATIONS[name](each) for each in x]
    tolerance = 1e-6 if name in ("sigmoid", "tanh") else 1e-13
    np.testing.assert_allclose(activations(heights.NAMES.index(name), x), expected, atol=tolerance)


def test_a_course_by_hand():
    """y = 2 x + a level: from ground point 21 on it rises by 2 pi / 100 m per point; 0.1 pi / 14 * 30 m per tile."""
    task = Hills((Node(0, 3.0, 1.0, "identity"),), (Connection(-1, 0, 2.0, True),))
    course = heights.course(task)
    np.testing.assert_allclose(course.points[:22, 1], GROUND_HEIGHT)
    np.testing.assert_allclose(np.diff(course.points[21:, 1]), 2 * math.pi / 100, rtol=1e-4)
    np.testing.assert_allclose(course.points[:, 0], np.arange(200) * TILE, rtol=1e-6)
    assert course.box_count == 0
    assert abs(course.push) <= 5
    slope = 2 * math.pi / 100 / TILE
    before = np.count_nonzero(course.points[21:, 0] < 190 * TILE)
    described = WALKER_CPPN.tasks.describe(task)
    assert described[1] == pytest.approx(slope * math.sqrt((before - 1) / before), rel=0.01)


def test_the_first_task_is_flat_and_its_children_are_not():
    domain = WALKER_CPPN
    assert domain.tasks.describe(domain.tasks.first()).tolist() == [0.0, 0.0]
    for key in range(30):
        rise = heights.rise(domain.tasks.mutate(domain.tasks.first(), key))
        assert 0.25 - 1e-9 <= rise <= 16 + 1e-9


def test_children_grow_and_shrink_as_often_as_neat_says():
    grown = [len(mutate(Hills(), key).nodes) for key in range(600)]
    assert set(grown) == {1, 2}
    assert 0.06 < np.mean(np.array(grown) == 2) < 0.15
    nodes = tuple(Node(id, 0.0, 1.0, "identity") for id in range(3))
    ends = ((-1, 0, False), (-1, 1, True), (-1, 2, True), (1, 0, True), (2, 0, True))
    task = Hills(nodes, tuple(Connection(source, target, 1.0, enabled) for source, target, enabled in ends))
    sizes = np.array([len(mutate(task, key).nodes) - 3 for key in range(600)])
    assert set(sizes.tolist()) == {-1, 0, 1}
    assert 0.04 < np.mean(sizes == -1) < 0.12


def test_three_quarters_of_the_weights_change_by_a_tenth():
    task = Hills(connections=(Connection(-1, 0, 5.0, True),))
    children = [mutate(task, key) for key in range(800)]
    changes = np.array([child.connections[0].weight - 5.0 for child in children if len(child.nodes) == 1])
    assert 0.7 < np.mean(changes != 0) < 0.8
    assert np.std(changes[changes != 0]) == pytest.approx(0.1, rel=0.1)


def test_a_split_connection_is_off_and_its_node_takes_over():
    child = next(child for key in range(100) if len((child := mutate(Hills(), key)).nodes) == 2)
    links = {(link.source, link.target): link for link in child.connections}
    assert links.keys() == {(-1, 0), (-1, 1), (1, 0)}
    assert [links[ends].enabled for ends in ((-1, 0), (-1, 1), (1, 0))] == [False, True, True]
    assert abs(links[-1, 1].weight - 1) < 1


def test_what_can_never_be_computed_stays_out():
    """Node 2 has lost its input, so the output, which needs it, has none either: the ground is level."""
    nodes = (Node(0, 0.5, 1.0, "identity"), Node(1, 0.0, 1.0, "sin"), Node(2, 0.3, 1.0, "square"))
    links = (Connection(-1, 0, 1.0, True), Connection(2, 0, 1.0, True))
    assert heights.order(Hills(nodes, links)) == []
    assert heights.rise(Hills(nodes, links)) == 0
    assert heights.order(Hills(nodes, links[:1])) == [0]


TEXT = '{"connections":[[-1,0,0.5,true]],"nodes":[[0,0.0,1.0,"identity"]],"seed":3}'


def test_the_canonical_text_is_as_documented():
    assert encode(decode(TEXT)) == TEXT
    assert decode(TEXT).seed == 3


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("0.5", "NaN"), "weight nan"),
        (("0.5", "Infinity"), "within"),
        (("0.5", "11.0"), "within"),
        (("0.5", "1"), "within"),
        (("identity", "relu"), "activation of node 0 is 'relu'; choose one of identity, sigmoid, sin, square, tanh"),
        (("[[-1,0,0.5,true]]", "[[-1,4,0.5,true]]"), "join nodes that there are"),
        (("[[-1,0,0.5,true]]", "[[0,0,0.5,true]]"), "loop"),
        (("[[-1,0,0.5,true]]", "[[0,-1,0.5,true]]"), "join nodes"),
        (("true", "1"), "enabled"),
        (("[[0,0.0", "[[1,0.0"), "ascending"),
        (('"seed":3', '"seed":-3'), "seed"),
        (('"seed":3', '"seed":3,"x":1'), "canonical"),
        (("1.0", "NaN"), "response"),
        (("{", " {"), "canonical"),
    ],
)
def test_a_genome_that_is_none_is_refused(change, message):
    with pytest.raises(ValueError, match=message):
        decode(TEXT.replace(*change))


def test_a_loop_over_several_nodes_is_refused():
    genome = json.loads(TEXT)
    genome["nodes"] += [[1, 0.0, 1.0, "sin"], [2, 0.0, 1.0, "sin"]]
    genome["connections"] += [[1, 0, 1.0, True], [1, 2, 1.0, True], [2, 1, 1.0, False]]
    with pytest.raises(ValueError, match="loop"):
        decode(json.dumps(genome, sort_keys=True, separators=(",", ":")))
