"""Filters of labels: hand-computed answers, laws, and settings that contradict each other."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from openended.core.labelling import Labels, check, filtered, lengths, most_frequent

RIGHT = np.array([[1, 0, 1], [0, 0, 1], [1, 1, -1], [0, 0, 0]], np.float32)
FIRST = np.array([[1, 0, 1], [0, 1, 1], [1, 1, -1], [0, 0, 0]], np.float32)
SECOND = np.array([[1, 0, 0], [0, 0, 1], [1, 1, -1], [0, 1, 0]], np.float32)
THIRD = np.array([[1, 0, 1], [0, 0, 1], [0, 1, -1], [1, 0, 0]], np.float32)
EVERY = [FIRST, SECOND, THIRD]


def test_own_answers_are_all_kept_and_the_programs_are_right():
    for kind, expected in (("own", FIRST), ("program", RIGHT)):
        labels, kept = filtered(Labels(kind, learners=1), EVERY[:1], RIGHT)
        np.testing.assert_array_equal(labels, expected)
        assert kept.all()


def test_verified_answers_are_those_without_a_wrong_choice():
    labels, kept = filtered(Labels("verified", learners=1), EVERY[:1], RIGHT)
    np.testing.assert_array_equal(labels, FIRST)
    assert kept.tolist() == [True, False, True, True]


def test_a_majority_agrees_on_the_whole_answer_and_may_outvote_the_first():
    labels, kept = filtered(Labels("majority", learners=3, agree=2), EVERY, RIGHT)
    np.testing.assert_array_equal(labels[:3], [[1, 0, 1], [0, 0, 1], [1, 1, -1]])
    assert kept.tolist() == [True, True, True, False]
    np.testing.assert_array_equal(labels[3], FIRST[3])  # three answers: the first learner's


def test_lengths_are_from_the_first_to_the_last_choice_that_is_not_0():
    rows = [[0, 0, 0, 0], [1, 0, 0, 0], [0, 3, 0, 1], [2, 0, 1, -1], [0, 0, 0, 9], [1, 1, 1, 1]]
    assert lengths(np.array(rows, np.float32)).tolist() == [0, 1, 3, 3, 1, 4]


@pytest.mark.parametrize(("shorter", "expected"), [(0, [1, 0, 0, 0]), (1, [1, 1, 1, 0]), (3, [1, 1, 1, 1])])
def test_short_answers_are_dropped_by_length(shorter, expected):
    _, kept = filtered(Labels("length", learners=1, shorter=shorter), EVERY[:1], RIGHT)
    assert kept.tolist() == list(map(bool, expected))
    _, both = filtered(Labels("both", learners=3, agree=2, shorter=shorter), EVERY, RIGHT)
    _, majority = filtered(Labels("majority", learners=3, agree=2), EVERY, RIGHT)
    assert not (both & ~majority).any()


@given(st.lists(arrays(np.float32, (6, 3), elements=st.sampled_from([0, 1])), min_size=1, max_size=5))
def test_the_most_frequent_answer_is_that_of_counting(every):
    labels, votes = most_frequent(every)
    for question in range(6):
        given = [tuple(answers[question].tolist()) for answers in every]
        best = max(given, key=lambda answer: (given.count(answer), -given.index(answer)))
        assert tuple(labels[question].tolist()) == best
        assert votes[question] == given.count(best)


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        (Labels("majority", learners=1), "labels.learners is 1, but a majority takes at least 2: set it to 5"),
        (Labels("both", learners=1), "labels.learners is 1, but a majority"),
        (Labels("majority", learners=3, agree=4), "labels.agree is 4, but there are 3 learners"),
        (Labels("own", learners=5), "labels.learners is 5, but labels.kind 'own' asks one: set it to 1"),
    ],
)
def test_settings_that_contradict_each_other_get_one_sentence(labels, message):
    with pytest.raises(ValueError, match=message):
        check(labels)
