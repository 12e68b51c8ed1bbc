"""Checks labelled examples: their shapes, and that each is a function of its task and key."""

import numpy as np

from .api import Domain, Genome
from .contract import require
from .labels import Labelled


def check_labels(domain: Domain, tasks: list[Genome]) -> None:
    simulator = domain.simulator
    if simulator.labels is None:
        return
    which = np.arange(3 * len(tasks)) % len(tasks)
    keys = np.arange(len(which), dtype=np.uint64) + np.uint64(2**63)
    made = simulator.labels(simulator.prepare(tasks), which, keys)
    _check_shapes(domain, made, len(which))
    again = simulator.labels(simulator.prepare(tasks), which, keys)
    same = all(one.tobytes() == other.tobytes() for one, other in zip(made[:3], again[:3], strict=True))
    require(same and made.lengths.tobytes() == again.lengths.tobytes(), "labels made twice are not the same")
    others = simulator.labels(simulator.prepare(tasks), which, keys + np.uint64(1000))
    require(made.observations.tobytes() != others.observations.tobytes(), "labels are the same for other keys")
    behind = np.cumsum(made.lengths)
    for place in (0, len(which) - 1):
        alone = simulator.labels(
            simulator.prepare([tasks[which[place]]]), np.zeros(1, np.int64), keys[place : place + 1]
        )
        rows = slice(behind[place] - made.lengths[place], behind[place])
        same = all(one[rows].tobytes() == other.tobytes() for one, other in zip(made[:3], alone[:3], strict=True))
        require(same, f"labels: example {place} is another one when it is made alone")


def _check_shapes(domain: Domain, made: Labelled, count: int) -> None:
    seen, done, rows = domain.simulator.observations, domain.simulator.actions, len(made.weights)
    shapes = {
        "observations": (made.observations, (rows, seen.size)),
        "labels": (made.labels, (rows, 1 if done.discrete else done.size)),
        "weights": (made.weights, (rows,)),
    }
    for name, (array, shape) in shapes.items():
        sound = array.dtype == np.float32 and array.shape == shape and np.isfinite(array).all()
        require(sound, f"labels: {name} are {array.dtype}{array.shape}; they must be finite float32{shape}")
    lengths = made.lengths
    sound = lengths.dtype == np.int64 and lengths.shape == (count,) and lengths.min() >= 1 and lengths.sum() == rows
    require(sound, f"labels: lengths are {lengths!r:.80}; {count} of int64 must add up to the {rows} rows")
    example = np.repeat(np.arange(count), lengths)
    sound = (made.weights >= 0).all() and (np.bincount(example, made.weights) > 0).all()
    require(sound, "labels: weights must not be below 0, nor all 0 in an example")
    if done.discrete:
        sound = np.isin(made.labels, np.arange(done.size)).all()
        require(sound, f"labels: a label is no choice among 0 .. {done.size - 1}")
