"""EvoTorch's kinds: they climb, their noise comes from the job's key, torch's own state is left alone."""

import math
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from openended.core import learners
from openended.core.keys import key
from openended.core.learners import Cem, Snes, Xnes
from openended.core.learners.evotorch import evotorch, learn, start, tell
from openended.core.work import Job, Limits, Outcome
from tests.support.serial import playing

LIMITS = Limits(100)
KINDS = [Snes(population=32), Xnes(population=32), Cem(population=32)]
by_kind = pytest.mark.parametrize("settings", KINDS, ids=[settings.kind for settings in KINDS])


def sphere(batch):
    values = [-float(np.sum((batch.agents[a].astype(np.float64) - batch.genomes[t]) ** 2)) for t, a in batch.which]
    return outcome(values)


def outcome(returns):
    return Outcome(np.asarray(returns, np.float64), np.full(len(returns), 3, np.int32), {"x": np.zeros(len(returns))})


def job(settings, number=0, genomes=(1.0,), parameters=6, plain=False):
    agent = np.linspace(-0.5, 0.5, parameters, dtype=np.float32)
    return Job(tuple(genomes), start(settings, 0, agent), key(1, 0, "es", number), plain)


def draw(now, settings):
    """The population that a job is given."""
    seen = []
    learn(
        [now],
        settings,
        LIMITS,
        playing(lambda batch: seen.append(batch.agents.copy()) or sphere(batch)),
    )
    return seen[0]


@by_kind
def test_it_climbs(settings):
    now = job(replace(settings, sigma=0.5))
    begin = np.abs(now.learner.agent - 1).max()
    for number in range(40):
        (learned,) = learn([replace(now, key=key(1, number, "es", 0))], settings, LIMITS, playing(sphere))
        now = replace(now, learner=learned.learner)
    assert now.learner.steps == 40
    assert np.abs(now.learner.agent - 1).max() < 0.2 * begin
    assert now.learner.memory["sigma"].dtype == now.learner.agent.dtype == np.float32


@by_kind
def test_the_noise_is_normal_and_fixed_by_the_key(settings):
    settings = replace(settings, population=400, sigma=0.2)
    now = job(settings, parameters=50)
    population = draw(now, settings)
    noise = (population - now.learner.agent) / 0.2
    assert abs(float(np.mean(noise))) < 4 / math.sqrt(noise.size)
    assert abs(float(np.var(noise)) - 1) < 4 * math.sqrt(2 / noise.size)
    evotorch()[0].manual_seed(5)
    assert draw(now, settings).tobytes() == population.tobytes()
    assert draw(replace(now, key=now.key + 1), settings).tobytes() != population.tobytes()


@by_kind
def test_torch_is_left_as_it_was(settings):
    torch = evotorch()[0]
    threads, state = torch.get_num_threads(), torch.random.get_rng_state()
    try:
        torch.set_num_threads(2)
        learn([job(settings)], settings, LIMITS, playing(sphere))
        assert torch.get_num_threads() == 2
        assert torch.equal(torch.random.get_rng_state(), state)
    finally:
        torch.set_num_threads(threads)


@by_kind
@pytest.mark.parametrize("value", [4.0, math.nan, -math.inf])
def test_equal_or_useless_returns_change_nothing(settings, value):
    now = job(settings)
    (learned,) = learn([now], settings, LIMITS, playing(lambda batch: outcome(np.full(len(batch.which), value))))
    assert learned.learner.agent.tolist() == now.learner.agent.tolist()
    assert {n: a.tolist() for n, a in learned.learner.memory.items()} == {
        n: a.tolist() for n, a in now.learner.memory.items()
    }
    assert (learned.cost.degenerate, learned.cost.nonfinite) == (1, 0 if value == 4.0 else 32)


@by_kind
def test_what_is_not_finite_counts_like_the_worst_return(settings):
    now, returns = job(settings), np.arange(32.0)
    population = draw(now, settings)
    worst = tell(now, settings, population, outcome(returns))
    returns[0] = math.nan
    broken = tell(now, settings, population, outcome(returns))
    assert broken.learner.agent.tobytes() == worst.learner.agent.tobytes()
    assert np.isfinite(broken.learner.agent).all()


@by_kind
def test_a_plain_step_leaves_the_distribution_as_it_is(settings):
    now = job(settings)
    (plain,) = learn([replace(now, plain=True)], settings, LIMITS, playing(sphere))
    (whole,) = learn([now], settings, LIMITS, playing(sphere))
    assert plain.learner.agent.tobytes() == whole.learner.agent.tobytes() != now.learner.agent.tobytes()
    for name, before in now.learner.memory.items():
        assert plain.learner.memory[name].tobytes() == before.tobytes() != whole.learner.memory[name].tobytes()


@by_kind
def test_a_job_may_have_several_tasks_and_jobs_do_not_influence_each_other(settings):
    jobs = [job(settings, 0), job(settings, 1, (1.0, -1.0))]
    for one, alone in zip(learn(jobs, settings, LIMITS, playing(sphere)), jobs, strict=True):
        (same,) = learn([alone], settings, LIMITS, playing(sphere))
        assert one.learner.agent.tobytes() == same.learner.agent.tobytes()
        assert [len(visit.returns) for visit in one.visits] == [32 // len(alone.genomes)] * len(alone.genomes)


def test_snes_by_the_papers_formulas():
    settings = Snes(population=8, sigma=0.3, sigma_rate=2.0)
    now = job(settings, parameters=5)
    population, returns = draw(now, settings).astype(np.float64), np.array([3.0, 1.0, 4.0, 1.5, 9.0, 2.0, 6.0, 5.0])
    new = tell(now, settings, population.astype(np.float32), outcome(returns)).learner
    places = np.argsort(np.argsort(-returns)) + 1
    utilities = np.maximum(0, np.log(8 / 2 + 1) - np.log(places))
    utilities = utilities / utilities.sum() - 1 / 8
    noise = (population - now.learner.agent) / 0.3
    rate = 2.0 * (3 + np.log(5)) / (5 * np.sqrt(5))
    np.testing.assert_allclose(new.agent, now.learner.agent + 0.3 * utilities @ noise, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(new.memory["sigma"], 0.3 * np.exp(rate / 2 * (utilities @ (noise**2 - 1))), rtol=1e-5)


def test_the_cross_entropy_method_fits_the_best():
    settings = Cem(population=8, parents=0.5, sigma_floor=0.0)
    now = job(settings, parameters=3)
    population = draw(now, settings)
    new = tell(now, settings, population, outcome([3.0, 1.0, 4.0, 1.5, 9.0, 2.0, 6.0, 5.0])).learner
    best = population[[4, 6, 7, 2]].astype(np.float64)
    np.testing.assert_allclose(new.agent, best.mean(axis=0), rtol=1e-5)
    np.testing.assert_allclose(new.memory["sigma"], best.std(axis=0, ddof=1), rtol=1e-4)
    floored = tell(now, replace(settings, sigma_floor=0.7), population, outcome(np.arange(8.0))).learner
    assert floored.memory["sigma"].tolist() == pytest.approx([0.7] * 3)


def test_xnes_keeps_the_inverse_of_its_root():
    settings = Xnes(population=64, sigma_rate=3.0)
    now = job(settings, parameters=5)
    for number in range(5):
        (learned,) = learn([replace(now, key=number)], settings, LIMITS, playing(sphere))
        now = replace(now, learner=learned.learner)
    memory = now.learner.memory
    assert np.abs(memory["sigma"] - np.diag(np.diag(memory["sigma"]))).max() > 1e-4
    np.testing.assert_allclose(memory["sigma"] @ memory["sigma_inv"], np.eye(5), atol=1e-4)


def test_what_does_not_fit_gets_one_sentence():
    walker = SimpleNamespace(parameters=2804)
    with pytest.raises(ValueError, match=r"^learner.kind `xnes` .* may have 1024 parameters, this one has 2804; "):
        learners.kind(Xnes()).check(Xnes(), walker)
    learners.kind(Snes()).check(Snes(), walker)
    learners.kind(Xnes()).check(Xnes(), SimpleNamespace(parameters=30))
    with pytest.raises(ValueError, match=r"^learner.parents 0.1 of 8 members are fewer than two: give more$"):
        learners.kind(Cem()).check(Cem(population=8, parents=0.1), walker)


@pytest.mark.parametrize("name", learners.LEARNERS)
def test_every_kind_is_listed_under_its_name_and_says_what_it_depends_on(name):
    (settings,) = (cls() for cls in (*learners.Learning.__args__, learners.Imitation) if cls().kind == name)
    module = learners.kind(settings)
    assert all(callable(getattr(module, function)) for function in ("check", "start", "learn"))
    assert ("CPU" in module.NOTE) == (name in {"snes", "xnes", "cem"})


@by_kind
def test_a_job_that_only_looks_leaves_the_learner_as_it_is(settings):
    now = job(settings)
    (looked,) = learn([replace(now, train=False)], settings, LIMITS, playing(sphere))
    assert looked.learner is now.learner
    assert len(looked.visits[0].returns) == 32
