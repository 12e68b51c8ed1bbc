"""The evolution strategy against EvoTorch, a second implementation (float64, after the papers) and hand computation."""

import math
from dataclasses import replace

import numpy as np
import pytest

from openended.core.keys import key
from openended.core.learners.es import Strategy, ask, learn, start, tasks, tell
from openended.core.types import Learner
from openended.core.work import Job, Limits, Outcome
from tests.support.pgpe import climb
from tests.support.serial import playing

LIMITS = Limits(100)


def sphere(batch):
    """Return of an episode: minus the squared distance to the point that the genome gives in every coordinate."""
    values = [-float(np.sum((batch.agents[a].astype(np.float64) - batch.genomes[t]) ** 2)) for t, a in batch.which]
    return outcome(values, np.full(len(values), 3))


def outcome(returns, steps=None):
    returns = np.asarray(returns, np.float64)
    steps = np.full(len(returns), 7) if steps is None else steps
    return Outcome(returns, steps.astype(np.int32), {"finished": np.arange(len(returns)) % 2 == 0})


def job(settings, agent, number=0, genomes=(1.0,), **changes):
    learner = replace(start(settings, 0, np.asarray(agent, np.float32)), **changes)
    return Job(tuple(genomes), learner, key(1, 0, "es", number))


class Reference:
    """POET's es.py and optimizers.py, as their papers state them, in float64 and plain loops."""

    def __init__(self, agent, settings):
        self.agent, self.settings = agent.astype(np.float64), settings
        self.m, self.v, self.t = np.zeros_like(self.agent), np.zeros_like(self.agent), 0
        self.rate, self.sigma = settings.learning_rate, settings.sigma

    def step(self, noise, plus, minus, plain=False):
        p, size = self.settings, 2 * len(noise)
        order = np.argsort(np.concatenate([plus, minus]))
        ranks = np.empty(size)
        ranks[order] = np.arange(size) / (size - 1) - 0.5
        gradient = np.zeros_like(self.agent)
        for i, direction in enumerate(noise):
            gradient += (ranks[i] - ranks[i + len(noise)]) * direction
        gradient = gradient / len(noise) / self.sigma - p.weight_decay * self.agent
        if plain:
            self.agent = self.agent + self.rate * gradient
            return
        self.t += 1
        self.m = p.beta1 * self.m + (1 - p.beta1) * gradient
        self.v = p.beta2 * self.v + (1 - p.beta2) * gradient**2
        rate = self.rate * math.sqrt(1 - p.beta2**self.t) / (1 - p.beta1**self.t)
        self.agent = self.agent + rate * self.m / (np.sqrt(self.v) + p.epsilon * math.sqrt(1 - p.beta2**self.t))
        self.rate = max(self.rate * p.learning_rate_decay, p.learning_rate_floor)
        self.sigma = max(self.sigma * p.sigma_decay, p.sigma_floor)


def test_fifty_steps_agree_with_the_reference():
    settings = Strategy(
        population=32, learning_rate_decay=0.98, learning_rate_floor=0.005, sigma_decay=0.97, sigma_floor=0.05
    )
    begin = np.random.default_rng(3).standard_normal(200).astype(np.float32) * np.float32(0.1)
    learner, reference = start(settings, 0, begin), Reference(begin, settings)
    for number in range(50):
        now = Job((None,), learner, key(2, number, "es", 0))
        population, _ = ask(now, settings)
        values = -np.sum((population.astype(np.float64) - 1) ** 2, axis=1)
        noise = (population[0::2].astype(np.float64) - population[1::2]) / 2 / float(learner.memory["sigma"])
        reference.step(noise, values[0::2], values[1::2])
        learner = tell(now, settings, population, outcome(values)).learner
    assert np.abs(learner.agent - begin).max() > 0.2
    assert np.abs(learner.agent - reference.agent).max() < 3e-5
    assert (learner.steps, int(learner.memory["t"])) == (50, 50)
    assert float(learner.memory["learning_rate"]) == reference.rate == 0.005
    assert float(learner.memory["sigma"]) == reference.sigma == 0.05


@pytest.mark.parametrize("plain", [False, True])
def test_a_step_of_the_walkers_size_agrees_with_the_reference_and_with_evotorch(plain):
    """EvoTorch's float32 sums depend on the CPU, by 1e-4 of a step where v is small; the reference is in float64."""
    settings, random = Strategy(), np.random.default_rng(4)
    agent = random.standard_normal(2804) * 0.3
    now = replace(job(settings, agent, steps=9), plain=plain)
    m, v = (random.standard_normal(2804) * 0.1).astype(np.float32), random.random(2804).astype(np.float32) * 0.1
    memory = {**now.learner.memory, "m": m, "v": v, "t": np.array(9), "sigma": np.array(0.07)}
    now = replace(now, learner=replace(now.learner, memory=memory))
    population, _ = ask(now, settings)
    ranks = random.permutation(512) / 511 - 0.5
    reference = Reference(now.learner.agent, settings)
    reference.m, reference.v, reference.t, reference.sigma = m.astype(np.float64), v.astype(np.float64), 9, 0.07
    pairs = population.astype(np.float64).reshape(256, 2, -1)
    noise = (pairs[:, 0] - pairs[:, 1]) / 2 / 0.07
    reference.step(noise, ranks[0::2], ranks[1::2], plain=plain)
    new = tell(now, settings, population, outcome(ranks)).learner
    for ours, exact, theirs, before in zip(
        (new.agent, new.memory["m"], new.memory["v"]),
        (reference.agent, reference.m, reference.v),
        climb(now, settings, population, ranks),
        (now.learner.agent, m, v),
        strict=True,
    ):
        moved = np.max(np.abs(exact - before))
        assert (moved > 1e-3) == (not plain or before is now.learner.agent)
        assert np.max(np.abs(ours - exact)) <= 1e-5 * moved + np.spacing(np.float32(np.max(np.abs(exact))))
        assert np.max(np.abs(theirs - exact)) <= 1e-3 * moved + np.spacing(np.float32(np.max(np.abs(exact))))


def test_the_first_step_by_hand():
    settings = Strategy(population=2, learning_rate=0.01, weight_decay=0.1, sigma=0.5)
    population = np.array([[0.75], [-0.25]], np.float32)
    learned = tell(job(settings, [0.25]), settings, population, outcome([3.0, 8.0]))
    gradient = (-0.5 - 0.5) * 1.0 / 0.5 - 0.1 * 0.25
    assert learned.learner.memory["m"][0] == pytest.approx(0.1 * gradient, rel=1e-5)
    assert learned.learner.memory["v"][0] == pytest.approx(0.001 * gradient**2, rel=1e-4)
    assert learned.learner.agent[0] == pytest.approx(0.25 - 0.01, rel=1e-5)
    assert (learned.cost.evaluations, learned.cost.env_steps, learned.cost.nonfinite) == (2, 14, 0)


@pytest.mark.parametrize("value", [4.0, math.nan, -math.inf])
def test_equal_or_useless_returns_give_no_gradient(value):
    settings = Strategy(population=64, weight_decay=0.0)
    now = job(settings, np.ones(5))
    learned = tell(now, settings, ask(now, settings)[0], outcome(np.full(64, value)))
    assert learned.learner.agent.tolist() == [1.0] * 5
    assert learned.learner.memory["m"].tolist() == [0.0] * 5
    assert learned.cost.degenerate == 1
    assert learned.cost.nonfinite == (0 if value == 4.0 else 64)


def test_what_is_not_finite_counts_like_the_worst_return():
    settings = Strategy(population=4)
    now = job(settings, np.zeros(6))
    population, _ = ask(now, settings)
    broken = tell(now, settings, population, outcome([math.nan, 1.0, 2.0, 3.0]))
    worst = tell(now, settings, population, outcome([-1e9, 1.0, 2.0, 3.0]))
    assert broken.learner.agent.tobytes() == worst.learner.agent.tobytes()
    assert (broken.cost.nonfinite, broken.cost.degenerate) == (1, 0)


def test_the_population_is_mirrored_around_the_agent_and_fixed_by_the_key():
    settings = Strategy(population=8, sigma=0.2)
    now = job(settings, np.full(1000, 0.5))
    population, keys = ask(now, settings)
    assert (population.shape, population.dtype, keys.shape, keys.dtype) == ((8, 1000), np.float32, (8,), np.uint64)
    np.testing.assert_allclose((population[0::2] + population[1::2]) / 2, 0.5, atol=1e-6)
    assert np.std(population - 0.5) == pytest.approx(0.2, rel=0.05)
    noise = population[0::2] - 0.5
    assert np.max(np.abs(np.corrcoef(noise) - np.eye(4))) < 0.15
    assert len(set(keys.tolist())) == 8
    again, same = ask(now, settings)
    assert (again.tobytes(), same.tobytes()) == (population.tobytes(), keys.tobytes())
    other, others = ask(replace(now, key=now.key + 1), settings)
    assert other.tobytes() != again.tobytes()
    assert not set(others.tolist()) & set(keys.tolist())


def test_keys_of_64_bits_are_taken_as_they_are():
    settings = Strategy(population=2)
    now = replace(job(settings, np.zeros(3)), key=2**64 - 1)
    assert ask(now, settings)[0].tobytes() != ask(replace(now, key=0), settings)[0].tobytes()


def test_learn_plays_what_ask_gives():
    settings, seen = Strategy(population=8), []
    now = job(settings, np.zeros(6))
    (learned,) = learn([now], settings, LIMITS, playing(lambda batch: seen.append(batch) or sphere(batch)))
    population, keys = ask(now, settings)
    assert (seen[0].agents.tobytes(), seen[0].keys.tobytes()) == (population.tobytes(), keys.tobytes())
    assert learned.learner.agent.tobytes() == tell(now, settings, population, sphere(seen[0])).learner.agent.tobytes()


def test_jobs_share_one_batch_and_do_not_influence_each_other():
    settings, sizes = Strategy(population=8), []

    def counted(batch):
        sizes.append((len(batch.which), len(set(batch.keys.tolist())), batch.limits))
        return sphere(batch)

    jobs = [job(settings, np.zeros(6), i, (float(i),)) for i in range(3)]
    together = learn(jobs, settings, LIMITS, playing(counted))
    assert sizes == [(24, 24, LIMITS)]
    for one, alone in zip(
        together, (learn([each], settings, LIMITS, playing(sphere))[0] for each in jobs), strict=True
    ):
        assert one.learner.agent.tobytes() == alone.learner.agent.tobytes()
        assert one.visits[0].returns.tolist() == alone.visits[0].returns.tolist()
        assert (one.cost.evaluations, one.cost.env_steps) == (8, 24)


def test_the_pairs_of_a_job_with_several_tasks_take_turns():
    settings = Strategy(population=12, weight_decay=0.0)
    now = job(settings, np.zeros(6), genomes=(1.0, -2.0, 1e6))
    assert tasks(now, 12).tolist() == [0, 0, 1, 1, 2, 2, 0, 0, 1, 1, 2, 2]
    seen = []

    def watched(batch):
        seen.append(batch)
        return sphere(batch)

    (first,) = learn([job(settings, np.zeros(6), 5, (9.0,))], settings, LIMITS, playing(sphere))
    one, learned = learn([job(settings, np.zeros(6), 5, (9.0,)), now], settings, LIMITS, playing(watched))
    assert one.learner.agent.tobytes() == first.learner.agent.tobytes()
    assert seen[0].genomes == [9.0, 1.0, -2.0, 1e6]
    assert seen[0].which[12:, 0].tolist() == [1, 1, 2, 2, 3, 3, 1, 1, 2, 2, 3, 3]
    assert [visit.task for visit in learned.visits] == [0, 1, 2]
    assert [visit.returns.shape for visit in learned.visits] == [(4,)] * 3
    assert max(visit.returns.max() for visit in learned.visits[:2]) < 0
    assert learned.visits[2].returns.max() < -1e11
    assert learned.visits[1].facts["finished"].shape == (4,)


def test_no_tasks_returns_outweigh_anothers():
    settings = Strategy(population=8, weight_decay=0.0)
    now = job(settings, np.zeros(6), genomes=(1.0, 2.0))
    population, _ = ask(now, settings)
    returns = np.array([1.0, 2.0, 5.0, 3.0, 4.0, 0.5, 9.0, 6.0])
    played = tasks(now, 8)
    scaled = np.where(played == 1, returns * 1e6 - 7, returns)
    plain, other = (tell(now, settings, population, outcome(values)).learner.agent for values in (returns, scaled))
    assert plain.tobytes() == other.tobytes()


def test_it_climbs():
    settings = Strategy(population=32, learning_rate=0.05, weight_decay=0.0)
    learner = start(settings, 0, np.zeros(6, np.float32))
    for number in range(60):
        (learned,) = learn([Job((1.0,), learner, key(1, number, "es", 0))], settings, LIMITS, playing(sphere))
        learner = learned.learner
    assert np.abs(learner.agent - 1).max() < 0.15


def test_read_only_inputs_are_left_alone():
    settings = Strategy(population=4)
    now = job(settings, np.zeros(6))
    for array in (now.learner.agent, *now.learner.memory.values()):
        array.setflags(write=False)
    (learned,) = learn([now], settings, LIMITS, playing(sphere))
    assert now.learner.agent.tolist() == [0.0] * 6
    assert learned.learner.agent.tolist() != [0.0] * 6
    memory = learned.learner.memory
    assert {name: (array.dtype, array.shape) for name, array in memory.items()} == {
        "m": (np.float32, (6,)), "v": (np.float32, (6,)), "t": (np.int64, ()),
        "learning_rate": (np.float64, ()), "sigma": (np.float64, ()),
    }  # fmt: skip


def test_a_learner_begins_with_nothing_remembered():
    settings = Strategy(sigma=0.3, learning_rate=0.2)
    learner = start(settings, 4, np.ones(3, np.float32))
    assert isinstance(learner, Learner)
    assert (learner.id, learner.steps, learner.agent.tolist()) == (4, 0, [1.0] * 3)
    assert {name: array.tolist() for name, array in learner.memory.items()} == {
        "m": [0.0] * 3, "v": [0.0] * 3, "t": 0, "learning_rate": 0.2, "sigma": 0.3,
    }  # fmt: skip


def test_a_job_that_only_looks_leaves_the_learner_as_it_is():
    settings = Strategy(population=8)
    now = job(settings, np.zeros(6))
    (looked,) = learn([replace(now, train=False)], settings, LIMITS, playing(sphere))
    (trained,) = learn([now], settings, LIMITS, playing(sphere))
    assert looked.learner is now.learner
    assert looked.visits[0].returns.tolist() == trained.visits[0].returns.tolist()
    assert looked.cost == trained.cost
