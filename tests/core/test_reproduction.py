import json
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from openended.core.keys import generator
from openended.core.reproduction import Candidate, Params, best_source, digest, draw_parents, offspring, select, sift
from tests.support.handmade import pair, task
from tests.support.point import POINT, Errand

DOMAIN = POINT
candidates = st.lists(st.tuples(st.integers(0, 3), st.sampled_from([0.0, 0.5, 1.0, math.inf])), max_size=8).map(
    lambda rows: [Candidate(task(i, niche=niche), pair(0), novelty) for i, (niche, novelty) in enumerate(rows)]
)


def identity(genome):
    return digest(DOMAIN.tasks.encode(genome))


def test_only_pairs_at_the_threshold_become_parents():
    pairs = [pair(0, 199.9), pair(1, 200.0), pair(2, 250.0)]
    parents = draw_parents(pairs, Params(children=50, threshold=200), generator(1))
    assert len(parents) == 50
    assert {parent.task for parent in parents} == {1, 2}


def test_without_eligible_parents_there_are_no_children():
    assert draw_parents([pair(0, 100.0)], Params(threshold=200), generator(1)) == []


def test_parents_can_be_drawn_by_learning_progress():
    pairs = [pair(0, 250.0), pair(1, 250.0, progress=3.0), pair(2, 250.0, progress=1.0)]
    drawn = [each.task for each in draw_parents(pairs, Params(children=400, parents="progress"), generator(1))]
    assert drawn.count(0) == 0
    assert 260 < drawn.count(1) < 340


def test_the_order_of_the_pairs_does_not_matter():
    pairs = [pair(i, 250.0) for i in range(5)]
    assert draw_parents(pairs, Params(), generator(3)) == draw_parents(pairs[::-1], Params(), generator(3))


def test_children_are_numbered_described_and_placed():
    parents = [task(4, genome=Errand()), task(2, genome=Errand(2.0, 1.0, 0.1))]
    children = offspring(parents, DOMAIN, lambda descriptor: int(descriptor[0] * 10), seed=1, generation=7, first=11)
    assert [(child.id, child.parent, child.generation) for child in children] == [(11, 4, 7), (12, 2, 7)]
    for child in children:
        assert child.descriptor == tuple(DOMAIN.tasks.describe(child.genome).tolist())
        assert child.niche == int(child.descriptor[0] * 10)
        assert (child.outcome, math.isnan(child.score)) == ("not chosen", True)
    again = offspring(parents[1:], DOMAIN, lambda _: 0, seed=1, generation=7, first=12)
    assert again[0].genome == children[1].genome


@given(st.lists(st.integers(0, 2**64 - 1), max_size=30))
def test_no_chain_of_mutations_leaves_the_limits(keys):
    genome = DOMAIN.tasks.first()
    for key in keys:
        genome = DOMAIN.tasks.mutate(genome, key)
        assert DOMAIN.tasks.decode(DOMAIN.tasks.encode(genome)) == genome
        assert 0 <= genome.wind <= 0.6


def test_duplicates_and_taken_niches_are_told_apart():
    first, second = Errand(1.0, 1.0), Errand(2.0, 2.0)
    children = [
        task(5, genome=first, niche=3),
        task(6, genome=second, niche=4),
        task(7, genome=second, niche=4),
        task(8, genome=Errand(3.0, 3.0), niche=9),
        task(9, genome=Errand(4.0, 3.0), niche=9),
    ]
    sifted = sift(children, [task(0, genome=first)], {4}, identity)
    assert [child.outcome for child in sifted] == ["duplicate", "niche taken", "duplicate", "not chosen", "not chosen"]


def test_the_identity_of_a_task_is_the_sha256_of_its_text():
    assert digest("{}") == "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
    assert identity(Errand(1.0, 0.0)) == digest(json.dumps({"x": 1.0, "y": 0.0, "wind": 0.0}, separators=(",", ":")))


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
