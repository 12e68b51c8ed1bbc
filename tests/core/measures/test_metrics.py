import math

import pytest

from openended.core.archive import Archive
from openended.core.criterion import Bounds
from openended.core.measures.annecs import annecs, annecs_code
from openended.core.measures.metrics import measure
from openended.core.niches import Niches
from openended.core.types import Counters
from tests.support.handmade import GRID, archive, pair, state, task
from tests.support.point import POINT, Errand

TASKS = {id: task(id, (7.9 * id / 3, 0.0), parent=id - 1, genome=Errand(float(id))) for id in range(4)}
PAIRS = [pair(0, 280.0, active=False), pair(1, 230.0), pair(2, 229.9), pair(3, 290.0, active=False, retired=5)]


def test_annecs_counts_admitted_tasks_once_they_are_solved_but_not_the_first():
    rows = archive(PAIRS, TASKS).rows
    assert annecs(rows, Bounds(solved=230)) == 2
    assert annecs(rows, Bounds(solved=229)) == 3


def test_metrics_by_hand():
    counters = Counters(tasks_created=9, transfers_tried=4, transfers_accepted=1, annecs=2)
    assert measure(archive(PAIRS, TASKS, Niches(cells=(10, 1))), counters, Bounds()) == {
        "elites": 4,
        "coverage": 0.4,
        "qd_score": 1429.9,
        "best": 290.0,
        "mean_fitness": 257.475,
        "active": 2,
        "solved": 3,
        "niches_solved": 3,
        "tasks_created": 9,
        "transfers_tried": 4,
        "transfers_accepted": 1,
        "annecs": 2,
    }


def known(solved, scores):
    """Columns in which task 2 was made in generation 6 and agent 0 had retired by then; tasks 1 and 2 are children."""
    tasks = {id: task(id, genome=Errand(float(id)), generation=3 * id) for id in range(4)}
    pairs = [pair(0, 290.0, retired=5), pair(1, 0.0, retired=6), pair(2, 240.0 if solved else 200.0), pair(3, 10.0)]
    return Archive(GRID, POINT).at(state(tasks, {each.task: each for each in pairs}, scores=scores)).rows


@pytest.mark.parametrize(
    ("solved", "best", "paper", "code"),
    [
        (True, 100.0, 1, 1),
        (True, 20.0, 1, 0),  # none of the retired meets the lower bound, which only the code asks for
        (True, 301.0, 0, 0),  # one of the retired masters it
        (False, 100.0, 0, 1),  # the code does not ask whether it is ever solved
        (True, math.nan, 1, 0),
    ],
)
def test_annecs_in_both_definitions(solved, best, paper, code):
    rows = known(solved, {(0, 2): best, (1, 2): 999.0, (0, 0): 999.0})
    assert annecs(rows, Bounds(50, 300, 230)) == paper
    assert annecs_code(rows, Bounds(50, 300, 230)) == code


def test_before_anyone_has_retired_only_the_papers_annecs_can_rise():
    rows = known(True, {})
    assert all(map(math.isnan, rows["earlier"]))
    assert annecs(rows, Bounds(50, 300, 230)) == 1
    assert annecs_code(rows, Bounds(50, 300, 230)) == 0
