"""Statistics against SciPy, against examples by hand, and against what they must say of known distributions."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats

from openended.core.measures.statistics import interquartile_mean, interval, probability_of_improvement, ribbon

tables = arrays(np.float64, st.tuples(st.integers(1, 6), st.integers(1, 4)), elements=st.floats(-1e3, 1e3))


@given(arrays(np.float64, st.integers(1, 10).map(lambda n: (4 * n, 1)), elements=st.floats(-1e3, 1e3)))
def test_the_interquartile_mean_is_scipys_trimmed_mean_where_quarters_are_whole(scores):
    assert interquartile_mean(scores) == pytest.approx(stats.trim_mean(scores, 0.25, axis=None), abs=1e-9)


@pytest.mark.parametrize(
    ("scores", "expected"),
    [
        ([7.0], 7.0),
        ([1.0, 3.0], 2.0),
        ([1.0, 2.0, 30.0], (0.25 * 1 + 2 + 0.25 * 30) / 1.5),  # a quarter of three scores is 3/4 of one
        ([-1000.0, 1.0, 2.0, 3.0, 1000.0], (0.75 * 1 + 2 + 0.75 * 3) / 2.5),
    ],
)
def test_the_interquartile_mean_by_hand(scores, expected):
    assert interquartile_mean(np.array(scores)[:, None]) == pytest.approx(expected)


@given(tables, tables)
def test_the_probability_of_improvement_is_mann_whitneys_statistic(one, other):
    columns = min(one.shape[1], other.shape[1])
    one, other = one[:, :columns], other[:, :columns]
    expected = [
        stats.mannwhitneyu(one[:, task], other[:, task], method="asymptotic").statistic / len(one) / len(other)
        if len(np.unique([*one[:, task], *other[:, task]])) > 1
        else 0.5
        for task in range(columns)
    ]
    assert probability_of_improvement(one, other) == pytest.approx(np.mean(expected))
    assert probability_of_improvement(one, other) == pytest.approx(1 - probability_of_improvement(other, one))


def test_scores_of_different_tasks_are_refused():
    with pytest.raises(ValueError, match="scores of 2 and of 3 tasks"):
        probability_of_improvement(np.zeros((1, 2)), np.zeros((1, 3)))


def test_an_interval_covers_the_truth_about_as_often_as_it_says():
    random = np.random.default_rng(0)
    covered = 0
    for trial in range(200):
        found = interval(interquartile_mean, random.normal(5.0, 1.0, (20, 2)), key=trial, resamples=200)
        covered += found.low <= 5.0 <= found.high
    assert 0.88 <= covered / 200 <= 0.99


def test_an_interval_holds_its_value_and_is_a_function_of_its_key():
    scores = np.array([[1.0], [2.0], [9.0]])
    found = interval(interquartile_mean, scores, key=1)
    assert found.low <= found.value <= found.high
    assert found == interval(interquartile_mean, scores, key=1)
    assert interval(interquartile_mean, scores[:1], key=1) == type(found)(1.0, 1.0, 1.0)


def test_resampling_is_stratified():
    """Runs are drawn within each task, so columns never mix: tasks of 0 and of 100 keep their mean of 50."""
    scores = np.tile([0.0, 100.0], (5, 1))
    found = interval(lambda table: float(np.mean(table)), scores, key=2)
    assert (found.low, found.value, found.high) == (50.0, 50.0, 50.0)


def test_a_ribbon_holds_the_interquartile_mean_of_every_point():
    curves = np.array([[0.0, 1.0, 5.0], [0.0, 2.0, 5.0], [0.0, 3.0, 5.0], [0.0, 40.0, 5.0]])
    middle, low, high = ribbon(curves, key=4)
    assert middle.tolist() == [interquartile_mean(column[:, None]) for column in curves.T] == [0.0, 2.5, 5.0]
    assert (low[0], high[0], low[2], high[2]) == (0.0, 0.0, 5.0, 5.0)
    assert 1.0 <= low[1] < 2.5 < high[1] <= 40.0


def test_two_samples_are_resampled_apart():
    found = interval(probability_of_improvement, np.full((3, 1), 2.0), np.full((4, 1), 1.0), key=3)
    assert (found.low, found.value, found.high) == (1.0, 1.0, 1.0)
