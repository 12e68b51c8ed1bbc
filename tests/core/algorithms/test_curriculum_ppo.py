"""A curriculum whose shared learner has a critic: all potentials are told, and nothing depends on what was measured."""

from dataclasses import replace

import numpy as np

from openended.core.algorithms import curriculum
from openended.core.algorithms.curriculum import Params
from openended.core.learners import Proximal
from openended.core.potentials import CRITICS, Potential
from openended.core.states import after
from openended.core.types import State
from tests.core.algorithms.test_curriculum import COMMON, DOMAIN, REPLAYED
from tests.support import serial
from tests.support.recorded_point import OneThread, experience

RECORDED = replace(DOMAIN, simulator=replace(DOMAIN.simulator, experience=experience))
LEARNER = Proximal(environments=16, steps=64, updates=1, minibatch=256, epochs=1)
PARAMS = Params(**COMMON | {"learner": LEARNER, "replay": REPLAYED, "potential": Potential("update")})


def means():
    curriculum.check(PARAMS, RECORDED)
    return serial.means(PARAMS, RECORDED, executor=OneThread(RECORDED, PARAMS.policy.of(RECORDED)))


def test_a_learner_with_a_critic_tells_all_potentials_and_one_of_them_decides():
    history = serial.advance(curriculum, means(), 20)
    told = [each for _, changes in history for each in changes.potentials]
    assert len(told) > 30
    for each in told:
        assert all(np.isfinite(each.by_name[name]) for name in CRITICS if name != "max_mc")
        assert np.isfinite(each.by_name["max_mc"]) == np.isfinite(each.mean_return)
        assert each.by_name["update"] > 0
    last = {each.task: each for each in told}
    assert {task: pair.potential for task, pair in history[-1][0].pairs.items() if task in last} == {
        task: each.by_name["update"] for task, each in last.items()
    }
    assert any(each.by_name["disagreement"] > 0 for each in told)


def test_earlier_critics_are_part_of_the_state():
    total, history = State(-1), serial.advance(curriculum, means(), 6)
    for _, changes in history:
        total = after(total, changes)
    assert total.learners[0].memory["critics"].shape == (3, len(total.learners[0].memory["critic"]))
    again = curriculum.step(means(), total)[1]
    assert str(again.potentials) == str(curriculum.step(means(), history[-1][0])[1].potentials)


def test_a_run_that_keeps_no_tasks_measures_nothing_that_costs():
    bare = replace(PARAMS, replay=replace(REPLAYED, probability=0.0))
    executor = OneThread(RECORDED, bare.policy.of(RECORDED))
    (*_, (state, changes)) = serial.advance(curriculum, serial.means(bare, RECORDED, executor=executor), 3)
    assert changes.potentials == ()
    assert "critics" not in state.learners[0].memory
