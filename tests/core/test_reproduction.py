import json
import math
from hashlib import sha256

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from openended.core.algorithms.map_elites import Params, reproduce
from openended.core.criterion import Bounds
from openended.core.niches import Niches
from openended.core.reproduction import Candidate, Making, best_source, judged, offspring, select, sift
from tests.support.handmade import archive, pair, task
from tests.support.point import POINT, Errand
from tests.support.scripted import agents, generation, outcomes

candidates = st.lists(st.tuples(st.integers(0, 3), st.sampled_from([0.0, 0.5, 1.0, math.inf])), max_size=8).map(
    lambda rows: [Candidate(task(i, niche=niche), pair(0), novelty) for i, (niche, novelty) in enumerate(rows)]
)


def parents(count, best, **others):
    """Whose children are made, in their order; all of them are duplicates of task 0."""
    settings = {name: others.pop(name) for name in ("parents", "threshold") if name in others}
    made = generation(
        Params(reproduction=Making(children=count, **settings)), range(len(best)), best, {}, [0] * count, **others
    )
    reproduce(made)
    return [child.parent for child in made.changes().tasks]


def test_only_pairs_at_the_threshold_become_parents():
    drawn = parents(50, [199.9, 200.0, 250.0], threshold=200.0)
    assert len(drawn) == 50
    assert set(drawn) == {1, 2}


def test_without_eligible_parents_there_are_no_children():
    assert parents(8, [100.0], threshold=200.0) == []


def test_parents_can_be_drawn_by_learning_progress():
    drawn = parents(400, [250.0] * 3, potential=[0.0, 3.0, 1.0], parents="progress")
    assert drawn.count(0) == 0
    assert 260 < drawn.count(1) < 340


def test_children_are_numbered_described_and_placed():
    made = generation(Params(archive=Niches(cells=(10,))), [0, 4, 6], [0.0] * 3, {}, [7, 9, 13])
    children = offspring(made, [1, 2], [0.0, 1.0], 3)
    assert [(child.id, child.parent, child.generation) for child in children] == [(3, 2, 10), (4, 2, 10), (5, 2, 10)]
    assert [(child.genome, child.descriptor, child.niche) for child in children] == [
        (7, (7.0,), 3),
        (9, (9.0,), 4),
        (13, (13.0,), 6),
    ]
    assert {(child.outcome, child.maker, math.isnan(child.score)) for child in children} == {
        ("not chosen", "mutation", True)
    }


@given(st.lists(st.integers(0, 2**64 - 1), max_size=30))
def test_no_chain_of_mutations_leaves_the_limits(keys):
    genome = POINT.tasks.first()
    for key in keys:
        genome = POINT.tasks.mutate(genome, key)
        assert POINT.tasks.decode(POINT.tasks.encode(genome)) == genome
        assert 0 <= genome.wind <= 0.6


def test_duplicates_and_taken_niches_are_told_apart():
    made = generation(Params(), [1, 2], [0.0] * 2, {}, niche=[0, 4])
    children = [
        task(5, genome=1, niche=3),
        task(6, genome=7, niche=4),
        task(7, genome=7, niche=4),
        task(8, genome=8, niche=9),
        task(9, genome=9, niche=9),
    ]
    sifted = sift(made, children)
    assert [child.outcome for child in sifted] == ["duplicate", "niche taken", "duplicate", "not chosen", "not chosen"]


def test_the_identity_of_a_task_is_the_sha256_of_its_text():
    name = archive([pair(0)]).name(Errand(1.0, 0.0))
    text = json.dumps({"x": 1.0, "y": 0.0, "wind": 0.0}, separators=(",", ":"))
    assert name == sha256(text.encode()).hexdigest()


@pytest.mark.parametrize(
    ("fitness", "task", "score"),
    [([1.0, 5.0, 5.0], 4, 5.0), ([math.nan, -3.0, math.nan], 9, -3.0), ([2.0, math.nan, 1.0], 2, 2.0)],
)
def test_the_best_agent_for_a_child_is_found(fitness, task, score):
    source, best = best_source([pair(2), pair(9), pair(4)], fitness)
    assert (source.task, best) == (task, score)


def test_a_child_on_which_every_agent_fails_scores_nan():
    source, best = best_source([pair(7), pair(3)], [math.nan, math.nan])
    assert source.task == 3
    assert np.isnan(best)


@pytest.mark.parametrize(("score", "outcome"), [(49.9, "too hard"), (60.0, "not chosen"), (301.0, "too easy")])
def test_a_verdict_is_an_outcome(score, outcome):
    child = judged(task(1), score, Bounds(50, 300))
    assert (child.score, child.outcome) == (score, outcome)


def test_the_most_novel_are_admitted_one_for_each_niche():
    rows = [(0, 1, 0.2), (1, 2, 0.9), (2, 2, 0.8), (3, 3, 0.9), (4, 4, 0.1)]
    selected = select([Candidate(task(id, niche=niche), pair(0), novelty) for id, niche, novelty in rows], 2)
    assert {each.task.id: each.task.outcome for each in selected} == {
        1: "admitted",
        3: "admitted",
        2: "niche taken",
        0: "not chosen",
        4: "not chosen",
    }


@given(candidates, st.integers(1, 4))
def test_admission_limits(candidates, limit):
    selected = select(candidates, limit)
    admitted = [each for each in selected if each.task.outcome == "admitted"]
    niches = {each.task.niche for each in admitted}
    assert sorted(each.task.id for each in selected) == [each.task.id for each in candidates]
    assert len(niches) == len(admitted) == min(limit, len({each.task.niche for each in candidates}))
    for each in selected:
        if each.task.outcome == "not chosen":
            assert each.novelty <= min(other.novelty for other in admitted)
        assert (each.task.outcome == "not chosen") == (each.task.niche not in niches)


def test_a_reproduction_by_hand():
    """Pairs at 0 and 3 in niches 0 and 1 of ten, 2 m wide. The children: 3 there is already; 1 lies in niche 0, whose
    task the parent's agent visits; agent 1 does best on 5, agent 0 on 9; 16 is too hard. The
    distances to the nearest of 0 and 3 are 2 and 6, so 9 is the most novel, and only one is admitted.
    """
    params = Params(
        archive=Niches(cells=(10,)),
        criterion=Bounds(50, 300, 230),
        reproduction=Making(children=5, threshold=200, admitted=1, neighbours=2, novelty_neighbours=1),
    )
    returns = {(5, 1): 80.0, (5, 0): 60.0, (9, 0): 70.0, (9, 1): 65.0, (0, 1): 260.0}
    made = generation(params, [0, 3], [190.0, 240.0], returns, [3, 1, 5, 9, 16])
    reproduce(made)
    assert outcomes(made) == {3: "duplicate", 1: "niche taken", 5: "not chosen", 9: "admitted", 16: "too hard"}
    assert {made.task(id).parent for id in range(2, 7)} == {1}
    assert (made.task(4).score, made.task(5).score, made.task(6).score) == (80.0, 70.0, -90.0)
    child = made.pair(5)
    assert (child.best_fitness, child.origin, child.niche, child.active) == (70.0, 0, 4, True)
    (visit,) = made.changes().transfers
    assert (visit.source, visit.target, visit.kind, visit.fitness, visit.accepted) == (1, 0, "direct", 260.0, True)
    assert agents(made) == [1, 1, 0]
