"""Labelled examples as rows that a network is fitted to, padded with rows that do not count."""

import numpy as np
from numpy.typing import NDArray

from openended.envs.labels import Labelled
from openended.envs.nets import imitation
from openended.envs.nets.layout import ROWS, network
from openended.envs.nets.recorded import GOES_ON, TERMINAL
from openended.envs.nets.recurrent.imitation import Rows
from openended.envs.nets.recurrent.learning import BLOCK, STRETCH
from openended.envs.nets.recurrent.student import RecurrentStudent
from openended.envs.nets.student import FeedforwardStudent, Student
from openended.envs.policy import Gru, Policy


def student_of(
    policy: Policy, examples: Labelled, minibatches: int, sequence: int
) -> tuple[Student, NDArray[np.int64], int]:
    """A network that is to learn the examples, without parameters yet; where the examples' rows stand among its own,
    int64[rows]; and the rows of a minibatch, of which there are so many. Weights are scaled to a mean of 1 over all.
    """
    if not isinstance(policy, Gru):
        places = np.arange(len(examples.weights))
        total = up(len(places), ROWS * minibatches)
        net = network(policy)
        return FeedforwardStudent(net, imitation.Rows(*spread(examples, places, total))), places, total // minibatches
    length = up(max(sequence, int(examples.lengths.max())), STRETCH)
    starts = packed(examples.lengths, length)
    places = np.repeat(starts - (np.cumsum(examples.lengths) - examples.lengths), examples.lengths)
    places += np.arange(len(places))
    total = up(up(int(places[-1]) + 1, length), BLOCK * length * minibatches)
    ends = np.full(total, TERMINAL, np.uint8)
    ends[places] = GOES_ON
    ends[starts + examples.lengths - 1] = TERMINAL
    units = int(up(policy.memory, 16))
    starting = np.zeros((total // length, units), np.float32)
    rows = Rows(*spread(examples, places, total), ends=ends, length=length, starts=starting)
    return RecurrentStudent(policy, rows), places, total // minibatches


def packed(lengths: NDArray[np.int64], most: int) -> NDArray[np.int64]:
    """Where each example starts if sequences of `most` rows are filled in order, int64[n]: an example that does not fit
    begins the next one.
    """
    starts, at = [], 0
    for length in lengths.tolist():
        if at % most + length > most:
            at = up(at, most)
        starts.append(at)
        at += length
    return np.array(starts, np.int64)


Floats = NDArray[np.float32]


def spread(examples: Labelled, places: NDArray[np.int64], total: int) -> tuple[Floats, Floats, Floats]:
    """Observations, labels and weights of the examples at their places among `total` rows, zeros elsewhere."""
    made = []
    for array in (examples.observations, examples.labels, examples.weights):
        rows = np.zeros((total, *array.shape[1:]), np.float32)
        rows[places] = array
        made.append(rows)
    sum_of_weights = 0.0
    for weight in examples.weights.tolist():
        sum_of_weights += weight
    return made[0], made[1], made[2] * np.float32(total / sum_of_weights)


def up(value: int, unit: int) -> int:
    """The next multiple."""
    return -(-value // unit) * unit
