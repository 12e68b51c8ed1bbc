"""The law of prioritised replay, against examples worked out by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from openended.core.replay import Replay, drawn, powers, weights

NONE = np.zeros(3, np.int64)


def test_ranks_decide_and_not_the_size_of_a_potential():
    settings = Replay(temperature=1.0, staleness=0.0)
    expected = np.array([1 / 2, 1, 1 / 3]) / (1 + 1 / 2 + 1 / 3)
    for potentials in ([5.0, 9.0, 1.0], [0.51, 1e9, -3.0]):
        assert weights(settings, np.array(potentials), NONE) == pytest.approx(expected)


def test_a_low_temperature_leaves_hardly_any_but_the_first():
    chosen = weights(Replay(temperature=0.1, staleness=0.0), np.array([1.0, 2.0, 3.0]), NONE)
    assert chosen[2] == pytest.approx(1 / (1 + 2.0**-10 + 3.0**-10))


def test_ties_go_to_the_older_task():
    assert np.argmax(weights(Replay(), np.array([1.0, 1.0]), NONE[:2])) == 0


def test_staleness_mixes_in_the_ages():
    settings = Replay(temperature=1.0, staleness=0.25)
    found = weights(settings, np.array([3.0, 2.0]), np.array([0, 4]))
    assert found == pytest.approx([0.75 * 2 / 3, 0.75 / 3 + 0.25])


@given(
    st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=50),
    st.floats(0.05, 4.0),
    st.floats(0.0, 1.0),
    st.integers(0, 2**32 - 1),
)
def test_they_are_probabilities(potentials, temperature, staleness, seed):
    ages = np.random.default_rng(seed).integers(0, 100, len(potentials))
    found = weights(Replay(temperature=temperature, staleness=staleness), np.array(potentials), ages)
    assert (found >= 0).all()
    assert found.sum() == pytest.approx(1.0)


@given(st.integers(0, 320))
def test_powers_are_those_of_the_nearest_sixteenth(sixteenths):
    ranks = np.arange(1.0, 200.0)
    assert powers(ranks, sixteenths / 16) == pytest.approx(ranks ** (-sixteenths / 16), rel=1e-12)


@pytest.mark.parametrize(("law", "expected"), [("potential", [0.25, 0.0, 0.75]), ("uniform", [1 / 3] * 3)])
def test_the_potential_itself_may_decide_or_nothing(law, expected):
    settings = Replay(law=law, staleness=0.0)
    assert weights(settings, np.array([0.1, -2.0, 0.3]), NONE) == pytest.approx(expected)
    mixed = weights(Replay(law=law, staleness=0.4), np.array([0.1, -2.0, 0.3]), np.array([0, 1, 1]))
    assert mixed == pytest.approx(0.6 * np.array(expected) + 0.4 * np.array([0.0, 0.5, 0.5]))


def test_without_any_potential_all_are_alike():
    assert weights(Replay(law="potential", staleness=0.0), np.zeros(4), np.zeros(4, np.int64)).tolist() == [0.25] * 4


def test_a_batch_follows_the_law_with_replacement_and_a_distinct_one_takes_each_task_once():
    chances, stream = np.array([0.5, 0.0, 0.3, 0.2]), np.random.default_rng(5)
    batch = drawn(Replay(batch=100_000), chances, stream)
    assert (np.diff(batch) >= 0).all()
    assert np.bincount(batch, minlength=4) / 100_000 == pytest.approx(chances, abs=0.01)
    assert drawn(Replay(batch=3, distinct=True), chances, stream).tolist() == [0, 2, 3]
    assert drawn(Replay(batch=9, distinct=True), chances, stream).tolist() == [0, 1, 2, 3]
