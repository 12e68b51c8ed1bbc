"""MAP-Elites of pairs on the toy domain: what must hold of every generation; a run can be repeated and resumed."""

import math
from collections import Counter
from dataclasses import asdict, replace
from itertools import pairwise

import numpy as np
import pytest

from openended.core import archive, criterion, evaluation, reproduction, transfer
from openended.core import selection as active
from openended.core.algorithms import map_elites
from openended.core.algorithms.map_elites import Params, check, init, step
from openended.core.learners import es
from openended.core.types import Counters, Outcome, State, Stopped, applied
from tests.support.handmade import plain
from tests.support.point import Point
from tests.support.serial import SerialExecutor

PARAMS = Params(
    archive=archive.Params(cells=(8, 6)),
    es=es.Params(population=32, learning_rate=0.1, sigma=0.2),
    reproduction=reproduction.Params(every=2),
    transfer=transfer.Params(every=3, neighbours=4),
    active=active.Params(count=5, es_steps=2),
)
SEED, GENERATIONS = 1, 24


def run(params=PARAMS, seed=SEED, generations=GENERATIONS, domain=None, executor=None):
    """States and changes of generations 0 .. `generations`."""
    domain = domain or Point()
    executor = executor or SerialExecutor(domain)
    history = [init(params, domain, seed, executor)]
    for _ in range(generations):
        history.append(step(params, domain, seed, history[-1][0], executor))
    return history


@pytest.fixture(scope="module")
def history():
    return run()


def test_a_run_fills_the_archive_with_solved_tasks(history):
    state, changes = history[-1]
    assert changes.metrics["elites"] == len(state.pairs) >= 8
    assert changes.metrics["best"] > 250
    assert changes.metrics["annecs"] >= 4
    assert state.counters.transfers_accepted > 0
    assert {"admitted", "niche taken", "too hard"} <= set(Counter(task.outcome for task in state.tasks.values()))


def test_every_state_is_the_sum_of_the_changes_so_far(history):
    state = State(-1, {}, {}, Counters())
    for stepped, changes in history:
        state = applied(state, changes)
        assert plain(state) == plain(stepped)


def test_the_same_seed_gives_the_same_changes_and_another_seed_others(history):
    again = run(generations=8)
    assert [plain(changes) for _, changes in again] == [plain(changes) for _, changes in history[:9]]
    assert plain(run(seed=2, generations=1)[1][1]) != plain(history[1][1])


def test_a_run_resumed_from_copied_rows_goes_on_as_if_it_had_never_stopped(history):
    half, domain = history[12][0], Point()
    frozen = {
        task: replace(pair, agent=pair.agent.copy(), best_agent=pair.best_agent.copy())
        for task, pair in reversed(half.pairs.items())
    }
    for pair in frozen.values():
        for array in (pair.agent, pair.best_agent, pair.optimiser.m, pair.optimiser.v):
            array.setflags(write=False)
    tasks = {
        number: replace(task, genome=domain.decode(domain.encode(task.genome)))
        for number, task in reversed(half.tasks.items())
    }
    state, executor = State(12, tasks, frozen, half.counters), SerialExecutor(domain)
    for _, expected in history[13:]:
        state, changes = step(PARAMS, domain, SEED, state, executor)
        assert plain(changes) == plain(expected)


def test_a_step_leaves_the_state_it_started_from_alone(history):
    state, before = history[5][0], plain(history[5][0])
    step(PARAMS, Point(), SEED, state, SerialExecutor(Point()))
    assert plain(state) == before


def test_a_niche_belongs_to_its_first_task_for_ever_and_its_fitness_never_falls(history):
    holders, best = {}, {}
    for state, _ in history:
        niches = {pair.niche: pair.task for pair in state.pairs.values()}
        assert len(niches) == len(state.pairs)
        assert niches.items() >= holders.items()
        assert all(state.pairs[task].best_fitness >= fitness for task, fitness in best.items())
        holders, best = niches, {task: pair.best_fitness for task, pair in state.pairs.items()}


def test_the_best_agent_of_a_pair_scores_its_best_fitness(history):
    domain, state = Point(), history[-1][0]
    for pair in state.pairs.values():
        trace = domain.trace(state.tasks[pair.task].genome, pair.best_agent, 0, PARAMS.episodes.cap)
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
    params = replace(PARAMS, reproduction=reproduction.Params(every=0), transfer=transfer.Params(every=0))
    state, _ = run(params, generations=6)[-1]
    assert list(state.tasks) == list(state.pairs) == [0]
    assert state.pairs[0].es_steps == 12
    assert state.counters == Counters(evaluations=1 + 12 * 33, env_steps=state.counters.env_steps, tasks_created=1)


def test_transfer_can_be_switched_off():
    history = run(replace(PARAMS, transfer=transfer.Params(every=0)), generations=10)
    assert any(task.outcome == "niche taken" for task in history[-1][0].tasks.values())
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
            assert target.progress > 0


def test_the_active_pairs_are_bounded_and_the_only_ones_that_are_trained(history):
    for (before, _), (state, _) in pairwise(history):
        trained = [
            task
            for task, pair in state.pairs.items()
            if pair.es_steps != (before.pairs[task].es_steps if task in before.pairs else 0)
        ]
        assert trained == [task for task, pair in state.pairs.items() if pair.active]
        assert 1 <= len(trained) <= PARAMS.active.count


def test_tasks_are_numbered_in_the_order_of_their_making(history):
    state, _ = history[-1]
    assert list(state.tasks) == list(range(state.counters.tasks_created))
    assert all(-1 <= task.parent < task.id for task in state.tasks.values())


def test_counters_and_metrics_are_plain_numbers(history):
    for _, changes in history:
        for value in [*changes.metrics.values(), *asdict(changes.counters).values()]:
            assert type(value) in (int, float)
            assert math.isfinite(value)


def test_all_active_pairs_share_one_batch_of_episodes():
    """Every child meets this criterion and may be a parent, so that niches fill whatever the agents have learnt."""
    anything = criterion.Params(low=Point.lowest_return, high=300)
    params = replace(PARAMS, criterion=anything, reproduction=reproduction.Params(every=2, threshold=-100))
    executor = SerialExecutor(Point())
    state, _ = run(params, generations=7, executor=executor)[-1]
    executor.batches.clear()
    state, _ = step(replace(params, reproduction=reproduction.Params(every=0)), Point(), SEED, state, executor)
    chosen = sum(pair.active for pair in state.pairs.values())
    assert chosen > 1
    assert executor.batches == [32 * chosen, chosen] * 2


def test_training_episodes_have_their_own_limits():
    limits = []

    class Watched(SerialExecutor):
        def evaluate(self, genomes, agents, which, keys, cap, stall=0):
            limits.append((len(which), cap, stall))
            return super().evaluate(genomes, agents, which, keys, cap, stall)

    episodes = evaluation.Params(cap=15, train_cap=10, stall=3, evaluation_stall=0)
    run(replace(PARAMS, episodes=episodes), generations=1, executor=Watched(Point()))
    assert limits == [(1, 15, 0), (32, 10, 3), (1, 15, 0), (32, 10, 3), (1, 15, 0)]


class Broken(SerialExecutor):
    """Every return is not a number."""

    def evaluate(self, *batch):
        outcome = super().evaluate(*batch)
        return Outcome(np.full_like(outcome.returns, math.nan), outcome.steps, outcome.facts)


def test_returns_that_are_never_numbers_are_counted_and_stop_nothing():
    state, changes = run(generations=3, executor=Broken(Point()))[-1]
    assert math.isnan(state.pairs[0].fitness)
    assert state.pairs[0].best_fitness == Point.lowest_return
    assert state.counters.nonfinite == state.counters.evaluations == 1 + 3 * 2 * 33
    assert state.counters.degenerate == 3 * 2
    assert (changes.metrics["best"], changes.metrics["qd_score"]) == (-100.0, 0.0)


def test_tasks_on_which_nobody_gets_a_number_are_too_hard():
    state = run(generations=9)[-1][0]
    _, changes = step(PARAMS, Point(), SEED, state, Broken(Point()))
    assert {"too hard"} <= {task.outcome for task in changes.tasks} <= {"too hard", "niche taken", "duplicate"}
    assert not any(each.accepted for each in changes.transfers)


def test_a_request_to_stop_reaches_the_caller():
    class Interrupted(SerialExecutor):
        def optimise(self, *batch):
            raise Stopped("on request")

    with pytest.raises(Stopped):
        run(generations=1, executor=Interrupted(Point()))


def test_a_cvt_archive_keeps_its_centroids():
    params = replace(PARAMS, archive=archive.Params(kind="cvt", cells=(40,), samples=400))
    history = run(params, generations=14)
    first = history[0][0].centroids
    assert first.shape == (40, 2)
    assert all(state.centroids is first for state, _ in history)
    assert len(history[-1][0].pairs) > 1
    assert all(pair.niche < 40 for pair in history[-1][0].pairs.values())


def test_params_that_do_not_fit_the_domain_are_refused():
    params = Params(archive=archive.Params(cells=(3, 3, 3)))
    for refuse in (lambda: check(params, Point()), lambda: init(params, Point(), 1, SerialExecutor(Point()))):
        with pytest.raises(ValueError, match=r"archive\.cells"):
            refuse()


def test_niches_above_the_criterion_rest():
    params = replace(PARAMS, criterion=criterion.Params(low=50, high=290))
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
        "es",
        "criterion",
        "reproduction",
        "transfer",
        "active",
    ]
