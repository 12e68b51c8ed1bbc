"""An update has the same bits by any number of threads, and on CPUs of other kinds."""

import hashlib

import numpy as np
import pytest

from openended.envs.nets.advantages import FIRST_MOMENTS
from openended.envs.nets.draw import draw_for, room, streams
from openended.envs.nets.layout import packed, perceptron
from openended.envs.nets.learning import Settings
from openended.envs.nets.product import LANES
from openended.envs.nets.recorded import GOES_ON, TERMINAL, TRUNCATED, recorded
from openended.envs.nets.start import first_network, logarithm
from openended.envs.nets.trainer import Trainer
from openended.envs.simd.number import number
from tests.support.threads import everywhere, learnt_on

ENVIRONMENTS, STEPS = 32, 64


def learnt(threads: int) -> str:
    """The digest of two networks after two updates on made-up rows whose actions they drew."""
    run = everywhere(threads)
    actor, critic = perceptron((24, 64, 64, 4)), perceptron((24, 64, 64, 1))
    trainer, stop = Trainer(actor, critic, True, ENVIRONMENTS * STEPS), np.zeros(1, np.uint8)
    trainer.nets.actor_part[:] = packed(actor, first_network([1, 2, 3], actor.sizes, 0.01))
    trainer.nets.critic_part[:] = packed(critic, first_network([4, 5, 6], critic.sizes, 1.0))
    trainer.nets.deviation_part[:4] = logarithm(0.5)
    trainer.moments[:] = FIRST_MOMENTS
    record, place = recorded(ENVIRONMENTS, STEPS, 24, 4, STEPS), room(actor)
    random, keys = np.random.Generator(np.random.Philox(5)), streams(7, ENVIRONMENTS * STEPS)
    for part in (record.observations, record.last, record.finals):
        part[:] = random.random(part.shape, np.float32) - np.float32(0.5)
    record.ends[:] = random.choice([GOES_ON, TERMINAL, TRUNCATED], size=len(record.ends), p=[0.9, 0.05, 0.05])
    for update in range(2):
        for first in range(0, len(keys), 64):
            draw_for(
                trainer.actor(), place, keys, record.observations, first, first + 64, update, record.actions,
                record.log_probabilities, number(LANES),
            )  # fmt: skip
        record.rewards[:] = -(record.actions[:, 0] * record.actions[:, 0]) + record.observations[:, 1]
        judged = trainer.judge(record, np.zeros(ENVIRONMENTS), 0.99, 0.95, run, stop)
        settings = Settings(
            kind=trainer.kind, epochs=3, minibatch=512, clip=np.float32(0.2), entropy=np.float32(0.003),
            value=np.float32(0.5), norm=np.float32(0.5), rate=1e-3, beta1=0.9, beta2=0.999, epsilon=1e-5,
            low=logarithm(0.2), high=logarithm(0.6), key=np.uint64(update),
        )  # fmt: skip
        trainer.improve(record, judged, settings, run, stop)
    parts = (trainer.nets.parameters, trainer.nets.m, trainer.nets.v, record.actions, *judged, trainer.moments)
    return hashlib.sha256(b"".join(part.tobytes() for part in parts)).hexdigest()


def test_threads_change_no_bit():
    assert learnt(1) == learnt(2) == learnt(5)


@pytest.mark.slow
@pytest.mark.parametrize("cpu", ["haswell", "x86-64"])
def test_other_cpus_change_no_bit(cpu, tmp_path):
    assert learnt_on(cpu, __name__, tmp_path) == learnt(1)
