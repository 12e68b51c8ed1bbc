"""Which potentials a maze without a way to its goal fools: it has nothing to teach, whatever an agent does in it."""

import numpy as np
import pytest

from openended.core.learners import ppo
from openended.core.learners.ppo import Proximal
from openended.core.potentials import POTENTIALS, Seen, potential
from openended.core.types import Job, Limits
from openended.envs.maze.domain import MAZE
from openended.envs.maze.maze import from_text
from openended.run.threads import ThreadExecutor

HOPELESS = from_text("#######\n#>..#.#\n#...#.#\n#...#G#\n#...#.#\n#...#.#\n#######", cap=40)
HOPEFUL = from_text("#######\n#>....#\n#.....#\n#...#G#\n#...#.#\n#...#.#\n#######", cap=40)
SETTINGS = Proximal(environments=64, steps=128, updates=1, minibatch=1024)


@pytest.fixture(scope="module")
def potentials():
    """By name, those of the mazes with a way and without one, at the second look of an agent that knows nothing."""
    policy = MAZE.policies.default
    executor = ThreadExecutor(MAZE, policy, 1, np.zeros(1, np.uint8))
    learner = ppo.start(SETTINGS, 0, ppo.first_agent(policy, 1))
    job = Job((HOPEFUL, HOPELESS), learner, 5, train=False)
    with executor:
        (learned,) = ppo.learn([job], SETTINGS, Limits(cap=40), executor)
    found = {}
    for visit in learned.visits:
        assert len(visit.returns) > 50
        best = float(visit.returns.max())
        found[visit.task] = {
            kind: potential(kind, Seen(visit, before=0.0, best=best, solved=0.05)) for kind in POTENTIALS
        }
    return found


def test_scores_of_returns_see_that_there_is_nothing_to_learn(potentials):
    with_a_way, without = potentials[0], potentials[1]
    for kind in ("learnability", "progress", "regret", "variance"):
        assert with_a_way[kind] > 0, kind
        assert without[kind] == 0, kind


def test_scores_of_a_critic_are_fooled_by_its_errors(potentials):
    assert potentials[1]["positive_value_loss"] > 0
    assert potentials[1]["max_mc"] != 0
    assert potentials[1]["uniform"] == potentials[0]["uniform"]
    np.testing.assert_array_less(0, [potentials[0]["positive_value_loss"]])
