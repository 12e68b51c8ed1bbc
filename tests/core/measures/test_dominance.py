"""Dominance between agents: by hand, by SciPy, and on what must and must not dominate."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats

from openended.core.measures.dominance import (
    binomial_tail,
    compare,
    dominates,
    dominates_beyond,
    dominates_each,
    holm,
    longest_chain,
    sign_test,
    upper_bound,
)

tables = arrays(np.float64, (12, 2), elements=st.floats(-100, 350))


def column(*returns):
    return np.array(returns, np.float64)[:, None]


def test_a_comparison_by_hand():
    found = compare(column(300, 300, 0, 10), column(310, 100, 240, 10), 230)
    assert found.tolerance == 200
    assert (found.regressed, found.improved) == (0.25, 0.25)
    assert not found.better
    assert compare(column(0, np.nan), column(0, 20), 230).tolerance == 0  # not a number is the lowest return, 0 here


@given(tables, tables)
def test_the_tolerance_is_the_smallest_at_which_the_later_is_no_worse_anywhere(earlier, later):
    found = compare(earlier, later, 230)
    means, others = earlier.mean(axis=1), later.mean(axis=1)
    assert (others >= means - found.tolerance - 1e-9).all()
    assert found.tolerance == 0 or not (others >= means - 0.999 * found.tolerance).all()
    assert 0 <= found.tolerance_99 <= found.tolerance + 1e-9
    assert found.regressed <= found.regressed_bound
    assert compare(later, earlier, 230).improved == found.regressed


@given(st.integers(1, 300).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_bounds_are_clopper_and_pearsons(pair):
    count, episodes = pair
    expected = 1.0 if count == episodes else stats.beta.ppf(0.95, count + 1, episodes - count)
    assert upper_bound(count, episodes) == pytest.approx(expected, abs=1e-9)


def test_none_of_a_thousand_bounds_the_share_by_three_in_a_thousand():
    assert upper_bound(0, 1000) == pytest.approx(3 / 1000, rel=0.01)


@given(st.integers(0, 60), st.integers(0, 60))
def test_the_sign_test_is_scipys(won, lost):
    expected = stats.binomtest(won, won + lost, 0.5, "greater").pvalue if won + lost else 1.0
    assert sign_test(won, lost) == pytest.approx(expected, abs=1e-9)
    assert binomial_tail(0, 0, 0.5) == 1.0


def test_holm_by_hand():
    assert holm([0.04, 0.01, 0.03]) == [False, True, False]  # 0.01 <= 0.05 / 3, but 0.03 > 0.05 / 2
    assert holm([0.02, 0.001, 0.02]) == [True, True, True]
    assert holm([]) == []


@given(st.integers(0, 2**28 - 1))
def test_the_longest_chain_is_that_of_all_subsets(bits):
    size = 8
    over = np.zeros((size, size), bool)
    for place, (i, j) in enumerate(combinations(range(size), 2)):
        over[i, j] = bits >> place & 1
    longest = max(
        (
            chosen
            for count in range(1, size + 1)
            for chosen in combinations(range(size), count)
            if all(over[i, j] for i, j in combinations(chosen, 2))
        ),
        key=len,
    )
    found = longest_chain(over)
    assert len(found) == len(longest)
    assert all(over[i, j] for i, j in combinations(found, 2))


def chain(agents, tolerance=30.0):
    over = np.zeros((len(agents), len(agents)), bool)
    for i, j in combinations(range(len(agents)), 2):
        over[i, j] = dominates(compare(agents[i], agents[j], 230), tolerance)
    return longest_chain(over)


def test_an_agent_that_only_varies_makes_no_chain():
    """The null: the same agent again and again, whose chaotic episodes turn out otherwise now and then."""
    random = np.random.default_rng(1)
    lengths = []
    for _ in range(20):
        solved = random.random(500) < 0.6
        agents = [np.where(solved ^ (random.random(500) < 0.05), 300.0, 0.0)[:, None] for _ in range(6)]
        lengths.append(len(chain(agents)))
        found = compare(agents[0], agents[1], 230)
        assert dominates_beyond(found, found.regressed) == found.better
    assert max(lengths) == 1  # five in a hundred tasks fall by 300, which is no worse by more than 30 on 99 % of none


def test_an_agent_that_grows_makes_a_chain_and_a_specialist_and_a_forgetful_one_do_not():
    random = np.random.default_rng(2)
    hardness = random.random(500)
    growing = [np.where(hardness < skill, 300.0, 0.0)[:, None] for skill in (0.2, 0.4, 0.6, 0.8)]
    assert chain(growing) == [0, 1, 2, 3]
    specialist = np.where(np.arange(500) == 0, 320.0, 0.0)[:, None]
    assert chain([growing[0], specialist]) == [0]
    forgetful = growing[3].copy()
    forgetful[:10] = 0.0  # 2 % of the tasks
    assert chain([*growing[:3], forgetful]) == [0, 1, 2]
    assert dominates_beyond(compare(growing[2], forgetful, 230), 0.02)
    assert not dominates_beyond(compare(growing[2], forgetful, 230), 0.01)


def test_where_episodes_vary_every_task_is_tested_for_itself():
    random = np.random.default_rng(3)
    earlier = np.where(random.random((20, 100)) < 0.5, 300.0, 0.0)
    better = np.where((earlier > 0) | (random.random((20, 100)) < 0.5), 300.0, 0.0)
    assert dominates_each(earlier, better, 230, 0.05)
    assert not dominates_each(earlier, earlier, 230, 0.05)  # no better anywhere
    worse_somewhere = better.copy()
    worse_somewhere[7] = 0.0
    assert not dominates_each(earlier, worse_somewhere, 230, 0.05)
    assert not dominates_each(earlier[:, :50], better[:, :50], 230, 0.05)  # 50 episodes cannot bound a share by 0.05
