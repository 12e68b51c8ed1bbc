"""What is seen of each task, against the plain sums over its rows."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from openended.core.learners.visits import SOME, kept, spread, visits
from openended.envs.nets.recorded import GOES_ON, TERMINAL, Ended, recorded
from openended.envs.nets.trainer import Judged


def made(seed, tasks, rows=64):
    """A record with random everything, of `tasks` tasks of which perhaps not all have rows."""
    random = np.random.default_rng(seed)
    record = recorded(1, rows, 1, 1, 1)
    record.ends[:] = np.where(random.random(rows) < 0.2, TERMINAL, GOES_ON)
    ended = Ended(
        tasks=random.integers(tasks, size=rows).astype(np.int32),
        fresh=random.random(rows) < 0.2,
        totals=random.normal(size=rows),
        lengths=random.integers(1, 9, rows).astype(np.int32),
        facts={"far": random.normal(size=rows)},
    )
    values, advantages = random.normal(size=(2, rows)).astype(np.float32)
    sizes, apart = random.random(tasks), random.random(rows // SOME)
    return kept(record, ended, Judged(values, advantages, values), 2.0, sizes, apart), record, ended


def average(values):
    return np.mean(values) if len(values) else np.nan


@given(st.integers(0, 2**32), st.integers(1, 9), st.integers(1, 3))
def test_scores_are_means_over_a_tasks_rows(seed, tasks, count):
    records = [made(seed + number, tasks) for number in range(count)]
    found = visits(tasks, [each for each, _, _ in records])
    assert [visit.task for visit in found] == list(range(tasks))
    for visit in found:
        mine = [(each, record, ended, ended.tasks == visit.task) for each, record, ended in records]
        rows = sum(int(own.sum()) for *_, own in mine)
        ends = [(ended, own & (record.ends != GOES_ON)) for _, record, ended, own in mine]
        assert visit.scores["steps"] == rows
        expected = {
            "positive_value_loss": average(np.concatenate([each.surprise[own] for each, _, _, own in mine])),
            "value": 2.0 * average(np.concatenate([each.values[own] for each, _, _, own in mine])),
            "update": average(np.concatenate([np.full(own.sum(), each.sizes[visit.task]) for each, _, _, own in mine])),
            "disagreement": average(np.concatenate([each.spread[own[::SOME]] for each, _, _, own in mine])),
        }
        assert {name: visit.scores[name] for name in expected} == pytest.approx(
            expected, nan_ok=True, rel=1e-5, abs=1e-6
        )
        assert visit.returns.tolist() == np.concatenate([ended.totals[own] for ended, own in ends]).tolist()
        assert visit.facts["far"].tolist() == np.concatenate([ended.facts["far"][own] for ended, own in ends]).tolist()
        assert visit.facts["steps"].tolist() == np.concatenate([ended.lengths[own] for ended, own in ends]).tolist()


def test_what_was_not_measured_is_not_there():
    _, record, ended = made(1, 2)
    values = np.zeros(64, np.float32)
    (visit, _) = visits(2, [kept(record, ended, Judged(values, values, values), 1.0)])
    assert set(visit.scores) == {"positive_value_loss", "value", "steps"}


def test_the_spread_is_the_variance_of_critics_without_their_means():
    values = np.random.default_rng(3).normal(size=(4, 9)).astype(np.float32)
    apart = 3.0 * values.astype(np.float64)
    apart -= apart.mean(axis=1, keepdims=True)
    np.testing.assert_allclose(spread(values, 3.0), np.var(apart, axis=0))
    shifted = values + np.float32([[1], [2], [3], [4]])
    np.testing.assert_allclose(spread(shifted, 3.0), spread(values, 3.0), rtol=1e-5)
