"""Curricula on the toy domain, with the evolution strategy as the shared learner."""

from collections import Counter
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from openended.core.algorithms import curriculum
from openended.core.algorithms.curriculum import Params, Source
from openended.core.criterion import Bounds
from openended.core.generation import Generation
from openended.core.growth import FAILED, LEVELS, Growth, below_levels
from openended.core.learners import Strategy
from openended.core.niches import Niches
from openended.core.novelty import scaled
from openended.core.plays import play
from openended.core.potentials import POTENTIALS, Potential
from openended.core.replay import Refresh, Replay
from openended.core.snapshots import Snapshots
from openended.core.states import after
from openended.core.types import Changes, State
from openended.core.work import Visit
from openended.envs.ranges import Ranges
from tests.support import serial
from tests.support.errands import ERRANDS as DOMAIN
from tests.support.errands import drawn
from tests.support.point import POINT

COMMON = {
    "archive": Niches(cells=(6,)),
    "learner": Strategy(population=64, learning_rate=0.1),
    "criterion": Bounds(-50, 300, 230),
    "potential": Potential("variance"),
}
REPLAYED = Replay(probability=0.7, capacity=12, fill=0.5, batch=4, staleness=0.3, temperature=0.3)


def run(generations, **settings):
    """States and changes of a run, generation 0 first."""
    params = Params(**COMMON | settings)
    curriculum.check(params, DOMAIN)
    return serial.advance(curriculum, serial.means(params, DOMAIN), generations + 1)


def buffer(state):
    return {task for task, pair in state.pairs.items() if pair.active}


def test_domain_randomization_trains_one_learner_and_keeps_no_tasks():
    history = run(6, source=Source("random", 8))
    state = history[-1][0]
    assert set(state.pairs) == {0}
    assert set(state.learners) == {0}
    assert state.learners[0].steps == 6
    assert [changes.tasks for _, changes in history[1:]] == [()] * 6


def test_the_buffer_fills_up_to_its_capacity_and_what_leaves_retires():
    history = run(40, replay=REPLAYED)
    sizes = [len(buffer(state)) for state, _ in history]
    assert max(sizes) == REPLAYED.capacity
    retired = [pair for pair in history[-1][0].pairs.values() if pair.retired >= 0]
    assert retired
    assert not any(pair.active for pair in retired)
    assert {pair.learner for pair in history[-1][0].pairs.values()} == {0}


def test_nothing_is_replayed_before_the_buffer_is_filled_enough():
    history = run(30, replay=REPLAYED)
    for (before, _), (_, changes) in pairwise(history):
        if not changes.tasks:
            assert len(buffer(before)) >= REPLAYED.fill * REPLAYED.capacity


@pytest.mark.parametrize("robust", [False, True])
def test_a_robust_learner_trains_on_replayed_tasks_only(robust):
    history = run(30, replay=replace(REPLAYED, robust=robust))
    for (before, _), (state, changes) in pairwise(history):
        trained = state.learners[0].steps - before.learners[0].steps
        assert trained == (0 if robust and changes.tasks else 1)


def test_edits_follow_a_replay_and_are_looked_at_without_training():
    history = run(60, replay=replace(REPLAYED, robust=True, edits=8, distinct=True))
    kinds = [kind(changes) for _, changes in history[1:]]
    assert {*pairwise(kinds)} >= {("replay", "edit"), ("edit", "replay"), ("edit", "new")}
    assert {after for before, after in pairwise(kinds) if before == "replay"} == {"edit"}
    assert {before for before, after in pairwise(kinds) if after == "edit"} == {"replay"}
    for (before, _), (state, changes) in pairwise(history):
        if kind(changes) == "edit":
            played = {pair.task for pair in before.pairs.values() if pair.seen == before.generation}
            assert {task.parent for task in changes.tasks} <= played
        assert state.learners[0].steps - before.learners[0].steps == (kind(changes) == "replay")
    assert len(buffer(history[-1][0])) <= REPLAYED.capacity


def kind(changes):
    makers = {task.maker for task in changes.tasks}
    return "edit" if makers == {"edit"} else "new" if makers else "replay"


def generation_of(state, **settings):
    return Generation(serial.means(Params(**COMMON | settings), DOMAIN), state)


def test_choosing_alters_nothing_and_is_a_function_of_the_state():
    state, _ = run(12, replay=REPLAYED)[-1]
    generation = generation_of(state, replay=REPLAYED)
    choice = curriculum.choose(generation)
    assert choice == curriculum.choose(generation) == curriculum.choose(generation_of(state, replay=REPLAYED))
    changes = generation.changes()
    assert changes == replace(Changes(state.generation + 1), counters=state.counters)


@pytest.mark.parametrize(
    ("base", "expected"), [("easy", [1, 3, 1, 3, 1]), ("hard", [0, 2, 0, 2, 0])], ids=["easy", "hard"]
)
def test_easy_tasks_have_the_highest_mean_return_less_potential(base, expected):
    # (mean return, potential): 300 - 10 and 250 - 0 are the easiest, -100 - 0 and 120 - 100 the hardest.
    seen = {0: (-100.0, 0.0), 1: (300.0, 10.0), 2: (120.0, 100.0), 3: (250.0, 0.0)}
    state, _ = run(8, replay=REPLAYED)[-1]
    names = dict(zip(seen, sorted(buffer(state)), strict=False))
    pairs = {
        names[number]: replace(state.pairs[names[number]], fitness=fitness, potential=potential)
        for number, (fitness, potential) in seen.items()
    }
    settings = replace(REPLAYED, edits=5, base=base, parents=2)
    generation = generation_of(replace(state, pairs={**state.pairs, **pairs}), replay=settings)
    parents = curriculum.parents_of_edits(generation, [names[number] for number in seen])
    assert parents == [names[number] for number in expected]


def test_with_variants_a_task_is_played_with_chance_drawn_anew_and_counts_as_one():
    settings = replace(REPLAYED, variants=3)
    state, _ = run(20, replay=settings)[-1]
    generation = generation_of(state, replay=settings)
    choice = curriculum.choose(generation)
    assert len(choice.genomes) == 3 * len(choice.items)
    assert len(set(choice.genomes)) > len(choice.items)
    for item in choice.items:
        assert {replace(variant, y=item.genome.y) for variant in item.variants} == {item.genome}
    visits = play(generation, 0, choice, 4)
    for place, seen in enumerate(choice.seen(visits)):
        parts = visits[3 * place : 3 * place + 3]
        assert seen.returns.tolist() == [value for part in parts for value in part.returns.tolist()]


LEARNABILITY = {
    "replay": Replay(probability=1.0, capacity=6, fill=0.0, law="uniform", staleness=0.0, batch=4, new=2),
    "refresh": Refresh(every=5, candidates=18),
}


def test_learnability_sampling_fills_the_buffer_anew_with_the_best_of_many_and_trains_on_a_mix():
    history = run(14, **LEARNABILITY)
    for (before, _), (state, changes) in pairwise(history):
        trained = state.learners[0].steps - before.learners[0].steps
        if state.generation % 5 != 1:
            assert trained == 1
            assert not changes.tasks
            assert buffer(state) == buffer(before)
            continue
        assert trained == 0
        made = {task.id: task for task in changes.tasks}
        assert len(made) == 18
        chosen = buffer(state)
        assert chosen == {id for id, task in made.items() if task.outcome == "admitted"}
        assert len(chosen) == 6
        assert all(not state.pairs[id].active and state.pairs[id].retired >= 0 for id in buffer(before))


def test_the_best_of_many_are_those_of_the_highest_potential():
    state, _ = run(5, **LEARNABILITY)[-1]
    generation = generation_of(state, **LEARNABILITY)
    choice = curriculum.choose(generation)
    assert (choice.purpose, choice.train, len(choice.items)) == ("refresh", False, 18)
    returns = [np.array([0.0, float(spread)]) for spread in [*range(9), *range(9)]]
    visits = [Visit(place, values, {}) for place, values in enumerate(returns)]
    curriculum.absorb(generation, choice, visits)
    first = state.counters.tasks_created
    spreads = [8, 8, 7, 7, 6, 6]
    found = sorted(pair.task - first for pair in generation.altered() if pair.active)
    assert sorted([place % 9 for place in found], reverse=True) == spreads
    assert all(generation.pair(first + place).potential == (place % 9) ** 2 / 4 for place in found)


def test_a_replay_of_learnability_sampling_is_uniform_over_the_buffer_and_random_beside():
    state, _ = run(8, **LEARNABILITY)[-1]
    choice = curriculum.choose(generation_of(state, **LEARNABILITY))
    assert choice.purpose == "replay"
    assert [item.task >= 0 for item in choice.items] == [True] * 4 + [False] * 2


def test_a_lucky_episode_raises_the_best_return_and_never_the_fitness_of_an_elite():
    history = run(30, replay=REPLAYED)
    for state, changes in history:
        for pair in state.pairs.values():
            if pair.elite is not None:
                assert pair.best_fitness == state.elites[pair.elite].fitness
        for told in changes.potentials:
            assert state.pairs[told.task].best_return >= told.mean_return
    once = {told.task: told for _, changes in history for told in changes.potentials}
    assert any(history[-1][0].pairs[task].best_return > told.mean_return for task, told in once.items())


def visits_of(state, task):
    return state.pairs[task].visits if task in state.pairs else 0


def test_every_visit_of_a_task_with_a_pair_is_told_with_all_potentials():
    history = run(40, replay=replace(REPLAYED, edits=4, robust=True))
    for (before, _), (state, changes) in pairwise(history):
        visits = {
            id: pair.visits - (before.pairs[id].visits if id in before.pairs else 0) for id, pair in state.pairs.items()
        }
        assert {told.task: 1 for told in changes.potentials} == {id: count for id, count in visits.items() if count}
        for told in changes.potentials:
            assert told.generation == state.generation
            assert told.trained == (told.task in before.pairs)
            assert set(told.by_name) == set(POTENTIALS) - {"uniform"}
            if told.by_name["variance"] == told.by_name["variance"]:
                assert state.pairs[told.task].potential == told.by_name["variance"]
            assert 0 <= told.solved_rate <= 1


def test_novelty_is_the_distance_from_the_tasks_that_were_active_before():
    history = run(30, replay=REPLAYED, potential=Potential("novelty", neighbours=3))
    compared = 0
    for (before, _), (state, changes) in pairwise(history):
        for told in changes.potentials:
            others = [before.tasks[id].descriptor for id in sorted(buffer(before) - {told.task})]
            point, *rest = scaled([state.tasks[told.task].descriptor, *others], POINT.axes)
            away = sorted(float(np.linalg.norm(point - other)) for other in rest)[:3]
            if away:
                assert told.by_name["novelty"] == pytest.approx(sum(away) / len(away))
                assert state.pairs[told.task].potential == told.by_name["novelty"]
                compared += 1
    assert compared > 30


def test_learning_progress_is_between_two_visits():
    history = run(40, replay=REPLAYED)
    last = {}
    compared = 0
    for _, changes in history:
        for told in changes.potentials:
            if told.task in last:
                assert told.by_name["progress"] == abs(told.mean_return - last[told.task])
                compared += 1
            else:
                assert np.isnan(told.by_name["progress"])
            last[told.task] = told.mean_return
    assert compared > 20


@pytest.mark.parametrize("every", [0, 5])
def test_the_shared_agent_is_kept_every_few_generations(every):
    history = run(12, snapshots=Snapshots(every))
    kept = [(snapshot.generation, snapshot.agent) for _, changes in history for snapshot in changes.snapshots]
    assert [number for number, _ in kept] == ([5, 10] if every else [])
    for number, agent in kept:
        assert agent is history[number][0].learners[0].agent


def test_levels_grow_with_success_and_are_part_of_the_state():
    growth = Growth(every=1, trials=4, above=0.5, below=0.0, up=1.5)
    history = run(25, source=Source("ranges", 8), growth=growth)
    levels = [float(state.arrays[LEVELS][0]) for state, _ in history]
    assert levels[0] == 1.0
    assert levels == sorted(levels)
    assert 1.0 < levels[-1] <= 4.0
    assert history[-1][1].metrics["level_distance"] is not None


def test_a_focus_draws_kinds_at_their_level_as_often_as_they_fail():
    ranges = Ranges(
        names=("roughness", "pit", "stump"),
        first=(1.0, 2.0, 3.0),
        full=(9.0, 9.0, 9.0),
        draw=lambda levels, key: "below",
        edge=lambda levels, kind, key: (kind, levels[kind]),
    )
    domain = replace(DOMAIN, tasks=replace(DOMAIN.tasks, ranges=ranges))
    means = serial.means(Params(**COMMON | {"source": Source("ranges", 8), "growth": Growth(focus=0.4)}), domain)
    state, _ = curriculum.init(means)
    assert state.arrays[FAILED].tolist() == [1.0, 1.0, 1.0]
    state = replace(state, arrays=state.arrays | {FAILED: np.array([0.0, 0.25, 0.75])})
    counts = Counter(below_levels(Generation(means, state), number) for number in range(4000))
    shares = {what: count / 4000 for what, count in counts.items()}
    assert shares == {
        "below": pytest.approx(0.6, abs=0.03),
        (1, 2.0): pytest.approx(0.1, abs=0.03),
        (2, 3.0): pytest.approx(0.3, abs=0.03),
    }


def test_with_a_focus_trials_leave_what_failed_and_without_one_nothing():
    growth = Growth(every=1, trials=4, above=0.5, below=0.0, up=1.5, focus=0.5)
    for state, changes in run(8, source=Source("ranges", 8), growth=growth)[1:]:
        assert state.arrays[FAILED].tolist() == [1.0 - changes.metrics["solved_distance"]]
    for state, _ in run(2, source=Source("ranges", 8), growth=replace(growth, focus=0.0)):
        assert FAILED not in state.arrays


def test_a_curriculum_by_hand_goes_from_kind_to_kind_and_stays_with_the_last():
    domain = replace(DOMAIN, kinds={**DOMAIN.kinds, "near": lambda key: replace(drawn(key), x=1.0)})
    means = serial.means(Params(**COMMON | {"source": Source("kinds", 4, ("near", "random", "far"), every=2)}), domain)
    chosen = [curriculum.choose(Generation(means, state)).items for state, _ in serial.advance(curriculum, means, 7)]
    assert [[each.maker for each in items] for items in chosen] == [
        [kind] * 4 for kind in ("near", "near", "random", "random", "far", "far", "far")
    ]
    assert {each.genome.x for items in chosen[:2] for each in items} == {1.0}
    assert {each.genome.x >= 5.0 for items in chosen[4:] for each in items} == {True}


@pytest.mark.parametrize(
    "settings",
    [
        {"replay": replace(REPLAYED, edits=4)},
        {"source": Source("ranges", 8)},
        {"source": Source("ranges", 8), "growth": Growth(every=1, trials=4, focus=0.5)},
    ],
    ids=str,
)
def test_a_state_is_the_sum_of_its_changes_and_a_step_repeats(settings):
    params = Params(**COMMON | settings)
    means = serial.means(params, DOMAIN)
    total = State(-1)
    for state, changes in serial.advance(curriculum, means, 12):
        total = after(total, changes)
        assert total.pairs == state.pairs
        assert {name: array.tolist() for name, array in total.arrays.items()} == {
            name: array.tolist() for name, array in state.arrays.items()
        }
    again, changes = curriculum.step(serial.means(params, DOMAIN), total)
    assert curriculum.step(means, state)[1].pairs == changes.pairs
    assert again.counters == changes.counters


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"potential": Potential("max_mc")}, "needs a critic"),
        ({"source": Source("ranges")}, "cannot draw such tasks"),
        ({"source": Source("kinds")}, "set both, or neither"),
        ({"source": Source("random", kinds=("random",))}, "set both, or neither"),
        ({"source": Source("kinds", kinds=("random", "farr"))}, "source.kinds: there is no kind 'farr'"),
        ({"replay": Replay(edits=4)}, "has no edits"),
        ({"replay": Replay(variants=4)}, "cannot draw chance anew"),
        ({"refresh": Refresh(every=4)}, "never replayed"),
    ],
)
def test_what_does_not_fit_gets_one_sentence(settings, message):
    bare = replace(POINT, tasks=replace(POINT.tasks, random=drawn))
    with pytest.raises(ValueError, match=message):
        curriculum.check(Params(**COMMON | settings), bare)
