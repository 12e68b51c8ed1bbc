"""Tasks from outside in curricula, on the toy domain with the evolution strategy as the shared learner."""

from dataclasses import replace
from hashlib import sha256

import pytest

from openended.core.algorithms import curriculum, generalist
from openended.core.criterion import Bounds
from openended.core.learners import Strategy
from openended.core.niches import Niches
from openended.core.niching import Invention
from openended.core.offers import Offer
from openended.core.potentials import Potential
from openended.core.replay import Law, Replay
from tests.support import serial
from tests.support.errands import ERRANDS
from tests.support.point import Errand, encode

COMMON = {
    "archive": Niches(cells=(8, 6)),
    "learner": Strategy(population=16, learning_rate=0.1, sigma=0.2),
    "criterion": Bounds(-100, 290, 230),
    "potential": Potential("variance"),
}
LAW = Law(law="potential", staleness=0.3, distinct=True, batch=4)
CURRICULUM = curriculum.Params(**COMMON, replay=Replay(probability=0.7, capacity=6, fill=0.5, batch=4, staleness=0.3))
GENERALIST = generalist.Params(**COMMON, replay=LAW, invention=Invention(count=2))
FIRST = 6
"""The niche of the first task."""
NEAR, FAR = Errand(2.5, 0.5, 0.2), Errand(0.5, 0.0, 0.6)


def offered(errand, number=0, **others):
    payload = {"task": encode(errand), "from": None, "beat": None, "hints": []} | others
    return Offer(sha256(f"{errand} {number}".encode()).hexdigest(), "task", "ann", payload)


def run(module, params, offers, generations):
    """States and changes; `offers` by generation."""
    means, state, history = serial.means(params, ERRANDS), None, []
    for generation in range(generations):
        given = sorted(offers.get(generation, ()), key=lambda offer: offer.name)
        state, changes = module.step(means, state, given) if state else module.init(means)
        history.append((state, changes))
    return history


@pytest.mark.parametrize(("module", "params"), [(curriculum, CURRICULUM), (generalist, GENERALIST)])
def test_an_offered_task_enters_the_buffer_without_being_trained_on(module, params):
    offer = offered(NEAR, beat={"niche": 0, "agent": "0" * 16}, **{"from": FIRST})
    state, changes = run(module, params, {2: [offer]}, 3)[-1]
    (row,) = changes.offers
    assert row.outcome == "admitted"
    task, pair = state.tasks[row.task], state.pairs[row.task]
    assert (task.genome, task.maker, state.tasks[task.parent].niche) == (NEAR, "person", FIRST)
    assert (pair.learner, pair.active, pair.visits, pair.seen) == (0, True, 1, 2)
    told = [each for each in changes.potentials if each.task == row.task]
    assert [each.trained for each in told] == [False]
    assert row.found["tried"] == 16
    assert (row.found["beaten"] is None) == (row.found["target"] is None)


def test_all_tasks_of_a_generation_are_judged_and_equal_ones_are_duplicates():
    offers = [offered(NEAR), offered(NEAR, 1), offered(replace(NEAR, wind=0.1)), offered(Errand())]
    _, changes = run(curriculum, CURRICULUM, {1: offers}, 2)[-1]
    assert sorted(row.outcome for row in changes.offers) == ["admitted", "admitted", "duplicate", "duplicate"]
    assert len({row.task for row in changes.offers}) == 4


def test_what_teaches_nothing_yet_is_parked_and_looked_at_again():
    history = run(curriculum, CURRICULUM, {8: [offered(FAR)]}, 24)
    rows = [row for _, changes in history for row in changes.offers]
    assert [(row.kind, row.generation) for row in rows] == [("task", 8), ("again", 10), ("again", 20)]
    assert {row.outcome for row in rows} == {"parked"}
    assert history[-1][0].parked == {offered(FAR).name}


def test_a_full_buffer_keeps_its_size():
    offers = {10 + number: [offered(replace(NEAR, x=1.0 + 0.05 * number))] for number in range(6)}
    history = run(curriculum, CURRICULUM, offers, 18)
    sizes = [sum(pair.active for pair in state.pairs.values()) for state, _ in history]
    assert max(sizes) == CURRICULUM.replay.capacity
    admitted = [row for _, changes in history for row in changes.offers if row.outcome == "admitted"]
    assert admitted


def test_a_generalist_judges_by_its_minimal_criterion_and_keeps_one_task_for_each_niche():
    bounds = replace(GENERALIST, criterion=Bounds(-50, 290, 230))
    _, changes = run(generalist, bounds, {1: [offered(FAR)]}, 2)[-1]
    assert [row.outcome for row in changes.offers] == ["parked"]
    near = [offered(replace(NEAR, x=1.0 + 0.05 * number)) for number in range(3)]
    state, changes = run(generalist, GENERALIST, {1: near}, 2)[-1]
    niches = [pair.niche for pair in state.pairs.values() if pair.active]
    assert len(niches) == len(set(niches))
    assert {row.outcome for row in changes.offers} <= {"admitted", "niche taken"}


def test_a_curriculum_that_keeps_no_tasks_refuses_them():
    _, changes = run(curriculum, replace(CURRICULUM, replay=Replay()), {1: [offered(NEAR)]}, 2)[-1]
    assert [row.outcome for row in changes.offers] == ["refused: this search takes no tasks from outside"]
