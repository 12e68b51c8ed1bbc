"""The archive curriculum and its specialists on the toy domain, with the evolution strategy as the shared learner."""

from collections import Counter
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from openended.core.algorithms import generalist
from openended.core.algorithms.generalist import Params
from openended.core.criterion import Bounds
from openended.core.evaluation import Trial
from openended.core.generation import Generation
from openended.core.growth import LEVELS, Growth
from openended.core.learners import Strategy
from openended.core.niches import Niches
from openended.core.niching import Invention, parents
from openended.core.potentials import Potential
from openended.core.replay import Law
from openended.core.specialists import Specialists
from openended.core.transfer import Exchange
from tests.core.algorithms.test_curriculum import DOMAIN
from tests.support import serial
from tests.support.point import POINT

COMMON = {
    "archive": Niches(cells=(8, 6)),
    "learner": Strategy(population=128, learning_rate=0.1),
    "criterion": Bounds(low=-60, high=295),
    "potential": Potential("variance"),
    "invention": Invention(count=6),
    "replay": Law(law="potential", staleness=0.3, distinct=True, batch=8),
}
ALONE = Specialists(count=2, low=-60, visits=1, patience=3, critic=False)


def run(generations, domain=POINT, **settings):
    params = Params(**COMMON | settings)
    generalist.check(params, domain)
    return serial.advance(generalist, serial.means(params, domain), generations + 1)


@pytest.fixture(scope="module")
def history():
    return run(40)


@pytest.fixture(scope="module")
def with_specialists():
    return run(40, specialists=ALONE, transfer=Exchange(every=2, neighbours=2, close=1000))


def buffer(state):
    return [pair for pair in state.pairs.values() if pair.active]


def test_the_buffer_has_one_task_for_each_niche_and_grows(history):
    for state, _ in history:
        niches = [pair.niche for pair in buffer(state)]
        assert len(niches) == len(set(niches))
    assert len(buffer(history[-1][0])) >= 6
    assert {"admitted", "niche taken", "too hard"} <= set(
        Counter(task.outcome for _, changes in history for task in changes.tasks)
    )


def test_a_task_leaves_only_for_a_more_promising_one_of_its_niche(history):
    left = 0
    for (before, _), (after, changes) in pairwise(history):
        entered = {pair.niche: pair for pair in changes.pairs if pair.admitted == after.generation}
        for pair in changes.pairs:
            if pair.retired == after.generation and pair.task in before.pairs:
                left += 1
                assert entered[pair.niche].potential > pair.potential
    assert left


def test_who_enters_met_the_minimal_criterion_by_the_mean_of_the_learners_own_episodes(history):
    bounds = COMMON["criterion"]
    for _, changes in history[1:]:
        for task in changes.tasks:
            if task.outcome in ("admitted", "niche taken"):
                assert bounds.low <= task.score <= bounds.high
            assert (task.outcome == "too hard") == (task.outcome != "duplicate" and not task.score >= bounds.low)
            assert (task.outcome == "too easy") == (task.outcome != "duplicate" and task.score > bounds.high)


def test_every_generation_trains_the_one_learner_once(history):
    for (before, _), (after, _) in pairwise(history):
        assert set(after.learners) == {0}
        assert after.learners[0].steps == before.learners[0].steps + 1


def test_elites_are_tried_without_noise_and_never_become_worse(history):
    means = serial.means(Params(**COMMON), POINT)
    for (before, _), (after, changes) in pairwise(history):
        for elite in changes.elites:
            assert elite.agent.tobytes() == after.learners[0].agent.tobytes()
            task = after.tasks[elite.task]
            (fitness,) = means.evaluate([Trial(task, elite.agent)], 1).fitness
            assert fitness == elite.fitness
            assert elite.task not in before.pairs or elite.fitness > before.pairs[elite.task].best_fitness
        for pair in changes.pairs:
            if pair.elite is not None and pair.task in before.pairs:
                assert pair.best_fitness >= before.pairs[pair.task].best_fitness


def test_every_niche_is_replayed_again_and_again():
    state, _ = run(30, replay=replace(COMMON["replay"], staleness=0.5))[-1]
    waited = [state.generation - max(pair.seen, pair.admitted) for pair in buffer(state)]
    assert max(waited) <= 4 * len(waited) / COMMON["replay"].batch + 4


def test_choosing_alters_nothing_and_is_a_function_of_the_state(history):
    state, _ = history[20]
    means = serial.means(Params(**COMMON), POINT)
    generation = Generation(means, state)
    assert generalist.choose(generation) == generalist.choose(generation)
    assert generation.altered() == []
    assert generation.counters == state.counters


def test_tasks_may_come_from_ranges_that_grow():
    growth = Growth(every=1, trials=4, above=0.5, below=0.0, up=1.5)
    history = run(25, DOMAIN, invention=Invention(6, ranges=0.5), growth=growth, criterion=Bounds(-60, 300))
    levels = [float(state.arrays[LEVELS][0]) for state, _ in history]
    assert levels == sorted(levels)
    assert levels[-1] > levels[0]
    for _, changes in history[1:]:
        assert Counter(task.maker for task in changes.tasks) == {"ranges": 3, "mutation": 3}
    assert len(buffer(history[-1][0])) >= 2


def test_specialists_are_copies_that_are_trained_on_unsolved_tasks_and_give_their_learners_back(with_specialists):
    appointed = returned = went_on = 0
    for (before, _), (after, changes) in pairwise(with_specialists):
        assert set(after.learners) <= {0, 1, 2}
        own = [pair.learner for pair in buffer(after) if pair.learner]
        assert len(own) == len(set(own))
        for pair in changes.pairs:
            old = before.pairs.get(pair.task)
            if old and not old.learner and pair.learner:
                appointed += 1
                assert COMMON["criterion"].solved > old.best_fitness or old.best_fitness < pair.best_fitness
                assert after.learners[pair.learner].steps == 1
            if pair.learner and not old and not after.learners[pair.learner].steps:
                went_on += 1
                parent = after.tasks[pair.task].parent
                assert parent not in before.pairs or before.pairs[parent].learner in (0, pair.learner)
                assert after.pairs[parent].learner == 0
                assert after.pairs[parent].best_fitness >= COMMON["criterion"].solved
                assert COMMON["criterion"].low <= after.tasks[pair.task].score <= COMMON["criterion"].high
                assert pair.niche not in {other.niche for other in before.pairs.values()}
            if old and old.learner and not pair.learner:
                returned += 1
                done = pair.best_fitness >= COMMON["criterion"].solved
                assert done or after.learners[old.learner].steps >= ALONE.patience
    assert appointed > 2
    assert returned > 2
    assert went_on


def test_what_a_specialist_solves_is_the_elite_of_its_task(with_specialists):
    found = 0
    for (before, _), (after, changes) in pairwise(with_specialists):
        for elite in changes.elites:
            old = before.pairs.get(elite.task)
            shared = after.learners[0].agent.tobytes()
            found += bool(old) and elite.agent.tobytes() != shared and elite.fitness >= 230
            assert after.pairs[elite.task].best_fitness >= elite.fitness
    assert found


def test_specialists_are_tried_on_each_other_and_on_unsolved_neighbours(with_specialists):
    transfers = [transfer for _, changes in with_specialists for transfer in changes.transfers]
    assert {transfer.kind for transfer in transfers} == {"direct", "proposal"}
    assert any(transfer.accepted for transfer in transfers)
    for transfer in transfers:
        assert transfer.accepted <= (transfer.fitness > transfer.incumbent)
        assert transfer.source != transfer.target


def test_no_transferred_agent_replaces_the_shared_learner(with_specialists):
    for (before, _), (after, _) in pairwise(with_specialists):
        assert after.learners[0].steps == before.learners[0].steps + 1


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"potential": Potential("max_mc")}, "needs a critic"),
        ({"invention": Invention(ranges=0.5)}, "has no ranges"),
        ({"replay": Law(variants=2)}, "cannot draw chance anew"),
    ],
)
def test_what_does_not_fit_gets_one_sentence(settings, message):
    with pytest.raises(ValueError, match=message):
        generalist.check(Params(**COMMON | settings), POINT)


def test_parents_are_learnable_tasks_and_solved_ones_at_the_frontier(history):
    state, _ = history[-1]
    generation = Generation(serial.means(Params(**COMMON), POINT), state)
    by_potential = parents(generation, Invention(frontier=0.0), 4000)
    rows = {pair.task: pair for pair in buffer(state)}
    total = sum(pair.potential for pair in rows.values())
    for task, pair in rows.items():
        assert by_potential.count(task) / 4000 == pytest.approx(pair.potential / total, abs=0.03)
    at_the_frontier = parents(generation, Invention(frontier=1.0), 4000)
    solved = {task for task, pair in rows.items() if pair.best_fitness >= COMMON["criterion"].solved}
    assert solved
    assert set(at_the_frontier) <= solved
    points = {task: generation.archive.point(state.tasks[task]) for task in rows}
    away = {
        task: np.mean(sorted(np.linalg.norm(points[task] - points[other]) for other in rows if other != task)[:5])
        for task in solved
    }
    for task in solved:
        assert at_the_frontier.count(task) / 4000 == pytest.approx(away[task] / sum(away.values()), abs=0.03)
