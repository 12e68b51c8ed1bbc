"""One training step of proximal policy optimization between two learners; see `ppo`."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from openended.envs.nets.advantages import FIRST_MOMENTS
from openended.envs.nets.draw import Actor
from openended.envs.nets.layout import network, packed, perceptron, unpacked
from openended.envs.nets.learning import DROPPED, STEPS, Settings
from openended.envs.nets.recorded import GOES_ON, Ended, Recorded, Run
from openended.envs.nets.start import first_network, logarithm
from openended.envs.nets.trainer import Judged, Trainer
from openended.envs.policy import Policy

from ..keys import key
from ..types import Cost, Job, Learned, Learner, Visit


class Training:
    """A learner while it learns.

    Args:
        settings: `ppo.Proximal`.
        policy: of the agent.
        job: its learner is where training begins.
    """

    def __init__(self, settings: Any, policy: Policy, job: Job) -> None:
        actor = network(policy)
        critic = perceptron((*actor.sizes[:-1], 1))
        self.settings = settings
        self.trainer = Trainer(actor, critic, not policy.discrete, settings.environments * settings.steps)
        self._low, self._high = logarithm(settings.deviation_floor), logarithm(settings.deviation)
        self._discounted = np.zeros(settings.environments)
        self._seen: list[tuple[Recorded, Ended, Judged]] = []
        self._dropped = 0
        self._load(job)

    def _load(self, job: Job) -> None:
        nets, memory, sizes = self.trainer.nets, job.learner.memory, self.trainer.critic_net.sizes
        nets.actor_part[:] = packed(self.trainer.actor_net, job.learner.agent)
        count = self.trainer.deviations
        if memory:
            nets.critic_part[:] = packed(self.trainer.critic_net, memory["critic"])
            nets.deviation_part[:count] = memory["logarithms"]
            self.trainer.moments[:] = memory["moments"]
            self._rate = float(memory["learning_rate"])
        else:
            keys = [key(job.key, 0, "critic", layer) for layer in range(len(sizes) - 1)]
            nets.critic_part[:] = packed(self.trainer.critic_net, first_network(keys, sizes, 1.0))
            nets.deviation_part[:count] = self._high
            self.trainer.moments[:] = FIRST_MOMENTS
            self._rate = self.settings.learning_rate
        if memory and not job.plain:
            nets.m[:], nets.v[:] = self.trainer.spread(memory["m"]), self.trainer.spread(memory["v"])
            nets.counts[STEPS] = memory["t"]

    def actor(self) -> Actor:
        """The policy as it is now."""
        return self.trainer.actor()

    def improve(self, record: Recorded, ended: Ended, order: int, run: Run, stop: NDArray[np.uint8]) -> None:
        """One update; `order` is the key of the order of the rows."""
        s = self.settings
        judged = self.trainer.judge(record, self._discounted, s.discount, s.trace, run, stop)
        given = Settings(
            kind=self.trainer.kind,
            epochs=s.epochs,
            minibatch=s.minibatch,
            clip=np.float32(s.clip),
            entropy=np.float32(s.entropy),
            value=np.float32(s.value),
            norm=np.float32(s.norm),
            rate=self._rate,
            beta1=s.beta1,
            beta2=s.beta2,
            epsilon=s.epsilon,
            low=self._low,
            high=self._high,
            key=np.uint64(order),
        )
        self.trainer.improve(record, judged, given, run, stop)
        self._dropped += int(self.trainer.nets.counts[DROPPED])
        self._seen.append((record, ended, judged))

    def learned(self, job: Job) -> Learned:
        """What the step gave."""
        nets, s = self.trainer.nets, self.settings
        memory = {
            "critic": unpacked(self.trainer.critic_net, nets.critic_part),
            "logarithms": nets.deviation_part[: self.trainer.deviations].copy(),
            "m": self.trainer.gathered(nets.m),
            "v": self.trainer.gathered(nets.v),
            "t": np.array(nets.counts[STEPS]),
            "moments": self.trainer.moments.copy(),
            "learning_rate": np.array(max(self._rate * s.learning_rate_decay, s.learning_rate_floor)),
        }
        agent = unpacked(self.trainer.actor_net, nets.actor_part)
        visits, cost = self._visits(len(job.genomes))
        return Learned(Learner(job.learner.id, agent, memory, job.learner.steps + 1), visits, cost)

    def _visits(self, tasks: int) -> tuple[tuple[Visit, ...], Cost]:
        """What was seen of each task, and what it cost; episodes that had not ended are not counted."""
        rows = [np.flatnonzero(record.ends != GOES_ON) for record, _, _ in self._seen]

        def joined(parts: list[NDArray[Any]]) -> NDArray[Any]:
            return np.concatenate([part[row] for part, row in zip(parts, rows, strict=True)])

        ended = [each for _, each, _ in self._seen]
        task, returns = joined([each.tasks for each in ended]), joined([each.totals for each in ended])
        facts = {name: joined([each.facts[name] for each in ended]) for name in ended[0].facts}
        facts["steps"] = joined([each.lengths for each in ended])
        visits = []
        for place in range(tasks):
            mine = task == place
            visits.append(Visit(place, returns[mine], {name: fact[mine] for name, fact in facts.items()}))
        steps = sum(len(record.rewards) for record, _, _ in self._seen)
        wrong = int((~np.isfinite(returns)).sum())
        return tuple(visits), Cost(len(returns), steps, wrong, int(self._dropped > 0))
