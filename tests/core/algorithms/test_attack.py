"""An attack on the toy domain: the agent is lost in every wind, and a witness stands at each wind that it masters."""

from dataclasses import replace

import numpy as np
import pytest

from openended.core.algorithms import attack
from openended.core.algorithms.attack import Params
from openended.core.criterion import Bounds
from openended.core.evaluation import Trial
from openended.core.examination import Shrinks
from openended.core.learners import External, Strategy
from openended.core.niches import Niches
from openended.core.novelty import scaled
from openended.core.testing import Probing, Target
from openended.core.types import Task
from openended.core.witnesses import AGENTS, GIVEN, LAYOUT, OF, POINTS, SOURCES, TARGET
from tests.support import serial
from tests.support.altered import altered
from tests.support.point import POINT, POLICY, Errand, grid
from tests.support.shrinkable import SHRINKABLE, names, smaller

SOLVED = 250.0


def steering(upward):
    """An agent that goes for the goal, weakly up and down, where it also has a steady drift."""
    weights = np.zeros(22, np.float32)
    weights[0], weights[5] = 4, 4  # hidden 0 and 1 see x and y
    weights[12], weights[15] = 3, 1  # outputs x and y follow them
    weights[21] = upward
    return weights


WINDS = (0.0, 0.1, 0.2)
AGENT, WITNESSES = steering(0.0), [steering(-2.1 * wind) for wind in WINDS]
GIVEN_HERE = {
    TARGET: AGENT,
    LAYOUT: POLICY.code,
    SOURCES: np.zeros((2, 4), np.int64),
    AGENTS: np.stack(WITNESSES),
    OF: np.array([0, 1, 2, 2]),
    POINTS: scaled([(1.0, wind) for wind in (*WINDS, 0.25)], POINT.axes),
}
COMMON = {
    "attack": Target(agent="a.run"),
    "archive": Niches(cells=(8, 6)),
    "criterion": Bounds(low=-100, solved=SOLVED),
    "learner": Strategy(population=32, learning_rate=0.1),
    "tests": Probing(count=12, first=24, total=96, witnesses=2),
    "shrinking": Shrinks(seeds=8),
}


def run(generations, domain=SHRINKABLE, **settings):
    params = Params(**COMMON | settings)
    attack.check(params, domain)
    means = replace(serial.means(params, domain), given=GIVEN_HERE)
    return serial.advance(attack, means, generations + 1)


@pytest.fixture(scope="module")
def history():
    return run(10)


def fitness(agent, errand):
    """What an agent reaches, by the domain alone."""
    means = serial.means(Params(**COMMON), POINT)
    task = Task(0, errand, -1, 0, (0.0, 0.0), 0, "", 0.0, "")
    return means.evaluate([Trial(task, agent)], 1).fitness[0]


def faults(state):
    return [pair for pair in state.pairs.values() if pair.fitness < SOLVED <= pair.best_fitness]


def test_the_witnesses_know_winds_that_the_agent_does_not():
    windy = Errand(2.0, 1.0, 0.2)
    assert fitness(AGENT, windy) < SOLVED < fitness(WITNESSES[2], windy)
    assert fitness(AGENT, replace(windy, wind=0.0)) > SOLVED


def test_a_pair_holds_the_returns_of_the_agent_and_of_its_best_witness(history):
    state = history[-1][0]
    assert len(faults(state)) >= 5
    for pair in state.pairs.values():
        errand, elite = state.tasks[pair.task].genome, state.elites[pair.elite]
        assert pair.fitness == fitness(AGENT, errand)
        assert pair.best_fitness == elite.fitness == fitness(elite.agent, errand)
        assert pair.potential == pair.best_fitness - pair.fitness


def test_what_no_witness_solves_proves_nothing(history):
    hopeless = [task for _, changes in history for task in changes.tasks if task.outcome == "no witness"]
    assert hopeless
    for task in hopeless:
        assert max(fitness(agent, task.genome) for agent in (AGENT, *WITNESSES[-2:])) < SOLVED
        assert task.id not in history[-1][0].pairs


def test_each_niche_holds_one_test_and_gives_way_to_higher_regret_only(history):
    held = {}
    for state, _ in history:
        now = {pair.niche: pair for pair in state.pairs.values() if pair.active}
        assert len(now) == sum(pair.active for pair in state.pairs.values())
        assert set(held) <= set(now)
        for niche, before in held.items():
            ranks = [(pair in faults(state), pair.potential) for pair in (before, now[niche])]
            assert now[niche].task == before.task or ranks[1] > ranks[0]
        held = now


def test_tests_end_with_their_total_and_faults_are_examined_once(history):
    state = history[-1][0]
    assert sum(changes.metrics.get("tests", 0) for _, changes in history) <= 1 + 96
    assert "tests" not in history[9][1].metrics
    examined = [each.task for _, changes in history for each in changes.potentials]
    assert len(examined) == len(set(examined)) > 5
    holding = {pair.task for pair in faults(state) if pair.active}
    assert sum(pair.visits == 0 for pair in faults(state) if pair.task in holding) < len(holding)


def test_a_minimal_task_shows_the_fault_and_nothing_below_it_does(history):
    state = history[-1][0]
    minimal = [task for task in state.tasks.values() if task.maker == "shrinking"]
    assert minimal
    for task in minimal:
        pair, test = state.pairs[task.id], state.tasks[task.parent].genome
        witness = state.elites[state.pairs[task.parent].elite].agent  # asked throughout
        assert pair in faults(state)
        assert not pair.active
        assert task.genome.x == test.x
        assert task.genome.y <= test.y
        assert task.genome.wind <= test.wind
        below = [each for name in names(task.genome) for each in smaller(task.genome, name)]
        below += [SHRINKABLE.tasks.shrinking.without(task.genome, [name]) for name in names(task.genome)]
        for errand in below:
            assert not fitness(AGENT, errand) < SOLVED <= fitness(witness, errand)


def test_the_share_of_fresh_tasks_that_fail_is_counted(history):
    state = history[-1][0]
    told = [each for _, changes in history for each in changes.potentials]
    assert len({each.by_name["failing"] for each in told}) > 2
    for each in told:
        assert each.by_name["failing"] <= 1 - each.solved_rate
        assert each.by_name["failing"] <= each.by_name["witnessed"]
        assert each.task in state.pairs


def test_the_controls_make_tests_differently_and_keep_all_faults():
    random = run(6, tests=replace(COMMON["tests"], source="random"))
    assert {task.maker for _, changes in random for task in changes.tasks} == {"first", "random", "shrinking"}
    fuzzed = run(6, tests=replace(COMMON["tests"], source="fuzzing"))
    state = fuzzed[-1][0]
    for _, changes in fuzzed[4:]:
        mutants = [task for task in changes.tasks if task.maker == "mutation"]
        assert all(state.pairs[task.parent] in faults(state) for task in mutants)
    found = sum(changes.metrics.get("faults", 0) for _, changes in fuzzed)
    assert sum(state.tasks[pair.task].maker != "shrinking" for pair in faults(state)) == found
    plain = run(6, tests=replace(COMMON["tests"], objective="failure"))[-1][0]
    assert any(pair.best_fitness < SOLVED for pair in plain.pairs.values() if pair.active)


def test_a_witness_of_the_runs_own_is_trained_on_what_nobody_solves():
    state = run(8, tests=replace(COMMON["tests"], training=2))[-1][0]
    assert state.learners[0].steps > 0
    known = {agent.tobytes() for agent in WITNESSES}
    assert any(elite.agent.tobytes() not in known for elite in state.elites.values())


def test_without_shrinking_parts_a_domain_is_shrunk_toward_its_first_task():
    def toward(errand, target):
        return replace(target, wind=max(target.wind, grid(errand.wind - 0.05)), x=errand.x, y=errand.y)

    state = run(6, altered(POINT, tasks={"toward": toward}))[-1][0]
    minimal = [task for task in state.tasks.values() if task.maker == "shrinking"]
    assert minimal
    assert all(task.genome.wind < state.tasks[task.parent].genome.wind for task in minimal)


def test_what_does_not_fit_is_refused():
    with pytest.raises(ValueError, match=r'learner.kind is "external"'):
        attack.check(Params(**COMMON | {"learner": External()}), SHRINKABLE)
    with pytest.raises(ValueError, match=f"{GIVEN[0]}.* is missing"):
        attack.init(serial.means(Params(**COMMON), SHRINKABLE))
