"""What a run file gives back is the state that the run had, to the bit, whatever the algorithm and the archive."""

import numpy as np
import pytest

from openended.core.algorithms import algorithm
from openended.file.reader import Reader
from openended.file.settings import Config, Head
from openended.file.writer import Writer, create
from openended.run.driver import advance
from tests.core.algorithms.test_laws import RUNS
from tests.support.handmade import plain
from tests.support.point import POINT
from tests.support.serial import SerialExecutor

NAMES = [name for name, (_, domain, _) in RUNS.items() if domain is POINT]


@pytest.mark.parametrize("name", NAMES)
def test_the_state_of_a_file_is_that_of_the_run_after_every_generation(name, point, tmp_path):
    kind, _, settings = RUNS[name]
    head = Head(question="?", domain="point-v1", algorithm=kind, generations=14)
    config = Config(name, head, algorithm(kind).Params(**settings))
    path = tmp_path / "states.run"
    create(path, name, config.settings(), {})
    compared = []

    def compare(state, changes, timing):
        with Reader(path) as run:
            assert plain(run.state()) == plain(state)
        compared.append(len(state.pairs))

    with Writer(path) as file:
        advance(file, config, SerialExecutor(POINT), np.zeros(1, np.uint8), compare)
    assert len(compared) == 15
    assert compared[-1] > 1
