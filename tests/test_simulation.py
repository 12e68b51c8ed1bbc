"""The simulated cluster of `benchmarks/simulation.py`, by hand-computed examples and by laws."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from benchmarks.simulation import Costs, Item, Lost, Trouble, phase
from openended.run.cluster.executor import AHEAD

FREE, SMOOTH = Costs(), Trouble()


def run(items, workers, costs=FREE, trouble=SMOOTH, seed=0):
    return phase([Item(*item) for item in items], workers, costs, trouble, np.random.default_rng(seed))


def test_two_workers_take_items_first_come_first_served():
    """Worker 0: 0 to 4, 4 to 5; worker 1: 0 to 2, 2 to 5."""
    found = run([(4,), (2,), (3,), (1,)], workers=2)
    assert found.seconds == 5
    assert found.worked == 10


def test_the_driver_does_one_thing_after_the_other():
    """Submitted at 1 and 2, started 0.5 later. The driver asks until 2.25 (0.25), waits until 4.5, when the first ends,
    fetches it until 5.5; asks until 5.75, by when the second, of 2.5 to 5.5, has ended; fetches it until 6.75 and
    updates until 8.75.
    """
    costs = Costs(submit=1, fetch=1, update=2, ask=0.25, delay=0.5)
    found = run([(3, 0), (3, 0)], workers=2, costs=costs)
    assert found.seconds == 8.75
    assert found.driver == {"submit": 2, "ask": 0.5, "fetch": 2, "update": 2}


def test_no_more_items_are_under_way_than_a_few_per_worker():
    """One worker, items of 10 s: the driver submits 3 by second 3 and the others as results come in, each asking for 3
    items at 0.1 s, so that it has asked 3 times for 3, then for 2 and 1.
    """
    assert AHEAD == 3
    found = run([(10,)] * 5, workers=1, costs=Costs(submit=1, ask_each=0.1))
    assert found.driver["ask"] == pytest.approx(0.1 * (3 + 3 + 3 + 2 + 1))
    assert found.seconds == pytest.approx(51)


def test_all_that_is_done_is_taken_with_one_question():
    """The driver submits until 8 and asks until 8.5, when the last item, of 8 to 8.25, has ended, too."""
    found = run([(1,), (1,), (1,), (0.25,)], workers=8, costs=Costs(submit=2, ask=0.5))
    assert found.driver["ask"] == 0.5
    assert found.seconds == 8.5


def test_a_lost_item_is_run_again_and_its_workers_place_is_empty_for_a_while():
    """Its worker dies once with this seed: what it did is lost, and the place is empty for longer than the loss goes
    unnoticed.
    """
    trouble = Trouble(deaths=0.2, notice=1, restart=5)
    draws = np.random.default_rng(3)
    draws.standard_normal(1)
    first, second = draws.exponential(5), draws.exponential(5)
    assert first < 4 < second
    found = run([(4,)], workers=1, trouble=trouble, seed=3)
    assert (found.deaths, found.worked) == (1, 4)
    assert found.seconds == pytest.approx(first + 5 + 4)
    with pytest.raises(Lost):
        run([(1000,)], workers=1, trouble=trouble)


durations = some.lists(some.floats(0.01, 10), min_size=1, max_size=60)


@given(durations, some.integers(1, 9), some.floats(0, 0.1))
def test_no_cluster_beats_its_bounds(seconds, workers, each):
    costs = Costs(submit=each, fetch=each, update=each, ask=each)
    found = run([(value, number // 4) for number, value in enumerate(seconds)], workers, costs)
    busy = sum(found.driver.values())
    assert found.worked == pytest.approx(sum(seconds))
    assert found.seconds >= max(sum(seconds) / workers, *seconds, busy) - 1e-9
    assert found.seconds <= sum(seconds) / workers + max(seconds) + busy + 1e-9, "Graham's bound, and the driver"


@given(durations, some.integers(1, 9), some.integers(0, 3))
def test_troubles_delay_every_item_ends_and_a_seed_repeats(seconds, workers, seed):
    trouble = Trouble(spread=0.2, straggling=0.1, deaths=0.005)
    items = [(value,) for value in seconds]
    found = run(items, workers, trouble=trouble, seed=seed)
    assert found == run(items, workers, trouble=trouble, seed=seed)
    assert found.worked > 0
