"""One training step of proximal policy optimization between two learners; see `ppo`."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from openended.envs.nets.advantages import FIRST_MOMENTS, deviation
from openended.envs.nets.layout import count, network, perceptron
from openended.envs.nets.learning import DROPPED, STEPS, Settings
from openended.envs.nets.recorded import Ended, Recorded, Run
from openended.envs.nets.recurrent.trainer import RecurrentTrainer, sequence_length
from openended.envs.nets.scoring import layout as scoring
from openended.envs.nets.scoring.trainer import ScoringTrainer
from openended.envs.nets.start import logarithm
from openended.envs.nets.trainer import Judged, Trainer
from openended.envs.policy import Gru, Policy, Scorer

from ..keys import key
from ..types import Arrays, Learner
from ..work import Cost, Job, Learned
from .appraiser import EARLIER, Appraiser
from .visits import Kept, kept, visits


def example(policy: Policy, compared: bool) -> Arrays:
    """What a learner of this policy remembers, with earlier critics if `compared`: names, dtypes and shapes."""
    if isinstance(policy, Gru):
        critic = policy.memory + 1
    elif isinstance(policy, Scorer):
        critic = count(scoring.critic(policy).sizes)
    else:
        critic = count((*network(policy).sizes[:-1], 1))
    deviations = 0 if policy.discrete or isinstance(policy, Scorer) else policy.outputs
    every = policy.parameters + deviations + critic
    return {
        "critic": np.zeros(critic, np.float32),
        "logarithms": np.zeros(deviations, np.float32),
        "m": np.zeros(every, np.float32),
        "v": np.zeros(every, np.float32),
        "t": np.array(0),
        "moments": np.array(FIRST_MOMENTS),
        "learning_rate": np.array(1.0),
    } | ({"critics": np.zeros((EARLIER, critic), np.float32)} if compared else {})


def trainer(settings: Any, policy: Policy) -> Trainer | RecurrentTrainer:
    """What trains a policy of its kind. Raises ValueError, in one sentence, for one that cannot be trained so."""
    rows = settings.environments * settings.steps
    if isinstance(policy, Gru):
        length = sequence_length(settings.steps, settings.minibatch, settings.sequence)
        return RecurrentTrainer(policy, rows, length)
    if isinstance(policy, Scorer):
        return ScoringTrainer(policy, rows)
    actor = network(policy)
    return Trainer(actor, perceptron((*actor.sizes[:-1], 1)), not policy.discrete, rows)


class Training:
    """A learner while it learns.

    Args:
        settings: `ppo.Proximal`.
        policy: of the agent.
        job: its learner is where training begins.
    """

    def __init__(self, settings: Any, policy: Policy, job: Job) -> None:
        self._settings, self._job = settings, job
        self._trainer = trainer(settings, policy)
        self._low, self._high = logarithm(settings.deviation_lowest), logarithm(settings.deviation_highest)
        self._discounted = np.zeros(settings.environments)
        self._kept: list[Kept] = []
        self._dropped = 0
        self._load()
        self._appraiser: Appraiser | None = None
        if job.appraise and type(self._trainer) is Trainer:
            self._appraiser = Appraiser(self._trainer, len(job.genomes), settings.clip, job.learner.memory)

    def _load(self) -> None:
        job = self._job
        nets, memory, deviations = self._trainer.nets, job.learner.memory, self._trainer.deviations
        if memory:
            self._trainer.load(job.learner.agent, memory["critic"])
            nets.deviation_part[:deviations] = memory["logarithms"]
            self._trainer.moments[:] = memory["moments"]
            self._rate = float(memory["learning_rate"])
        else:
            keys = [key(job.key, 0, "critic", layer) for layer in range(self._trainer.critic_layers)]
            self._trainer.load(job.learner.agent, self._trainer.first_critic(keys))
            nets.deviation_part[:deviations] = logarithm(self._settings.deviation)
            self._trainer.moments[:] = FIRST_MOMENTS
            self._rate = self._settings.learning_rate
        if memory and not job.plain:
            nets.m[:], nets.v[:] = self._trainer.spread(memory["m"]), self._trainer.spread(memory["v"])
            nets.counts[STEPS] = memory["t"]

    def actor(self) -> Any:
        """The policy as it is now, as what draws its actions wants it."""
        return self._trainer.actor()

    def take(self, record: Recorded, ended: Ended, order: int, run: Run, stop: NDArray[np.uint8]) -> None:
        """Judge a record and, if the job wants it, learn from it; `order` is the key of the order of its rows."""
        judged = self.judge(record, run, stop)
        self._kept.append(self.appraised(record, ended, judged, run, stop))
        if self._job.train:
            self.improve(record, judged, order, run, stop)

    def judge(self, record: Recorded, run: Run, stop: NDArray[np.uint8]) -> Judged:
        """Values and advantages of a record."""
        return self._trainer.judge(record, self._discounted, self._settings.discount, self._settings.trace, run, stop)

    def appraised(self, record: Recorded, ended: Ended, judged: Judged, run: Run, stop: NDArray[np.uint8]) -> Kept:
        """What is kept of a record, with the size of the update on each task and how critics disagree if that is asked
        for. These two are known of plain policies only.
        """
        scale = float(deviation(self._trainer.moments))
        if self._appraiser is None:
            return kept(record, ended, judged, scale)
        return self._appraiser.kept(record, ended, judged, scale, run, stop)

    def improve(self, record: Recorded, judged: Judged, order: int, run: Run, stop: NDArray[np.uint8]) -> None:
        """One update."""
        s = self._settings
        given = Settings(
            kind=self._trainer.kind,
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
        self._trainer.improve(record, judged, given, run, stop)
        self._dropped += int(self._trainer.nets.counts[DROPPED])

    def learned(self) -> Learned:
        """What the step gave."""
        returns = np.concatenate([each.returns for each in self._kept])
        cost = Cost(
            evaluations=len(returns),
            env_steps=sum(len(each.every) for each in self._kept),
            nonfinite=int((~np.isfinite(returns)).sum()),
            degenerate=int(self._dropped > 0),
        )
        found = visits(len(self._job.genomes), self._kept)
        return Learned(self.learner() if self._job.train else self._job.learner, found, cost)

    def learner(self) -> Learner:
        """The learner as it is now, a step later. One that is appraised remembers the critics of its last steps."""
        trainer, nets, old, s = self._trainer, self._trainer.nets, self._job.learner, self._settings
        memory = {
            "critic": trainer.critic,
            "logarithms": nets.deviation_part[: trainer.deviations].copy(),
            "m": trainer.gathered(nets.m),
            "v": trainer.gathered(nets.v),
            "t": np.array(nets.counts[STEPS]),
            "moments": trainer.moments.copy(),
            "learning_rate": np.array(max(self._rate * s.learning_rate_decay, s.learning_rate_floor)),
        }
        if self._appraiser is not None:
            memory["critics"] = self._appraiser.remembered()
        return Learner(old.id, trainer.agent, memory, old.steps + 1)
