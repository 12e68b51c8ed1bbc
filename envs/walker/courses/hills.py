"""A course as the network that draws its ground: the value, and its text.

Node 0 is the output, -1 names the input. Activations are neat-python's (see `heights`).
"""

import json
import math
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple

NAMES = ("identity", "sigmoid", "sin", "square", "tanh")
"""The activations, by their numbers in `heights`."""
SEEDS = 1_000_000
INPUT, OUTPUT = -1, 0
LARGEST = 10.0
"""Of a weight or bias, either way."""


class Node(NamedTuple):
    """A node: its value is activation(bias + response * sum of weight * value over the enabled connections to it)."""

    id: int
    bias: float
    response: float
    activation: str


class Connection(NamedTuple):
    """A connection; one that was split by a node is not enabled any more."""

    source: int
    target: int
    weight: float
    enabled: bool


@dataclass(frozen=True)
class Hills:
    """A course as its network: nodes by id, connections by source and target, and the seed of the first push, 0 ..
    999,999. Node 0 is the output; -1 names the input.

    Raises:
        ValueError: a value of the wrong kind or out of range, an unknown activation, a loop; names the place.
    """

    nodes: tuple[Node, ...] = (Node(OUTPUT, 0.0, 1.0, "identity"),)
    connections: tuple[Connection, ...] = (Connection(INPUT, OUTPUT, 0.0, True),)
    seed: int = 0

    def __post_init__(self) -> None:
        ids = [node.id for node in self.nodes]
        _require(_ascending(ids) and ids[:1] == [OUTPUT], "nodes must have ascending ids, the first 0")
        for node in self.nodes:
            _require(_whole(node.id, 2**31), f"node id {node.id!r} must be a whole number")
            _require(_real(node.bias, LARGEST), f"the bias of node {node.id} is {node.bias!r}; it must lie within +-10")
            _require(_real(node.response, 1e12), f"the response of node {node.id} is {node.response!r}; give a number")
            known = node.activation in NAMES
            _require(
                known, f"the activation of node {node.id} is {node.activation!r}; choose one of {', '.join(NAMES)}"
            )
        _require(_ascending([link[:2] for link in self.connections]), "connections must be sorted, each pair once")
        for link in self.connections:
            place = f"the connection {link.source} -> {link.target}"
            joined = link.source in (INPUT, *ids) and link.target in ids
            _require(joined, f"{place} must join nodes that there are")
            _require(_real(link.weight, LARGEST), f"{place} has the weight {link.weight!r}; it must lie within +-10")
            _require(isinstance(link.enabled, bool), f"{place} must be enabled or not, true or false")
        _require(not _cyclic(self.connections), "connections must not form a loop")
        _require(_whole(self.seed, SEEDS), f"seed is {self.seed!r}; it must be a whole number within 0 .. 999,999")


def encode(task: Hills) -> str:
    """Canonical JSON: keys sorted, no spaces, shortest numbers; nodes and connections as lists of their fields."""
    genome = {"connections": task.connections, "nodes": task.nodes, "seed": task.seed}
    return json.dumps(genome, sort_keys=True, separators=(",", ":"), allow_nan=False)


def decode(text: str) -> Hills:
    """The task of a canonical text.

    Raises:
        ValueError: not JSON, a field missing, unknown or out of range, a loop, or not in canonical form.
    """
    try:
        genome = json.loads(text)
        task = Hills(
            nodes=tuple(Node(*node) for node in genome.pop("nodes")),
            connections=tuple(Connection(*link) for link in genome.pop("connections")),
            seed=genome.pop("seed"),
        )
    except (TypeError, KeyError, AttributeError, RecursionError, json.JSONDecodeError) as error:
        raise ValueError(f"hills must be an object of nodes, connections and seed ({error})") from None
    if genome or encode(task) != text:
        raise ValueError(f"hills are not in canonical form; write {encode(task)}")
    return task


def _cyclic(connections: Iterable[Connection]) -> bool:
    left = list(connections)
    while left:
        targets = {link.target for link in left}
        kept = [link for link in left if link.source in targets]
        if len(kept) == len(left):
            return True
        left = kept
    return False


def _ascending(values: list[Any]) -> bool:
    return all(before < after for before, after in pairwise(values))


def _whole(value: Any, limit: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < limit


def _real(value: Any, limit: float) -> bool:
    return isinstance(value, float) and math.fabs(value) <= limit


def _require(kept: bool, breach: str) -> None:
    if not kept:
        raise ValueError(breach)
