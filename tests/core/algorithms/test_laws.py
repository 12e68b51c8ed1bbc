"""What must hold of a run of any algorithm: a state is the sum of the changes, a generation is a function of the state
before it, and the archive that follows the run is the one that would be made anew.
"""

from dataclasses import replace

import numpy as np
import pytest

from openended.core.algorithms import algorithm
from openended.core.archive import Archive
from openended.core.criterion import Bounds
from openended.core.learners import Strategy
from openended.core.niches import Niches
from openended.core.niching import Invention
from openended.core.potentials import Potential
from openended.core.replay import Law, Replay
from openended.core.reproduction import Making, Reproduction
from openended.core.selection import Population, Selection
from openended.core.specialists import Specialists
from openended.core.states import after
from openended.core.transfer import Exchange, Transfers
from openended.core.types import State
from tests.core.algorithms.test_curriculum import DOMAIN as EDITED
from tests.core.algorithms.test_direct import PATH, TARGET
from tests.support.handmade import plain
from tests.support.point import NOISY, POINT
from tests.support.serial import advance, means

COMMON = {"archive": Niches(cells=(8, 6)), "learner": Strategy(population=32, learning_rate=0.1, sigma=0.2)}
# Every child may be admitted and become a parent, so that all happens whatever the agents have learnt.
POPULATION = COMMON | {
    "criterion": Bounds(low=-100, high=290),
    "reproduction": Reproduction(every=4, threshold=-100, children=6, admitted=2),
    "transfer": Transfers(every=3),
    "active": Population(count=3),
}
ARCHIVE = COMMON | {
    "criterion": Bounds(low=-100, high=290),
    "reproduction": Making(every=2, threshold=-100),
    "transfer": Exchange(every=3, neighbours=4),
    "active": Selection(count=4, es_steps=2, newcomers=2),
}
REPLAYED = Replay(probability=0.8, capacity=10, batch=4, edits=4, parents=2, distinct=True)
SHARED = {
    "archive": Niches(cells=(8, 6)),
    "learner": Strategy(population=64, learning_rate=0.1, sigma=0.2),
    "criterion": Bounds(low=-100, high=290),
    "potential": Potential("variance"),
}
GENERALIST = SHARED | {
    "invention": Invention(count=6),
    "replay": Law(law="potential", staleness=0.3, distinct=True, batch=6),
    "specialists": Specialists(count=2, low=-100, visits=1, patience=2, critic=False),
    "transfer": Exchange(every=2, neighbours=2, close=1000),
}
RUNS = {
    "map-elites": ("map-elites", POINT, ARCHIVE),
    "map-elites in Voronoi cells": (
        "map-elites",
        POINT,
        ARCHIVE | {"archive": Niches(kind="cvt", cells=(40,), samples=400)},
    ),
    "map-elites where episodes vary": ("map-elites", NOISY, ARCHIVE),
    "accel": ("curriculum", EDITED, SHARED | {"replay": REPLAYED}),
    "generalist": ("generalist", POINT, GENERALIST),
    "poet": ("poet", POINT, POPULATION),
    "enhanced-poet": ("enhanced-poet", POINT, POPULATION),
    "direct": (
        "direct",
        PATH,
        COMMON | {"task": POINT.tasks.encode(TARGET), "curriculum": True, "threshold": 100.0},
    ),
}
GENERATIONS = 32
RESUMED = (0, 1, 5, 11, 12, 23, 30)
"""Generations after which the runs are taken up again by other means."""


class Run:
    def __init__(self, name):
        algorithm_name, self.domain, settings = RUNS[name]
        self.module = algorithm(algorithm_name)
        self.params = self.module.Params(**settings)
        self.means = self.fresh()
        self.followed = []
        self.history = []
        state = None
        for _ in range(GENERATIONS + 1):
            self.history += advance(self.module, self.means, 1, state)
            state = self.history[-1][0]
            self.followed.append(content(self.means.archive))

    def fresh(self):
        return means(self.params, self.domain)


def content(archive):
    """All that an archive holds and says, but for who of equals holds a niche, which nothing depends on."""
    data = archive.holders.data(["index", "objective"])
    niches = dict(sorted(zip(data["index"].tolist(), data["objective"].tolist(), strict=True)))
    points = archive.points.tobytes()
    return archive.rows.tobytes(), points, dict(archive.owners), set(archive.names), niches, archive.statistics()


@pytest.fixture(scope="module", params=RUNS)
def run(request):
    return Run(request.param)


def test_the_runs_do_what_they_are_to_test(run):
    state, _ = run.history[-1]
    assert len(state.pairs) > 2
    assert any(changes.transfers for _, changes in run.history) == (run.domain not in (PATH, EDITED))
    assert 0 < len(state.elites) <= state.counters.elites_found
    paired = run.params.learner.population == 32
    assert not paired or len(state.elites) == len(state.pairs) < state.counters.elites_found


def test_every_state_is_the_sum_of_the_changes_so_far(run):
    state = State(-1)
    for stepped, changes in run.history:
        state = after(state, changes)
        assert plain(state) == plain(stepped)


def test_a_run_taken_up_from_any_state_goes_on_as_if_it_had_never_stopped(run):
    for generation in RESUMED:
        state, _ = run.history[generation]
        ((_, changes),) = advance(run.module, run.fresh(), 1, state)
        assert plain(changes) == plain(run.history[generation + 1][1])


def test_a_run_taken_up_from_read_only_copies_in_another_order_gives_the_same_to_its_end(run):
    state, _ = run.history[12]

    def backwards(rows):
        return dict(reversed(list(rows.items())))

    tasks, learners, elites = (
        {id: replace(row, **frozen(row)) for id, row in backwards(rows).items()}
        for rows in (state.tasks, state.learners, state.elites)
    )
    scores, pairs = backwards(state.scores), backwards(state.pairs)
    copied = replace(state, tasks=tasks, pairs=pairs, learners=learners, elites=elites, scores=scores)
    again = advance(run.module, run.fresh(), GENERATIONS - 12, copied)
    assert [plain(changes) for _, changes in again] == [plain(changes) for _, changes in run.history[13:]]


def frozen(row):
    """Copies of a row's arrays that cannot be written."""
    copies = {}
    for name, value in vars(row).items():
        if isinstance(value, np.ndarray):
            copies[name] = locked(value)
        elif isinstance(value, dict):
            copies[name] = {key: locked(array) for key, array in value.items()}
    return copies


def locked(array):
    copy = array.copy()
    copy.setflags(write=False)
    return copy


def test_a_step_leaves_its_state_alone_and_can_be_repeated_by_the_same_means(run):
    for generation in (5, 11):
        state, before = run.history[generation][0], plain(run.history[generation][0])
        for _ in range(2):
            _, changes = run.module.step(run.means, state)
            assert plain(changes) == plain(run.history[generation + 1][1])
        assert plain(state) == before


def test_the_archive_that_followed_the_run_is_the_one_made_anew_from_each_state(run):
    for (state, _), followed in zip(run.history, run.followed, strict=True):
        assert content(Archive(run.params.archive, run.domain).at(state)) == followed
