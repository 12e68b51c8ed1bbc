from types import SimpleNamespace

import pytest

from openended.core.types import State, Task
from openended.envs.api import Axis
from openended.file.errors import Damaged
from openended.file.snapshot import cells, described, elites, snapshot
from openended.file.writer import Writer
from tests.support.point import Errand
from tests.view.conftest import changes, pair, shown


def test_a_niche_belongs_to_its_best_pair_and_among_equals_to_the_oldest():
    pairs = {0: pair(0, 5, 10.0), 1: pair(1, 5, 30.0), 2: pair(2, 5, 30.0), 3: pair(3, 1, -4.0)}
    assert {niche: held.task for niche, held in elites(pairs).items()} == {1: 3, 5: 1}


def test_one_number_of_cells_holds_for_all_axes():
    assert cells({"archive": {"kind": "grid", "cells": [10]}}, 3) == (10, 10, 10)
    assert cells({"archive": {"kind": "grid", "cells": [4, 5]}}, 2) == (4, 5)
    assert cells({"archive": {"kind": "cvt", "cells": [100]}}, 2) is None


def test_hardness_is_the_length_of_the_descriptor_over_the_ranges():
    domain = SimpleNamespace(axes=(Axis("height", 0.0, 2.0, "m"), Axis("gap", 1.0, 5.0, "m")))
    state = State(0, {4: Task(4, None, -1, 0, (0.6, 2.6), 0, "admitted", 0.0, "first")})
    assert shown("", {}, domain, state).hardness(pair(4, 0, 0.0)) == pytest.approx(0.5)


def test_a_descriptor_is_described_with_its_units():
    axes = (Axis("height", 0.0, 2.0, "m"), Axis("turns", 0.0, 9.0, "1"))
    assert described(axes, (0.6234, 4.0)) == "height 0.623 m, turns 4"


def test_a_file_with_a_niche_beyond_its_archive_is_damaged(made):
    with Writer(made({(0, 0): 280.0})) as run:
        far = Task(1, Errand(), 0, 1, (1.0, 0.0), 48, "too hard", 0.0, "mutation")
        run.commit(changes(1, (far,), ()), seconds=1.0)
        path = run.path
    with pytest.raises(Damaged, match="niches that its archive lacks"):
        snapshot(path)


def test_a_run_without_generations_has_no_elites(unstarted):
    view = snapshot(unstarted)
    assert (view.generation, view.elites, view.metrics) == (-1, {}, {})
