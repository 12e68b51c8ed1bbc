"""MAP-Elites of pairs on the toy domain: what must hold of every generation. See `test_laws.py` for what holds of any
algorithm.
"""

import math
from collections import Counter
from dataclasses import asdict, replace
from itertools import pairwise

import numpy as np
import pytest

from openended.core.algorithms import map_elites
from openended.core.algorithms.map_elites import Params, check, step
from openended.core.criterion import Bounds
from openended.core.evaluation import Episodes
from openended.core.learners import Strategy
from openended.core.niches import Niches
from openended.core.reproduction import Making
from openended.core.selection import Selection
from openended.core.transfer import Exchange
from openended.core.types import Counters
from openended.core.work import Outcome, Stopped
from tests.support.handmade import plain
from tests.support.point import POINT
from tests.support.serial import SerialExecutor, advance, means

PARAMS = Params(
    archive=Niches(cells=(8, 6)),
    learner=Strategy(population=32, learning_rate=0.1, sigma=0.2),
    reproduction=Making(every=2),
    transfer=Exchange(every=3, neighbours=4),
    active=Selection(count=5, es_steps=2),
)
GENERATIONS = 24


def run(params=PARAMS, seed=1, generations=GENERATIONS, executor=None):
    """States and changes of generations 0 .. `generations`."""
    return advance(map_elites, means(params, POINT, seed, executor), generations + 1)


@pytest.fixture(scope="module")
def history():
    return run()


def test_a_run_fills_the_archive_with_solved_tasks(history):
    state, changes = history[-1]
    assert changes.metrics["elites"] == len(state.pairs) >= 8
    assert changes.metrics["best"] > 250
    assert changes.metrics["annecs"] >= 4
    assert state.counters.transfers_accepted > 0
    assert {"admitted", "niche taken", "too hard"} <= set(
        Counter(task.outcome for _, changes in history for task in changes.tasks)
    )


def test_the_same_seed_gives_the_same_changes_and_another_seed_others(history):
    again = run(generations=8)
    assert [plain(changes) for _, changes in again] == [plain(changes) for _, changes in history[:9]]
    assert plain(run(seed=2, generations=1)[1][1]) != plain(history[1][1])


def test_a_niche_belongs_to_its_first_task_for_ever_and_its_fitness_never_falls(history):
    holders, best = {}, {}
    for state, _ in history:
        niches = {pair.niche: pair.task for pair in state.pairs.values()}
        assert len(niches) == len(state.pairs)
        assert niches.items() >= holders.items()
        assert all(state.pairs[task].best_fitness >= fitness for task, fitness in best.items())
        holders, best = niches, {task: pair.best_fitness for task, pair in state.pairs.items()}


def test_the_best_agent_of_a_pair_scores_its_best_fitness(history):
    state, _ = history[-1]
    for pair in state.pairs.values():
        best = state.elites[pair.elite]
        genome, cap = state.tasks[pair.task].genome, PARAMS.episodes.cap
        trace = POINT.simulator.trace(genome, POINT.policies.default, best.agent, 0, cap)
        assert (best.task, best.fitness) == (pair.task, pair.best_fitness)
        assert sum(trace.rewards.tolist()) == pair.best_fitness


def test_admitted_tasks_met_the_minimal_criterion_in_an_empty_niche(history):
    for (before, _), (_, changes) in pairwise(history):
        admitted = [task for task in changes.tasks if task.outcome == "admitted"]
        assert len(admitted) <= PARAMS.reproduction.admitted
        taken = {pair.niche for pair in before.pairs.values()}
        for task in changes.tasks:
            if task.outcome == "admitted":
                assert PARAMS.criterion.low <= task.score <= PARAMS.criterion.high
                assert task.niche not in taken
                assert before.pairs[task.parent].best_fitness >= PARAMS.reproduction.threshold
            elif task.outcome == "too hard":
                assert task.score < PARAMS.criterion.low
            elif task.outcome in ("duplicate", "niche taken"):
                assert task.outcome == "duplicate" or task.niche in taken | {each.niche for each in admitted}


def test_reproduction_and_transfer_come_when_they_are_due(history):
    for _, changes in history[1:]:
        if changes.generation % 2:
            assert changes.tasks == ()
        if changes.generation % 3 and changes.generation % 2:
            assert changes.transfers == ()
    assert any(changes.transfers for _, changes in history if changes.generation % 3 == 0)


def test_without_reproduction_and_transfer_one_pair_is_trained():
    params = replace(PARAMS, reproduction=Making(every=0), transfer=Exchange(every=0))
    state, _ = run(params, generations=6)[-1]
    assert list(state.tasks) == list(state.pairs) == [0]
    assert state.learners[0].steps == 12
    cost = {"env_steps": state.counters.env_steps, "elites_found": state.counters.elites_found}
    assert state.counters == Counters(evaluations=1 + 12 * 33, tasks_created=1, **cost)


def test_transfer_can_be_switched_off():
    history = run(replace(PARAMS, transfer=Exchange(every=0)), generations=10)
    assert any(task.outcome == "niche taken" for _, changes in history for task in changes.tasks)
    assert not any(changes.transfers for _, changes in history)


def test_an_accepted_transfer_takes_the_niche(history):
    accepted = [(state, each) for state, changes in history for each in changes.transfers if each.accepted]
    assert accepted
    for state, each in accepted:
        target = state.pairs[each.target]
        assert each.fitness > each.incumbent
        assert target.best_fitness >= each.fitness
        assert each.source != each.target
        if target.best_fitness == each.fitness:
            assert target.origin == each.source
            assert target.potential > 0


def test_the_active_pairs_are_bounded_and_the_only_ones_that_are_trained(history):
    for (before, _), (state, _) in pairwise(history):
        trained = [
            task
            for task, learner in state.learners.items()
            if learner.steps != (before.learners[task].steps if task in before.learners else 0)
        ]
        assert trained == [task for task, pair in state.pairs.items() if pair.active]
        assert 1 <= len(trained) <= PARAMS.active.count


def test_tasks_are_numbered_in_the_order_of_their_making(history):
    tasks = [task for _, changes in history for task in changes.tasks]
    assert [task.id for task in tasks] == list(range(history[-1][0].counters.tasks_created))
    assert all(-1 <= task.parent < task.id for task in tasks)
    assert {task.maker for task in tasks[1:]} == {"mutation"}
    assert (tasks[0].maker, tasks[0].parent) == ("first", -1)


def test_counters_and_metrics_are_plain_numbers(history):
    for _, changes in history:
        for value in [*changes.metrics.values(), *asdict(changes.counters).values()]:
            assert type(value) in (int, float)
            assert math.isfinite(value)


def test_all_active_pairs_share_one_batch_of_episodes():
    """Every child meets this criterion and may be a parent, so that niches fill whatever the agents have learnt."""
    anything = Bounds(low=POINT.simulator.lowest_return, high=300)
    params = replace(PARAMS, criterion=anything, reproduction=Making(every=2, threshold=-100))
    executor = SerialExecutor(POINT)
    state, _ = run(params, generations=7, executor=executor)[-1]
    executor.batches.clear()
    state, _ = step(means(replace(params, reproduction=Making(every=0)), POINT, 1, executor), state)
    chosen = sum(pair.active for pair in state.pairs.values())
    assert chosen > 1
    assert executor.batches == [32 * chosen, chosen] * 2


def test_training_episodes_have_their_own_limits():
    limits = []

    class Watched(SerialExecutor):
        def evaluate(self, batch):
            limits.append((len(batch.which), batch.limits.cap, batch.limits.stall))
            return super().evaluate(batch)

    episodes = Episodes(cap=15, train_cap=10, stall=3, evaluation_stall=0)
    run(replace(PARAMS, episodes=episodes), generations=1, executor=Watched(POINT))
    assert limits == [(1, 15, 0), (32, 10, 3), (1, 15, 0), (32, 10, 3), (1, 15, 0)]


class Broken(SerialExecutor):
    """Every return is not a number."""

    def evaluate(self, batch):
        outcome = super().evaluate(batch)
        return Outcome(np.full_like(outcome.returns, math.nan), outcome.steps, outcome.facts)


def test_returns_that_are_never_numbers_are_counted_and_stop_nothing():
    state, changes = run(generations=3, executor=Broken(POINT))[-1]
    assert math.isnan(state.pairs[0].fitness)
    assert state.pairs[0].best_fitness == POINT.simulator.lowest_return
    assert state.counters.nonfinite == state.counters.evaluations == 1 + 3 * 2 * 33
    assert state.counters.degenerate == 3 * 2
    assert (changes.metrics["best"], changes.metrics["qd_score"]) == (-100.0, 0.0)


def test_tasks_on_which_nobody_gets_a_number_are_too_hard():
    state = run(generations=9)[-1][0]
    _, changes = step(means(PARAMS, POINT, 1, Broken(POINT)), state)
    assert {"too hard"} <= {task.outcome for task in changes.tasks} <= {"too hard", "niche taken", "duplicate"}
    assert not any(each.accepted for each in changes.transfers)


def test_a_request_to_stop_reaches_the_caller():
    class Interrupted(SerialExecutor):
        def learn(self, *jobs):
            raise Stopped("on request")

    with pytest.raises(Stopped):
        run(generations=1, executor=Interrupted(POINT))


def test_a_cvt_archive_keeps_its_centroids():
    params = replace(PARAMS, archive=Niches(kind="cvt", cells=(40,), samples=400))
    history = run(params, generations=14)
    first = history[0][0].arrays["centroids"]
    assert first.shape == (40, 2)
    assert all(state.arrays["centroids"] is first for state, _ in history)
    assert [list(changes.arrays) for _, changes in history[:2]] == [["centroids"], []]
    assert len(history[-1][0].pairs) > 1
    assert all(pair.niche < 40 for pair in history[-1][0].pairs.values())


def test_params_that_do_not_fit_the_domain_are_refused():
    params = Params(archive=Niches(cells=(3, 3, 3)))
    with pytest.raises(ValueError, match=r"archive\.cells"):
        check(params, POINT)


def test_niches_above_the_criterion_rest():
    params = replace(PARAMS, criterion=Bounds(low=50, high=290))
    history = run(params)
    rested = 0
    for (before, _), (state, _) in pairwise(history):
        awake = [task for task, pair in before.pairs.items() if pair.best_fitness <= 290]
        if awake:
            now = [task for task, pair in state.pairs.items() if pair.active and task in before.pairs]
            assert set(now) <= set(awake)
            rested += len(before.pairs) - len(awake)
    assert rested > 0


def test_the_module_reads_its_settings_from_one_table_per_operator():
    assert list(map_elites.Params.__dataclass_fields__) == [
        "archive",
        "episodes",
        "policy",
        "learner",
        "criterion",
        "people",
        "start",
        "specification",
        "generator",
        "reproduction",
        "transfer",
        "active",
    ]
