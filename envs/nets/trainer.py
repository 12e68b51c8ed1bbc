"""An actor and a critic in training on recorded rollouts, by any number of threads."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..simd.number import number
from .actions import CHOICE, NORMAL
from .advantages import judge, measure_rewards
from .draw import Actor
from .layout import Perceptron, Vector, count, packed, unpacked
from .learning import Rows, Settings, desk, nets, side_by_side
from .product import LANES
from .proximal import begin, improve, set_deviations
from .recorded import Recorded, Run
from .start import first_network


class Judged(NamedTuple):
    """Of every row: the value of its observation, the advantage of its action, and what the value should be."""

    values: Vector
    advantages: Vector
    targets: Vector


class Trainer:
    """Two networks and all that their training remembers.

    Args:
        actor, critic: layouts.
        continuous: whether actions are continuous, or a choice among the actor's outputs.
        rows: of each update.

    Attributes:
        nets: parameters, moments, counts; see `learning`.
        moments: float64[3], of the discounted returns; see `advantages`.
    """

    def __init__(self, actor: Perceptron, critic: Perceptron, continuous: bool, rows: int) -> None:
        self.actor_net, self.critic_net = actor, critic
        self.kind = NORMAL if continuous else CHOICE
        self.nets = nets(actor, critic, actor.sizes[-1] if continuous else 0, rows)
        self.moments: NDArray[np.float64] = np.zeros(3)
        self._rows = rows

    @property
    def deviations(self) -> int:
        """How many standard deviations there are: one for each continuous action."""
        return len(self.nets.deviations) // 3

    @property
    def agent(self) -> Vector:
        """The actor's parameters, without padding."""
        return unpacked(self.actor_net, self.nets.actor_part)

    @property
    def critic(self) -> Vector:
        """The critic's parameters, without padding."""
        return unpacked(self.critic_net, self.nets.critic_part)

    def load(self, agent: Vector, critic: Vector) -> None:
        """Take these. Raises ValueError for vectors of another length."""
        self.nets.actor_part[:] = packed(self.actor_net, agent)
        self.nets.critic_part[:] = packed(self.critic_net, critic)

    @property
    def critic_layers(self) -> int:
        """How many keys `first_critic` takes."""
        return len(self.critic_net.sizes) - 1

    def first_critic(self, keys: list[int]) -> Vector:
        """A critic to begin with; one key for each of its layers."""
        return first_network(keys, self.critic_net.sizes, 1.0)

    def gathered(self, vector: Vector) -> Vector:
        """Without padding: what a vector like `nets.parameters` has for the actor, the deviations, the critic."""
        first, behind = len(self.nets.actor_part), len(self.nets.parameters) - len(self.nets.critic_part)
        parts = unpacked(self.actor_net, vector[:first]), unpacked(self.critic_net, vector[behind:])
        return np.concatenate((parts[0], vector[first : first + self.deviations], parts[1]))

    def spread(self, flat: Vector) -> Vector:
        """The reverse. Raises ValueError for a vector of another length."""
        vector, actor = np.zeros_like(self.nets.parameters), count(self.actor_net.sizes)
        first, behind = len(self.nets.actor_part), len(self.nets.parameters) - len(self.nets.critic_part)
        vector[:first] = packed(self.actor_net, flat[:actor])
        vector[first : first + self.deviations] = flat[actor : actor + self.deviations]
        vector[behind:] = packed(self.critic_net, flat[actor + self.deviations :])
        return vector

    def actor(self) -> Actor:
        """The policy as it is now. Its arrays change with the next update."""
        set_deviations(self.nets)
        n = self.nets
        return Actor(self.kind, self.actor_net.sizes[-1], n.actor, n.actor_part, n.deviations)

    def judge(
        self,
        record: Recorded,
        discounted: NDArray[np.float64],
        gamma: float,
        decay: float,
        run: Run,
        stop: NDArray[np.uint8],
    ) -> Judged:
        """Values and advantages of a record; takes its rewards into the moments.

        discounted: float64[environments], see `advantages.measure_rewards`.
        """
        scale = measure_rewards(record, discounted, gamma, self.moments)
        judged = Judged(*(np.zeros(self._rows, np.float32) for _ in Judged._fields))
        finals = np.zeros((len(record.last), record.finals.shape[1] + 1), np.float32)
        taken = np.zeros(1, np.int64)

        def work() -> None:
            room = np.zeros(self.critic_net.values, np.float32)
            judge(
                record, self.critic_net.plan, self.nets.critic_part, scale, gamma, decay, judged.values, finals,
                judged.advantages, judged.targets, taken, stop, room, number(LANES),
            )  # fmt: skip

        run(work)
        return judged

    def improve(
        self, record: Recorded, judged: Judged, settings: Settings, run: Run, stop: NDArray[np.uint8]
    ) -> NDArray[np.float64]:
        """One update; returns its statistics, see `learning`."""
        rows = side_by_side(
            Rows(record.observations, record.actions, record.log_probabilities, judged.advantages, judged.targets)
        )
        begin(self.nets, rows, settings)

        def work() -> None:
            improve(self.nets, rows, settings, desk(self.actor_net, self.critic_net), stop, number(LANES))

        run(work)
        return self.nets.statistics
