"""Which potentials a maze without a way to its goal fools: it has nothing to teach, whatever an agent does in it."""

import numpy as np
import pytest

from openended.core.learners import ppo
from openended.core.learners.ppo import Proximal
from openended.core.potentials import Seen, potentials
from openended.core.work import Job, Limits
from openended.envs.maze.domain import MAZE
from openended.envs.maze.maze import from_text
from openended.run.threads import ThreadExecutor

HOPELESS = from_text("#######\n#>..#.#\n#...#.#\n#...#G#\n#...#.#\n#...#.#\n#######", cap=40)
HOPEFUL = from_text("#######\n#>....#\n#.....#\n#...#G#\n#...#.#\n#...#.#\n#######", cap=40)
SETTINGS = Proximal(environments=64, steps=128, updates=1, minibatch=1024)


POLICY = MAZE.policies.make("mlp", (16, 16))


@pytest.fixture(scope="module")
def with_a_way_and_without():
    """The potentials of both mazes, by name, at the look of an agent that knows nothing."""
    learner = ppo.start(SETTINGS, 0, ppo.first_agent(POLICY, 1))
    job = Job((HOPEFUL, HOPELESS), learner, 5, train=False, appraise=True)
    with ThreadExecutor(MAZE, POLICY, 1, np.zeros(1, np.uint8)) as executor:
        (learned,) = ppo.learn([job], SETTINGS, Limits(cap=40), executor)
    assert [visit.task for visit in learned.visits] == [0, 1]
    assert all(len(visit.returns) > 50 for visit in learned.visits)
    return [
        potentials(Seen(visit, 0.0, float(visit.returns.max()), novelty=0.0, witness=0.0, solved=0.05))
        for visit in learned.visits
    ]


def test_scores_of_returns_see_that_there_is_nothing_to_learn(with_a_way_and_without):
    with_a_way, without = with_a_way_and_without
    for kind in ("learnability", "progress", "regret", "variance"):
        assert with_a_way[kind] > 0, kind
        assert without[kind] == 0, kind


def test_scores_of_a_critic_are_fooled_by_its_errors(with_a_way_and_without):
    with_a_way, without = with_a_way_and_without
    for kind in ("positive_value_loss", "update"):
        assert with_a_way[kind] > 0, kind
        assert without[kind] > 0, kind
    assert without["max_mc"] != 0
