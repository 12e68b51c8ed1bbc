"""Supervised learning as a kind of learner: it fits labels, keeps its promises, and refuses what it cannot do."""

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openended.core.algorithms import curriculum
from openended.core.learners import kind, memory, supervised
from openended.core.learners.sequences import packed, student_of
from openended.core.learners.supervised import Supervised
from openended.core.work import Job, Limits, Stopped
from openended.envs.labels import Labelled
from openended.envs.nets.recorded import TERMINAL
from openended.envs.nets.recurrent.learning import BLOCK
from openended.envs.policy import Gru, Mlp
from tests.core.learners.test_ppo import Threads as Recording
from tests.core.learners.test_ppo import same
from tests.support.point import POINT

SETTINGS = Supervised(examples=300, minibatches=4, learning_rate=0.02)
LIMITS = Limits(cap=20)
CONTINUOUS, DISCRETE = Mlp((2, 16, 1)), Mlp((2, 16, 3), discrete=True)
both = pytest.mark.parametrize("policy", [CONTINUOUS, DISCRETE], ids=["continuous", "discrete"])


class Threads(Recording):
    """An executor whose domain labels points: which third of -1 .. 1 they are in, or half their distance from the
    task, two rows an example, the first of which does not count.
    """

    def __init__(self, policy, threads=1):
        super().__init__(policy, threads)

        def labels(tasks, which, keys):
            points = np.array([np.random.Generator(np.random.Philox(key=int(key))).uniform(-1, 1) for key in keys])
            off = points - np.array(tasks)[which]
            right = np.clip((off + 1) * 1.5, 0, 2.9).astype(int) if policy.discrete else off / 2
            seen = np.zeros((len(keys), 2, 2), np.float32)
            seen[:, 1, 0], seen[:, 1, 1] = off, 1
            answers = np.zeros((len(keys), 2, 1), np.float32)
            answers[:, 1, 0] = right
            weights = np.tile(np.array([0, 2], np.float32), len(keys))
            return Labelled(seen.reshape(-1, 2), answers.reshape(-1, 1), weights, np.full(len(keys), 2))

        self.domain = SimpleNamespace(id="points-v1", simulator=SimpleNamespace(prepare=list, labels=labels))


def beginner(policy):
    return supervised.start(SETTINGS, 4, supervised.first_agent(policy, 11))


def taught(policy, steps, threads=1, learner=None, first=0):
    learner, every = learner or beginner(policy), []
    for step in range(first, first + steps):
        job = Job((0.2, -0.3), learner, step)
        (learned,) = supervised.learn([job], SETTINGS, LIMITS, Threads(policy, threads))
        learner = learned.learner
        every.append(learned)
    return every


@both
def test_it_learns_what_it_is_told(policy):
    every = taught(policy, 30)
    first, last = (np.concatenate([visit.returns for visit in every[step].visits]) for step in (0, -1))
    assert last.mean() > (0.95 if policy.discrete else -0.001)
    assert first.mean() < (0.7 if policy.discrete else -0.02)
    assert every[-1].visits[0].scores["loss"] < 0.3 * every[0].visits[0].scores["loss"]
    assert [len(visit.returns) for visit in every[0].visits] == [150, 150]
    assert (every[0].cost.evaluations, every[0].cost.env_steps) == (300, 600)


@both
def test_threads_change_no_bit_and_a_learner_goes_on_where_it_was(policy):
    once, twice = taught(policy, 4), taught(policy, 4, threads=2)
    assert same(once[-1].learner, twice[-1].learner)
    half = taught(policy, 2)[-1].learner
    assert same(taught(policy, 2, learner=half, first=2)[-1].learner, once[-1].learner)
    assert once[-1].learner.steps == 4
    assert once[-1].learner.memory["t"] == 16


def test_many_jobs_give_what_each_gives_alone():
    jobs = [Job((goal,), beginner(DISCRETE), place) for place, goal in enumerate((0.1, 0.2, 0.3))]
    alone = [supervised.learn([job], SETTINGS, LIMITS, Threads(DISCRETE))[0].learner for job in jobs]
    together = supervised.learn(jobs, SETTINGS, LIMITS, Threads(DISCRETE, threads=2))
    assert all(same(one, other.learner) for one, other in zip(alone, together, strict=True))


def test_a_look_changes_nothing_and_a_plain_step_forgets_the_moments():
    learner = taught(DISCRETE, 3)[-1].learner
    (looked,) = supervised.learn([Job((0.2,), learner, 9, train=False)], SETTINGS, LIMITS, Threads(DISCRETE))
    assert looked.learner is learner
    assert looked.visits[0].scores == {}
    (plain,) = supervised.learn([Job((0.2,), learner, 9, plain=True)], SETTINGS, LIMITS, Threads(DISCRETE))
    fresh = supervised.heir(SETTINGS, 4, learner)
    (again,) = supervised.learn([Job((0.2,), fresh, 9)], SETTINGS, LIMITS, Threads(DISCRETE))
    assert np.array_equal(plain.learner.agent, again.learner.agent)


def test_a_request_to_stop_ends_the_step():
    executor = Threads(DISCRETE)
    executor.stop[0] = 1
    with pytest.raises(Stopped):
        supervised.learn([Job((0.2,), beginner(DISCRETE), 1)], SETTINGS, LIMITS, executor)


def test_a_domain_without_labels_is_refused():
    executor = Threads(DISCRETE)
    executor.domain.simulator.labels = None
    with pytest.raises(ValueError, match="points-v1 has none; choose es"):
        supervised.learn([Job((0.2,), beginner(DISCRETE), 1)], SETTINGS, LIMITS, executor)
    params = curriculum.Params(learner=SETTINGS, potential=curriculum.Potential("variance"))
    with pytest.raises(ValueError, match=r'learner.kind is "supervised", but point-v1 has no right answers'):
        curriculum.check(params, POINT)


def test_what_it_remembers_is_checked_like_that_of_any_kind():
    learner = taught(DISCRETE, 1)[-1].learner
    assert kind(SETTINGS) is supervised
    memory.check(learner, supervised.like(SETTINGS, DISCRETE, learner))
    with pytest.raises(ValueError, match=r"m of learner 1 is float32\[98\], not float32\[99\]"):
        memory.check(supervised.start(SETTINGS, 1, learner.agent[1:]), supervised.like(SETTINGS, DISCRETE, learner))


@settings(max_examples=200, deadline=None)
@given(st.lists(st.integers(1, 24), min_size=1, max_size=60))
def test_examples_are_packed_in_order_without_crossing_a_sequence(lengths):
    starts = packed(np.array(lengths), 24)
    ends = starts + lengths
    assert (starts // 24 == (ends - 1) // 24).all()
    assert (starts[1:] >= ends[:-1]).all()
    assert (starts[1:] - ends[:-1] < np.maximum(np.array(lengths[1:]), 1)).all()


def test_sequences_hold_all_rows_and_begin_anew_with_every_example():
    random = np.random.default_rng(3)
    lengths = random.integers(1, 12, 40)
    count = int(lengths.sum())
    examples = Labelled(
        random.normal(size=(count, 2)).astype(np.float32), random.integers(3, size=(count, 1)).astype(np.float32),
        random.uniform(0.1, 1, count).astype(np.float32), lengths,
    )  # fmt: skip
    student, places, size = student_of(Gru((2, 5, 7, 3), discrete=True), examples, 2, 8)
    rows = student._rows
    assert rows.length == 16  # the next multiple of 8 that the longest example fits in
    assert len(rows.weights) == 2 * size
    assert size % (BLOCK * rows.length) == 0
    assert np.array_equal(rows.observations[places], examples.observations)
    assert np.flatnonzero(rows.ends[places] == TERMINAL).tolist() == (np.cumsum(lengths) - 1).tolist()
    assert rows.weights.sum() == pytest.approx(len(rows.weights), rel=1e-5)
    assert rows.weights[np.setdiff1d(np.arange(len(rows.weights)), places)].sum() == 0
