from openended.core.archive import Statistics
from openended.core.criterion import Params as Criterion
from openended.core.measures.metrics import annecs, measure
from openended.core.types import Counters, State
from tests.support.handmade import pair, task

TASKS = {0: task(0, parent=-1), 1: task(1, parent=0), 2: task(2, parent=1), 3: task(3, parent=0)}
PAIRS = {
    0: pair(0, 280.0, active=False),
    1: pair(1, 230.0),
    2: pair(2, 229.9),
    3: pair(3, 290.0, active=False, retired=5),
}


def test_annecs_counts_admitted_tasks_once_they_are_solved_but_not_the_first():
    assert annecs(TASKS, PAIRS.values(), Criterion(solved=230), {}) == 2
    assert annecs(TASKS, PAIRS.values(), Criterion(solved=229), {}) == 3


def test_metrics_by_hand():
    counters = Counters(tasks_created=9, transfers_tried=4, transfers_accepted=1, annecs=2)
    measured = measure(State(6, TASKS, PAIRS, counters), Statistics(4, 0.4, 1429.9, 290.0, 257.475), Criterion())
    assert measured == {
        "elites": 4,
        "coverage": 0.4,
        "qd_score": 1429.9,
        "best": 290.0,
        "mean_fitness": 257.475,
        "active": 2,
        "solved": 3,
        "tasks_created": 9,
        "transfers_tried": 4,
        "transfers_accepted": 1,
        "annecs": 2,
    }
