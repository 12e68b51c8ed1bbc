"""A policy that scores candidates in training on recorded rollouts, by any number of threads; see `nets.trainer`."""

import numpy as np
from numpy.typing import NDArray

from ...policy import Scorer
from ...simd.compiled import kernel
from ...simd.number import number, zero
from ..atomic import READY, finished, next_chunk, publish
from ..layout import ROWS
from ..learning import CHUNKS, Nets, Settings
from ..product import LANES
from ..proximal import begin, conclude, prepare
from ..recorded import Recorded, Run
from ..trainer import Judged, Trainer
from .gradient import chunk_gradient
from .layout import critic, scorer
from .learning import Desk, Rows, desk


@kernel
def improve(n: Nets, rows: Rows, s: Settings, d: Desk, stop, kind):
    """As `nets.proximal.improve`."""
    like = zero(kind)
    chunks = min(CHUNKS, s.minibatch // ROWS)
    batches = s.epochs * (len(n.order) // s.minibatch)
    work = next_chunk(n.counters, chunks, batches, stop)
    while work >= 0:
        batch = work // chunks
        chunk_gradient(n, rows, s, batch, work % chunks, d, like)
        if finished(n.counters, chunks, batch):
            conclude(n, s, chunks, like)
            if batch + 1 < batches:
                prepare(n, rows, s, batch + 1)
            publish(n.counters, READY, batch + 1)
        work = next_chunk(n.counters, chunks, batches, stop)


class ScoringTrainer(Trainer):
    """Two networks and all that their training remembers: the scores', and the critic's, which sees a summary.

    Args:
        policy: the agent's layout.
        rows: decisions of each update.
    """

    def __init__(self, policy: Scorer, rows: int) -> None:
        super().__init__(scorer(policy), critic(policy), False, rows)

    def improve(
        self, record: Recorded, judged: Judged, settings: Settings, run: Run, stop: NDArray[np.uint8]
    ) -> NDArray[np.float64]:
        """One update; returns its statistics, see `nets.learning`."""
        rows = Rows(
            record.observations, record.actions, record.log_probabilities, judged.advantages, judged.targets,
            record.candidates, record.offsets,
        )  # fmt: skip
        most = int(np.diff(record.offsets).max())
        begin(self.nets, rows, settings)

        def work() -> None:
            room = desk(self.actor_net, self.critic_net, most)
            improve(self.nets, rows, settings, room, stop, number(LANES))

        run(work)
        return self.nets.statistics
