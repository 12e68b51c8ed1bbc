"""A search whose one agent scores what can be done on web sites, learning by gradient."""

import numpy as np
import pytest

from openended.file.errors import Usage
from openended.file.reader import Reader
from openended.file.verify import verify
from openended.run import driver, recipe
from tests.support.short_runs import WALKERS, done

pytestmark = pytest.mark.slow
SETTINGS = WALKERS["web-scorer"]


def run(path, generations, threads):
    driver.run(path, recipe.check(SETTINGS | {"generations": generations}, "short", "short.toml"), threads=threads)


def test_stopped_and_resumed_by_other_threads_it_does_the_same(tmp_path):
    straight, stopped = tmp_path / "straight.run", tmp_path / "stopped.run"
    run(straight, 4, 1)
    run(stopped, 2, 2)
    run(stopped, 4, 2)
    assert done(straight) == done(stopped)
    assert verify(stopped) == []
    with Reader(stopped) as reader:
        learner = reader.state().learners[0]
    assert learner.steps == 4
    assert set(learner.memory) >= {"critic", "m", "v", "t", "moments"}
    assert np.isfinite(learner.agent).all()


@pytest.mark.parametrize("potential", ["update", "disagreement"])
def test_a_potential_that_is_not_measured_for_scorers_is_refused(potential):
    with pytest.raises(Usage, match=f"{potential}' is not measured for a policy of the kind scorer"):
        recipe.check(SETTINGS | {"potential": {"kind": potential}}, "short", "short.toml")
