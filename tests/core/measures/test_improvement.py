"""Which potentials tell where an agent will improve, against SciPy and by hand."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from openended.core.measures.improvement import followed, rank_correlation
from openended.core.measures.potentials import Potentials


def told(generation, task, mean, trained=True, **by_name):
    return Potentials(generation, task, trained, mean, 0.0, by_name)


def test_improvements_are_between_visits_of_one_task():
    one = [
        told(1, 7, 10.0, a=1.0),
        told(2, 8, 5.0, a=2.0),
        told(3, 7, 30.0, a=3.0),
        told(4, 7, math.nan, a=9.0),
        told(6, 7, 25.0, a=4.0),
        told(7, 8, 6.0, b=5.0),
    ]
    other = [told(1, 7, 0.0, trained=False, a=6.0), told(2, 7, 1.0, a=7.0), told(3, 7, 3.0)]
    found = followed([one, other])
    assert found.generation.tolist() == [1, 3, 2, 2]
    assert found.next.tolist() == [20.0, -5.0, 1.0, 2.0]
    assert found.after.tolist() == pytest.approx([-5.0, math.nan, math.nan, math.nan], nan_ok=True)
    assert found.potentials["a"].tolist() == [1.0, 3.0, 2.0, 7.0]
    assert set(found.potentials) == {"a"}, "the last visit of a task is followed by none"
    assert found.group[0] == found.group[1]
    assert len(set(found.group.tolist())) == 3


NUMBERS = st.lists(st.tuples(st.integers(-4, 4), st.integers(-4, 4)), min_size=4, max_size=40)


@given(NUMBERS)
def test_it_is_spearmans(pairs):
    one, other = np.array(pairs, np.float64).T
    found = rank_correlation(one, other, np.arange(len(one)), key=1, resamples=50)
    if len(set(one)) == 1 or len(set(other)) == 1:
        assert found is None
    else:
        assert found.value == pytest.approx(stats.spearmanr(one, other).statistic)
        assert -1 - 1e-9 <= found.low <= found.high <= 1 + 1e-9


def test_what_is_not_known_is_left_out():
    one = np.array([1.0, np.nan, 2.0, np.inf, 3.0, 4.0])
    other = np.array([1.0, 5.0, 3.0, 9.0, np.nan, 2.0])
    found = rank_correlation(one, other, np.arange(6), key=1)
    assert found.value == pytest.approx(stats.spearmanr([1, 2, 4], [1, 3, 2]).statistic)
    assert rank_correlation(one, other, np.zeros(6, np.int64), key=1) is None
    assert rank_correlation(one[:2], other[:2], np.arange(2), key=1) is None


def test_the_interval_covers_the_truth_as_often_as_it_says_and_is_wider_for_visits_that_belong_together():
    random = np.random.default_rng(4)
    group = np.repeat(np.arange(40), 5)
    covered, wider = 0, 0
    for trial in range(200):
        one, other = (np.repeat(random.normal(size=40), 5) + 0.3 * random.normal(size=200) for _ in range(2))
        found = rank_correlation(one, other, group, key=trial, resamples=200)
        alone = rank_correlation(one, other, np.arange(200), key=trial, resamples=200)
        covered += found.low <= 0.0 <= found.high
        wider += found.high - found.low > alone.high - alone.low
    assert 170 <= covered <= 200
    assert wider == 200
