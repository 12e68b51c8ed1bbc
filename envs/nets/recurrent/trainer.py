"""A policy with memory in training on recorded rollouts, by any number of threads; see `nets.trainer`."""

import numpy as np
from numpy.typing import NDArray

from ...policy import Gru
from ...simd.number import number
from ..actions import CHOICE, NORMAL
from ..advantages import measure_rewards
from ..layout import Vector
from ..learning import Settings
from ..product import LANES
from ..proximal import set_deviations
from ..recorded import Recorded, Run
from ..trainer import Judged
from .cell import combine
from .draw import Actor
from .judge import judge
from .layout import UNITS, cells, pack, recurrent, unpacked
from .learning import BLOCK, STRETCH, Rows, desk, nets
from .proximal import begin, improve
from .start import first_value


def sequence_length(steps: int, minibatch: int, longest: int) -> int:
    """Steps of a sequence: `longest`, or all `steps` of a record if they are fewer.

    Raises ValueError, in one sentence, if records or minibatches cannot be cut into such sequences.
    """
    length = min(longest, steps)
    if length % STRETCH or steps % length:
        raise ValueError(
            f"sequences of {length} steps were asked for in records of {steps}; a policy with memory takes a multiple "
            f"of {STRETCH} that divides the record"
        )
    if minibatch % (BLOCK * length):
        raise ValueError(
            f"a minibatch of {minibatch} rows was given; a policy with memory learns from {BLOCK} sequences of "
            f"{length} steps at a time, so choose a multiple of {BLOCK * length}"
        )
    return length


class RecurrentTrainer:
    """A network and all that its training remembers; what is not said here is as in `nets.trainer.Trainer`.

    Args:
        policy: the agent's layout.
        rows: of each update.
        length: steps of a sequence.
    """

    critic_layers = 1

    def __init__(self, policy: Gru, rows: int, length: int) -> None:
        self.net = recurrent(policy)
        self.kind = CHOICE if policy.discrete else NORMAL
        self.nets = nets(self.net, 0 if policy.discrete else policy.outputs, rows, length)
        self.moments: NDArray[np.float64] = np.zeros(3)
        self._rows, self._length = rows, length
        self._starts = np.zeros((rows // length, int(self.net.plan[UNITS])), np.float32)

    @property
    def deviations(self) -> int:
        """How many standard deviations there are: one for each continuous action."""
        return len(self.nets.deviations) // 3

    @property
    def agent(self) -> Vector:
        """The agent, float32[parameters]."""
        return unpacked(self.net, self.nets.actor_part)[0]

    @property
    def critic(self) -> Vector:
        """The value's weights and bias, float32[memory + 1]."""
        return unpacked(self.net, self.nets.actor_part)[1]

    def load(self, agent: Vector, critic: Vector) -> None:
        """Take these. Raises ValueError for vectors of another length."""
        pack(self.net, agent, critic, self.nets.actor_part)

    def first_critic(self, keys: list[int]) -> Vector:
        """A critic to begin with; one key for each of its layers."""
        return first_value(keys[0], self.net.policy)

    def gathered(self, vector: Vector) -> Vector:
        """Without padding: what a vector like `nets.parameters` has for the agent, the deviations, the critic."""
        behind = len(self.nets.actor_part)
        agent, critic = unpacked(self.net, vector[:behind])
        return np.concatenate((agent, vector[behind : behind + self.deviations], critic))

    def spread(self, flat: Vector) -> Vector:
        """The reverse. Raises ValueError for a vector of another length."""
        vector, behind = np.zeros_like(self.nets.parameters), len(self.nets.actor_part)
        agent, logarithms, critic = np.split(flat, np.cumsum([self.net.policy.parameters, self.deviations]))
        pack(self.net, agent, critic, vector[:behind])
        vector[behind : behind + self.deviations] = logarithms
        return vector

    def actor(self) -> Actor:
        """The policy as it is now. Its arrays change with the next update."""
        n = self.nets
        set_deviations(n)
        combine(n.plan, n.parameters, n.biases)
        return Actor(self.kind, self.net.policy.outputs, n.plan, n.actor_part, n.biases, n.deviations)

    def judge(
        self,
        record: Recorded,
        discounted: NDArray[np.float64],
        gamma: float,
        decay: float,
        run: Run,
        stop: NDArray[np.uint8],
    ) -> Judged:
        """Values and advantages of a record; takes its rewards into the moments, notes where its sequences start."""
        scale, n = measure_rewards(record, discounted, gamma, self.moments), self.nets
        judged = Judged(*(np.zeros(self._rows, np.float32) for _ in Judged._fields))
        finals = np.zeros((len(record.last), record.finals.shape[1] + 1), np.float32)
        taken = np.zeros(1, np.int64)
        combine(n.plan, n.parameters, n.biases)

        def work() -> None:
            judge(
                record, n.plan, n.actor_part, n.biases, scale, gamma, decay, judged.values, finals, judged.advantages,
                judged.targets, self._length, self._starts, taken, stop, cells(self.net, BLOCK), number(LANES),
            )  # fmt: skip

        run(work)
        return judged

    def improve(
        self, record: Recorded, judged: Judged, settings: Settings, run: Run, stop: NDArray[np.uint8]
    ) -> NDArray[np.float64]:
        """One update from the record that was judged last; returns its statistics, see `nets.learning`."""
        rows = Rows(
            record.observations, record.actions, record.log_probabilities, judged.advantages, judged.targets,
            record.ends, self._length, self._starts,
        )  # fmt: skip
        begin(self.nets, rows, settings)

        def work() -> None:
            improve(self.nets, rows, settings, desk(self.net, self._length), stop, number(LANES))

        run(work)
        return self.nets.statistics
