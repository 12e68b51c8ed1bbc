"""Recorded episodes of a policy with memory: what it remembers is carried on, and forgotten where an episode ends."""

import numpy as np

from openended.envs.nets.recorded import GOES_ON, TERMINAL, TRUNCATED, Rehearsal
from openended.envs.nets.recurrent.start import KEYS, first_agent
from openended.envs.nets.recurrent.trainer import RecurrentTrainer
from openended.envs.policy import Gru
from tests.support.tmaze import TMAZE, Corridor

ENVIRONMENTS, STEPS, POLICY = 20, 24, Gru((3, 8, 16, 3), discrete=True)


def alone(work):
    work()


def logistic(x):
    return 1 / (1 + np.exp(-x))


def step(agent, x, h):
    """Logits and memory, after the equations of `policy.Gru`."""
    inputs, dense, units, outputs = POLICY.sizes
    parts, at = [], 0
    for rows, columns in ((inputs, dense), (dense, 3 * units), (units, 3 * units), (units, outputs)):
        parts.append((agent[at : at + rows * columns].reshape(rows, columns), agent[at + rows * columns :][:columns]))
        at += (rows + 1) * columns
    (w, b), given, kept, out = parts
    x = np.tanh(x @ w + b)
    a, k = np.split(x @ given[0] + given[1], 3, 1), np.split(h @ kept[0] + kept[1], 3, 1)
    r, z = logistic(a[0] + k[0]), logistic(a[1] + k[1])
    h = (1 - z) * np.tanh(a[2] + r * k[2]) + z * h
    return h @ out[0] + out[1], h


def test_densities_and_memories_are_those_of_the_equations_from_record_to_record():
    agent = first_agent(list(range(KEYS)), POLICY, 1.0)
    trainer = RecurrentTrainer(POLICY, ENVIRONMENTS * STEPS, 24)
    trainer.load(agent, np.zeros(17, np.float32))
    tasks = TMAZE.simulator.prepare([Corridor(1), Corridor(4)])
    recorder = TMAZE.simulator.experience(Rehearsal(tasks, POLICY, ENVIRONMENTS, 9, cap=3))
    stop, h = np.zeros(1, np.uint8), np.zeros((ENVIRONMENTS, 16))
    ends = []
    for _ in range(3):
        record, _ = recorder.record(STEPS, trainer.actor(), alone, stop)
        np.testing.assert_allclose(record.memories, h, atol=1e-5)
        for t in range(STEPS):
            rows = np.arange(ENVIRONMENTS) * STEPS + t
            logits, h = step(agent.astype(np.float64), record.observations[rows].astype(np.float64), h)
            logits -= np.log(np.exp(logits).sum(1, keepdims=True))
            taken = record.actions[rows, 0].astype(int)
            expected = logits[np.arange(ENVIRONMENTS), taken]
            np.testing.assert_allclose(record.log_probabilities[rows], expected, atol=1e-5)
            h[record.ends[rows] != GOES_ON] = 0
        ends += record.ends.tolist()
    assert min(ends.count(end) for end in (GOES_ON, TERMINAL, TRUNCATED)) > 20


def test_a_random_agent_draws_every_action():
    """What it draws follows its probabilities: the mean log probability is minus the entropy."""
    agent = first_agent(list(range(KEYS)), POLICY, 1.0)
    trainer = RecurrentTrainer(POLICY, 256 * 64, 32)
    trainer.load(agent, np.zeros(17, np.float32))
    tasks = TMAZE.simulator.prepare([Corridor(4)])
    recorder = TMAZE.simulator.experience(Rehearsal(tasks, POLICY, 256, 9, cap=7))
    record, _ = recorder.record(64, trainer.actor(), alone, np.zeros(1, np.uint8))
    first = record.observations[:, 0] != 0
    for sign in (-1, 1):
        rows = first & (record.observations[:, 0] == sign)
        logits, _ = step(agent.astype(np.float64), np.array([[sign, 0.0, 1.0]]), np.zeros((1, 16)))
        p = np.exp(logits[0]) / np.exp(logits[0]).sum()
        counts = np.bincount(record.actions[rows, 0].astype(int), minlength=3)
        assert np.abs(counts / rows.sum() - p).max() < 4 * np.sqrt(0.25 / rows.sum())
