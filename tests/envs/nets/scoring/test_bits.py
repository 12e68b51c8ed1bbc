"""An update of a policy that scores has the same bits by any number of threads, and on CPUs of other kinds."""

import hashlib

import numpy as np
import pytest

from openended.envs.nets.advantages import FIRST_MOMENTS
from openended.envs.nets.draw import streams
from openended.envs.nets.learning import Settings
from openended.envs.nets.product import LANES
from openended.envs.nets.recorded import GOES_ON, TERMINAL, TRUNCATED, recorded
from openended.envs.nets.scoring.draw import draw_among, room
from openended.envs.nets.scoring.layout import critic, summarise, summary_size
from openended.envs.nets.scoring.trainer import ScoringTrainer
from openended.envs.nets.start import first_network, logarithm
from openended.envs.policy import Scorer
from openended.envs.simd.number import number
from tests.support.threads import everywhere, learnt_on

ENVIRONMENTS, STEPS, MOST = 16, 32, 70
POLICY = Scorer((7, 12, 5, 1))


def learnt(threads: int) -> str:
    """The digest of two networks after two updates on made-up decisions that they made."""
    run = everywhere(threads)
    rows, stop, size = ENVIRONMENTS * STEPS, np.zeros(1, np.uint8), summary_size(POLICY)
    trainer = ScoringTrainer(POLICY, rows)
    trainer.load(first_network([1, 2, 3], POLICY.sizes, 1.0), first_network([4, 5, 6], critic(POLICY).sizes, 1.0))
    trainer.moments[:] = FIRST_MOMENTS
    random, keys = np.random.Generator(np.random.Philox(5)), streams(7, rows)
    offsets = np.concatenate(([0], np.cumsum(random.integers(1, MOST + 1, rows))))
    candidates = random.random((int(offsets[-1]), POLICY.inputs), np.float32) - np.float32(0.5)
    record = recorded(ENVIRONMENTS, STEPS, size, 1, STEPS)._replace(candidates=candidates, offsets=offsets)
    record.ends[:] = random.choice([GOES_ON, TERMINAL, TRUNCATED], size=rows, p=[0.9, 0.05, 0.05])
    place = room(trainer.actor_net, MOST)
    for row in range(rows):
        count = offsets[row + 1] - offsets[row]
        summarise(candidates[offsets[row] :], count, np.float32(0.5), record.observations[row])
    for update in range(2):
        for row in range(rows):
            count = int(offsets[row + 1] - offsets[row])
            own = candidates[offsets[row] :]
            draw_among(trainer.actor(), place, own, count, keys[row, 1], update, number(LANES))
            record.actions[row, 0], record.log_probabilities[row] = place.actions[0], place.densities[0]
            record.rewards[row] = own[int(place.actions[0]), 2]
        judged = trainer.judge(record, np.zeros(ENVIRONMENTS), 0.99, 0.95, run, stop)
        settings = Settings(
            kind=trainer.kind, epochs=3, minibatch=256, clip=np.float32(0.2), entropy=np.float32(0.003),
            value=np.float32(0.5), norm=np.float32(0.5), rate=1e-2, beta1=0.9, beta2=0.999, epsilon=1e-5,
            low=logarithm(0.2), high=logarithm(0.6), key=np.uint64(update),
        )  # fmt: skip
        trainer.improve(record, judged, settings, run, stop)
    parts = (trainer.nets.parameters, trainer.nets.m, trainer.nets.v, record.actions, *judged, trainer.moments)
    return hashlib.sha256(b"".join(part.tobytes() for part in parts)).hexdigest()


@pytest.mark.slow
def test_threads_change_no_bit():
    assert learnt(1) == learnt(2) == learnt(5)


@pytest.mark.slow
@pytest.mark.parametrize("cpu", ["haswell", "x86-64"])
def test_other_cpus_change_no_bit(cpu, tmp_path):
    assert learnt_on(cpu, __name__, tmp_path) == learnt(1)
