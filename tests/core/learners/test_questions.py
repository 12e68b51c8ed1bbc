"""Training steps on given questions: what is asked, told and answered."""

import numpy as np

from openended.core.keys import generator, key
from openended.core.learners import supervised
from openended.core.learners.questions import Questions, asked, told, written
from openended.core.work import Job
from openended.envs.labels import Labelled
from tests.core.learners.test_ppo import same
from tests.core.learners.test_supervised import DISCRETE, LIMITS, SETTINGS, Threads, beginner

EXAMPLES = Labelled(
    np.zeros((7, 1), np.float32),
    np.array([[9], [1], [2], [9], [3], [9], [4]], np.float32),
    np.array([0, 1, 1, 0, 1, 0, 1], np.float32),
    np.array([3, 2, 2]),
)


def given(job, **changed):
    which, keys = asked(job, SETTINGS.examples)
    return Questions(job.genomes, job.learner, job.key, which=which, keys=keys, **changed)


def test_answers_are_written_where_they_count_and_told_there():
    choices = np.array([8, 5, 6, 8, 7, 8, 0], np.float32)
    answers = written(EXAMPLES, choices)
    np.testing.assert_array_equal(answers, [[5, 6], [7, -1], [0, -1]])
    answers[1] = -1  # this question keeps its label
    job = Questions((0.1,), beginner(DISCRETE), 1, answers=answers)
    assert told(EXAMPLES, job).labels[:, 0].tolist() == [9, 5, 6, 9, 3, 9, 0]
    assert EXAMPLES.labels[1, 0] == 1
    assert told(EXAMPLES, Questions((0.1,), beginner(DISCRETE), 1)) is EXAMPLES


def test_the_questions_that_a_step_would_draw_give_the_same_step():
    job = Job((0.2, -0.3), beginner(DISCRETE), 5)
    (drawn,) = supervised.learn([job], SETTINGS, LIMITS, Threads(DISCRETE))
    (asked_for,) = supervised.learn([given(job)], SETTINGS, LIMITS, Threads(DISCRETE, threads=2))
    assert same(drawn.learner, asked_for.learner)
    assert drawn.cost == asked_for.cost
    assert "answers" not in drawn.visits[0].facts


def test_what_a_learner_answers_is_right_as_often_as_its_returns_say():
    job, executor = Job((0.2, -0.3), beginner(DISCRETE), 5, train=False), Threads(DISCRETE)
    (seen,) = supervised.learn([given(job, train=False)], SETTINGS, LIMITS, executor)
    which, keys = asked(job, SETTINGS.examples)
    right = executor.domain.simulator.labels(job.genomes, which, keys).labels[1::2]
    for task, visit in enumerate(seen.visits):
        assert visit.facts["answers"].shape == (150, 1)
        np.testing.assert_array_equal(visit.facts["answers"] == right[which == task], visit.returns[:, None] == 1)
    assert seen.learner is job.learner


def test_a_learner_learns_what_it_is_told_although_it_is_wrong():
    learner = beginner(DISCRETE)
    for number in range(30):
        job = Job((0.2,), learner, number)
        lie = np.full((SETTINGS.examples, 1), 2, np.float32)
        (learned,) = supervised.learn([given(job, answers=lie)], SETTINGS, LIMITS, Threads(DISCRETE))
        learner = learned.learner
    keys = generator(key(1, 0, "other")).integers(0, 2**64, 50, np.uint64)
    job = Questions((0.2,), learner, 1, train=False, which=np.zeros(50, np.int64), keys=keys)
    (seen,) = supervised.learn([job], SETTINGS, LIMITS, Threads(DISCRETE))
    assert (seen.visits[0].facts["answers"] == 2).mean() > 0.95
