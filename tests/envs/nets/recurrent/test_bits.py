"""An update of a policy with memory has the same bits by any number of threads, and on CPUs of other kinds."""

import hashlib

import numpy as np
import pytest

from openended.envs.nets.advantages import FIRST_MOMENTS
from openended.envs.nets.draw import streams
from openended.envs.nets.learning import Settings
from openended.envs.nets.product import LANES
from openended.envs.nets.recorded import GOES_ON, TERMINAL, TRUNCATED, recorded
from openended.envs.nets.recurrent.draw import draw_for, room
from openended.envs.nets.recurrent.start import KEYS, first_agent
from openended.envs.nets.recurrent.trainer import RecurrentTrainer
from openended.envs.nets.start import logarithm
from openended.envs.policy import Gru
from openended.envs.simd.number import number
from tests.support.threads import everywhere, learnt_on

ENVIRONMENTS, STEPS = 32, 64
POLICY = Gru((24, 32, 40, 4))


def learnt(threads: int) -> str:
    """The digest of a network after two updates on made-up rows whose actions it drew."""
    run = everywhere(threads)
    trainer, stop = RecurrentTrainer(POLICY, ENVIRONMENTS * STEPS, 32), np.zeros(1, np.uint8)
    trainer.load(first_agent(list(range(KEYS)), POLICY, 0.01), trainer.first_critic([KEYS]))
    trainer.nets.deviation_part[:4] = logarithm(0.5)
    trainer.moments[:] = FIRST_MOMENTS
    record, place = recorded(ENVIRONMENTS, STEPS, 24, 4, STEPS, POLICY.memory), room(trainer.net)
    random, keys = np.random.Generator(np.random.Philox(5)), streams(7, ENVIRONMENTS)
    for part in (record.observations, record.last, record.finals):
        part[:] = random.random(part.shape, np.float32) - np.float32(0.5)
    record.ends[:] = random.choice([GOES_ON, TERMINAL, TRUNCATED], size=len(record.ends), p=[0.9, 0.05, 0.05])
    for update in range(2):
        memories = record.memories.copy()
        for step in range(STEPS):
            rows = np.arange(ENVIRONMENTS) * STEPS + step
            actions, densities = np.zeros((ENVIRONMENTS, 4), np.float32), np.zeros(ENVIRONMENTS, np.float32)
            draw_for(
                trainer.actor(), place, keys, record.observations[rows], memories, 0, ENVIRONMENTS, step, actions,
                densities, number(LANES),
            )  # fmt: skip
            record.actions[rows], record.log_probabilities[rows] = actions, densities
            memories[record.ends[rows] != GOES_ON] = 0
        record.rewards[:] = -(record.actions[:, 0] * record.actions[:, 0]) + record.observations[:, 1]
        judged = trainer.judge(record, np.zeros(ENVIRONMENTS), 0.99, 0.95, run, stop)
        settings = Settings(
            kind=trainer.kind, epochs=3, minibatch=1024, clip=np.float32(0.2), entropy=np.float32(0.003),
            value=np.float32(0.5), norm=np.float32(0.5), rate=1e-3, beta1=0.9, beta2=0.999, epsilon=1e-5,
            low=logarithm(0.2), high=logarithm(0.6), key=np.uint64(update),
        )  # fmt: skip
        trainer.improve(record, judged, settings, run, stop)
        record.memories[:] = memories
    parts = (trainer.nets.parameters, trainer.nets.m, trainer.nets.v, record.actions, *judged, memories)
    return hashlib.sha256(b"".join(part.tobytes() for part in parts)).hexdigest()


def test_threads_change_no_bit():
    assert learnt(1) == learnt(2) == learnt(5)


@pytest.mark.slow
@pytest.mark.parametrize("cpu", ["haswell", "x86-64"])
def test_other_cpus_change_no_bit(cpu, tmp_path):
    assert learnt_on(cpu, __name__, tmp_path) == learnt(1)
