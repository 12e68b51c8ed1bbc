"""The scores of visits that cost more than a look at the rows: size of the update, and disagreement of critics."""

import numpy as np
from numpy.typing import NDArray

from openended.envs.nets.appraisal import by_task, critic_values, update_sizes
from openended.envs.nets.layout import unpacked
from openended.envs.nets.recorded import Ended, Recorded, Run
from openended.envs.nets.trainer import Judged, Trainer

from ..types import Arrays
from .visits import SOME, Kept, kept, spread

EARLIER = 3
"""How many critics are remembered for their disagreement, each as it was before one of the last training steps."""


class Appraiser:
    """Measures the records of one training step.

    Attributes:
        critics: float32[EARLIER, c], from earlier steps, the last one's last; before the first step, copies of the
            first critic.

    """

    def __init__(self, trainer: Trainer, tasks: int, clip: float, memory: Arrays) -> None:
        self._trainer, self._tasks, self._clip = trainer, tasks, clip
        self._first = self._critic()
        self.critics = memory["critics"] if "critics" in memory else np.tile(self._first, (EARLIER, 1))

    def _critic(self) -> NDArray[np.float32]:
        """The critic as it is now."""
        return unpacked(self._trainer.critic_net, self._trainer.nets.critic_part)

    def kept(
        self, record: Recorded, ended: Ended, judged: Judged, scale: float, run: Run, stop: NDArray[np.uint8]
    ) -> Kept:
        """What is kept of a record, with both scores."""
        by = by_task(ended.tasks, self._tasks)
        sizes = update_sizes(self._trainer, record, judged, by, self._clip, run, stop)
        every = np.concatenate((self.critics, [self._critic()]))
        values = critic_values(self._trainer, every, record.observations[::SOME], run, stop)
        return kept(record, ended, judged, scale, sizes, spread(values, scale))

    def remembered(self) -> NDArray[np.float32]:
        """The critics for the next step."""
        return np.concatenate((self.critics[1:], [self._first]))
