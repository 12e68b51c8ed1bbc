"""Search for a witness: what is found is what the run accepts, to the bit."""

import json
import math

import numpy as np
import pytest

from openended import envs
from openended.core import learners
from openended.core.keys import key
from openended.core.work import Batch, Job, Limits
from openended.envs.acting import act, read_actions
from openended.file.errors import Usage
from openended.run import recipe
from openended.run.threads import ThreadExecutor
from openended.studio.search import STEPS, Search, acted, learns
from openended.studio.stage import Stage, staged
from tests.support.altered import altered

AWAY = {"x": 1.5, "y": 1.0, "wind": 0.05}


@pytest.fixture
def stage(finished, monkeypatch):
    monkeypatch.setitem(envs.DOMAINS, "point-v1", "tests.support.handmade_point:HANDS")
    return staged(finished)


def searched(stage, task, agent=None):
    genome = stage.domain.tasks.decode(json.dumps(task, separators=(",", ":")))
    agent = stage.policy.init(3) if agent is None else agent
    return Search(stage, genome, agent, np.zeros(1, np.uint8)), genome


def test_an_agent_is_trained_by_the_runs_learner_and_its_episode_is_a_witness(stage):
    mine, genome = searched(stage, AWAY)
    lines = list(mine.run())
    steps, found = [line for line in lines if "step" in line], lines[-1]
    assert [line["step"] for line in steps] == list(range(len(steps)))
    assert len(steps) > 1  # it is not solved at once
    solved = stage.config["criterion"]["solved"]
    assert steps[-1]["return"] >= solved > steps[0]["return"]
    assert steps[-1]["best"] == max(line["return"] for line in steps)
    actions = read_actions(stage.domain.simulator.actions, json.loads(json.dumps(found["found"])))
    again = act(stage.domain.simulator, genome, actions, stage.cap, 0)
    assert math.fsum(again.rewards.tolist()) == found["return"] >= solved
    assert found["film"]["steps"] == len(actions)
    assert list(mine.run()) == lines  # same key, same bits

    # the same training by hand
    params = recipe.check(stage.config, "toy", "here").params
    learner = learners.kind(params.learner).start(params.learner, 0, mine.agent)
    limits = Limits(params.episodes.train_cap or params.episodes.cap, params.episodes.stall)
    with ThreadExecutor(stage.domain, stage.policy, 1, np.zeros(1, np.uint8)) as executor:
        for line in steps:
            batch = Batch(
                (genome,), learner.agent[None], np.zeros((1, 2), np.int32), np.zeros(1, np.uint64), Limits(stage.cap)
            )
            assert executor.evaluate(batch).returns[0] == line["return"]
            job = Job((genome,), learner, key(stage.config["seed"], line["step"] + 1, "search for a witness"))
            learner = executor.learn([job], params.learner, limits)[0].learner


def test_what_cannot_be_solved_is_given_up_and_a_search_is_stopped(stage):
    mine, _ = searched(stage, {"x": 5.0, "y": 5.0, "wind": 3.0})
    *steps, last = mine.run()
    assert last == {"found": None}
    assert [line["step"] for line in steps] == list(range(STEPS + 1))
    lines = mine.run()
    assert next(lines)["step"] == 0
    mine.stop[0] = 1
    assert list(lines) == []


def test_actions_of_numbers_have_few_digits_and_are_what_was_done(stage):
    genome = stage.domain.tasks.decode(json.dumps(AWAY, separators=(",", ":")))
    actions, trace = acted(stage, genome, stage.policy.init(3))
    assert all(len(repr(part)) <= 6 for action in actions for part in action)
    assert act(stage.domain.simulator, genome, np.array(actions, np.float32), stage.cap, 0).rewards.tolist() == (
        trace.rewards.tolist()
    )


def test_where_nothing_can_be_searched_a_sentence_says_so(stage):
    assert learns(stage.config)
    assert not learns({})
    for kind in ("external", "imitation"):
        other = Stage(stage.domain, stage.policy, stage.config | {"learner": {"kind": kind}})
        with pytest.raises(Usage, match="nothing to search with"):
            list(searched(other, AWAY)[0].run())
    mute = Stage(altered(stage.domain, simulator={"begin": None}), stage.policy, stage.config)
    with pytest.raises(Usage, match="nobody can act by hand"):
        list(searched(mute, AWAY)[0].run())
