"""Tasks without obstacles whose ground is drawn by a small network: Enhanced POET's encoding of the walker's courses.

A compositional pattern-producing network (Stanley 2007) maps the place along the course to the height of the ground.
NEAT (Stanley and Miikkulainen 2002) lets it grow. Operators and numbers are those of Enhanced POET's code
(uber-research/poet, `cppn.py` and `config-cppn`) with neat-python 0.92: one input, one output, no other node at first;
a child gains a node (probability 0.1) or loses one (0.075), never a connection alone; three quarters of all weights and
biases change by N(0, 0.1^2); activations are drawn once, when a node is made.

Differences: the first network is flat ground, where the code draws a weight; a child whose ground leaves +-500 m is
drawn again.
"""

import numpy as np

from ...random import generator
from ...simd.normal import draw_normal
from .heights import HIGHEST, rise, spread
from .hills import LARGEST, NAMES, OUTPUT, SEEDS, Connection, Hills, Node

NODE_ADDED, NODE_DELETED = 0.1, 0.075
CHANGED, POWER, BIAS_STDEV = 0.75, 0.1, 0.1
LOWEST_RISE, HIGHEST_RISE = 0.25, 16.0
"""A child's rise outside these bounds (m) is brought to 0.25 .. 0.75 or 12 .. 16 by the output's response."""
NO_RISE = 1e-9
"""A rise (m) that rounding alone can make."""


def mutate(task: Hills, key: int) -> Hills:
    """A child with a new seed, whose ground rises somewhere above its beginning."""
    random = generator(key)
    while True:
        child = _mutated(task, random)
        height = rise(child)
        if not height > NO_RISE:
            continue
        if height < LOWEST_RISE:
            child = _scaled(child, random.uniform(0.25, 0.75) / height)
        elif height > HIGHEST_RISE:
            child = _scaled(child, random.uniform(12.0, 16.0) / height)
        if spread(child) <= HIGHEST:
            return child


def _mutated(task: Hills, random: np.random.Generator) -> Hills:
    nodes = {node.id: node for node in task.nodes}
    links = {(link.source, link.target): link for link in task.connections}
    nodes[OUTPUT] = nodes[OUTPUT]._replace(response=1.0)
    draw = random.random()
    if draw < NODE_ADDED:
        link = list(links.values())[random.integers(len(links))]
        new = max(nodes) + 1
        nodes[new] = Node(new, BIAS_STDEV * draw_normal(random), 1.0, NAMES[random.integers(len(NAMES))])
        links[link.source, link.target] = link._replace(enabled=False)
        links[link.source, new] = Connection(link.source, new, 1.0, True)
        links[new, link.target] = Connection(new, link.target, link.weight, True)
    elif draw < NODE_ADDED + NODE_DELETED and len(nodes) > 1:
        gone = sorted(nodes)[1:][random.integers(len(nodes) - 1)]
        del nodes[gone]
        links = {ends: link for ends, link in links.items() if gone not in ends}
    return Hills(
        nodes=tuple(node._replace(bias=_changed(node.bias, random)) for _, node in sorted(nodes.items())),
        connections=tuple(link._replace(weight=_changed(link.weight, random)) for _, link in sorted(links.items())),
        seed=int(random.integers(SEEDS)),
    )


def _changed(value: float, random: np.random.Generator) -> float:
    if random.random() >= CHANGED:
        return value
    return min(max(value + POWER * draw_normal(random), -LARGEST), LARGEST)


def _scaled(task: Hills, response: float) -> Hills:
    return Hills((task.nodes[0]._replace(response=response), *task.nodes[1:]), task.connections, task.seed)
