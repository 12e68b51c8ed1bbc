"""Curricula whose tasks of interest stay in the buffer, and draw replay and invention towards them."""

from dataclasses import replace

import numpy as np
import pytest

from openended.core.algorithms import curriculum, generalist
from openended.core.interest import MAKER, Interest, drawn
from openended.core.nearness import ROWS, SCORES, VISITS, WANTED
from openended.core.replay import Refresh
from tests.core.algorithms import test_curriculum, test_generalist
from tests.support import serial
from tests.support.errands import ERRANDS

MODULES = {
    curriculum: test_curriculum.COMMON | {"replay": test_curriculum.REPLAYED},
    generalist: test_generalist.COMMON,
}
WANT = Interest("random", 5, 0.5, every=2)


def advanced(module, generations, state=None, **settings):
    params = module.Params(**MODULES[module] | settings)
    module.check(params, ERRANDS)
    return serial.advance(module, serial.means(params, ERRANDS), generations, state)


@pytest.fixture(scope="module", params=MODULES, ids=lambda module: module.__name__.rpartition(".")[2])
def run(request):
    return request.param, advanced(request.param, 25, interest=WANT)


def interesting(state):
    return [state.pairs[task] for task in state.arrays[WANTED].tolist()]


def test_the_tasks_of_interest_are_there_from_the_start_and_never_leave(run):
    _, history = run
    genomes = drawn(ERRANDS, "random", 5)
    for state, _ in history:
        pairs = interesting(state)
        assert [state.tasks[pair.task].genome for pair in pairs] == genomes
        assert {state.tasks[pair.task].maker for pair in pairs} == {MAKER}
        assert all(pair.active and pair.retired < 0 for pair in pairs)
    assert all(pair.visits > 0 for pair in interesting(history[-1][0]))
    assert any(task.parent in history[-1][0].arrays[WANTED] for _, changes in history for task in changes.tasks) == (
        run[0] is generalist
    )


def test_they_take_nobodys_place(run):
    module, history = run
    for state, _ in history:
        others = [pair for pair in state.pairs.values() if pair.active and pair.task not in state.arrays[WANTED]]
        if module is generalist:
            assert len({pair.niche for pair in others}) == len(others)
        else:
            assert len(others) <= test_curriculum.REPLAYED.capacity
    assert len(others) > 5


def test_a_row_of_scores_is_the_mean_of_the_last_visits_of_what_was_seen(run):
    _, history = run
    written = 0
    for state, changes in history[1:]:
        names = [name for name in changes.arrays if name.startswith(SCORES)]
        assert names == ([f"{SCORES}{state.generation // 2 % ROWS}"] if state.generation % 2 == 0 else [])
        for name in names:
            table = changes.arrays[name]
            expected = {
                task: np.mean(pair.recent)
                for task, pair in sorted(state.pairs.items())
                if pair.active and pair.seen > state.generation - 2 and pair.recent
            }
            assert table[:, 0].tolist() == list(expected)
            assert table[:, 1] == pytest.approx(list(expected.values()))
            written += len(table)
    assert written > 50
    assert 1 < max(len(pair.recent) for pair in history[-1][0].pairs.values()) <= VISITS


@pytest.mark.parametrize("module", MODULES)
def test_without_a_weight_nothing_is_different(module):
    plain, off = advanced(module, 6), advanced(module, 6, interest=replace(WANT, weight=0.0))
    assert [repr(changes) for _, changes in plain] == [repr(changes) for _, changes in off]
    assert WANTED not in off[-1][0].arrays


@pytest.mark.parametrize("module", MODULES)
def test_the_first_generation_differs_by_the_tasks_of_interest_alone(module):
    (plain, _), (state, _) = advanced(module, 1)[0], advanced(module, 1, interest=WANT)[0]
    assert state.pairs[0] == plain.pairs[0]
    assert len(state.pairs) == len(plain.pairs) + 5


def test_a_buffer_that_is_filled_anew_keeps_them():
    settings = {"interest": WANT, "refresh": Refresh(3, 20), "replay": replace(test_curriculum.REPLAYED, capacity=6)}
    state = advanced(curriculum, 8, **settings)[-1][0]
    active = {task for task, pair in state.pairs.items() if pair.active}
    assert active >= set(state.arrays[WANTED].tolist())
    assert len(active) == 6 + 5


def test_they_alone_can_be_trained_on():
    replay = replace(test_curriculum.REPLAYED, probability=1.0, fill=0.0)
    history = advanced(curriculum, 9, interest=WANT, replay=replay)
    assert set(history[-1][0].pairs) == {0, 1, 2, 3, 4, 5}
    assert history[-1][0].learners[0].steps == 8


def test_a_curriculum_that_keeps_nothing_has_no_interest():
    with pytest.raises(ValueError, match=r"interest.weight is set, but nothing is replayed: set replay.probability"):
        advanced(curriculum, 1, interest=WANT, replay=replace(test_curriculum.REPLAYED, probability=0.0))


def test_nearer_tasks_are_replayed_more_the_more_interest_weighs():
    near, far = (
        np.mean([pair.visits for pair in interesting(advanced(generalist, 21, interest=want)[-1][0])])
        for want in (replace(WANT, weight=1.0, nearness="descriptor"), replace(WANT, weight=0.02))
    )
    assert near > far
