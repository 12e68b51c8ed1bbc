"""Whole episodes off the queue: the same at any number of lanes and threads, and what a trace of them tells."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from openended.envs.api import Queue
from openended.envs.walker.courses.course import course
from openended.envs.walker.domain import WALKER
from openended.envs.walker.simulation.episode import PROGRESS, run, suitable, work
from openended.envs.walker.simulation.trace import trace
from tests.support.harsh import any_task
from tests.support.widths import LANES, NATIVE

DOMAIN = WALKER
TASKS = [DOMAIN.tasks.first(), *(any_task(key) for key in range(5))]
SCALES = {18: 3, 129: 5, 24: 8, 1: 1, 2: 2, 3: 3, 4: 1, 5: 2}
"""Random agents by key, and how much larger than usual their parameters are; the first one gets ahead."""
AGENTS = np.stack([DOMAIN.policies.default.init(key) * np.float32(scale) for key, scale in SCALES.items()])
WHICH = np.array([(task, agent) for agent in range(len(AGENTS)) for task in range(len(TASKS))], np.int32)
CAP, STALL = 250, 60


@pytest.fixture(scope="module")
def ground():
    return DOMAIN.simulator.prepare(TASKS)


def queue(ground, cap=CAP, stall=STALL, which=WHICH):
    made = Queue(ground, DOMAIN.policies.default, AGENTS, which, np.zeros(len(which), np.uint64), cap, stall)
    made.facts.update({name: np.zeros(len(which), dtype) for name, dtype in DOMAIN.simulator.facts.items()})
    return made


def results(done):
    return (done.returns.tobytes(), done.steps.tobytes(), *(values.tobytes() for values in done.facts.values()))


@pytest.fixture(scope="module")
def scalar(ground):
    """Every episode in a single world."""
    done = queue(ground)
    run(done, 1)
    return done


def expected(task, agent, cap, stall):
    """Return, steps and distance of an episode, counted from its trace, which knows no stall rule."""
    seen = trace(course(TASKS[task]), DOMAIN.policies.default, AGENTS[agent], cap)
    x = seen.scene["position"][:, 0, 0]
    farthest, gained, steps = x[0], 0, 0
    while steps < len(seen.rewards):
        steps += 1
        if x[steps] > farthest + PROGRESS:
            farthest, gained = x[steps], steps
        if stall and steps - gained >= stall:
            break
    return float(np.cumsum(seen.rewards)[steps - 1]), steps, float(x[steps])


@pytest.mark.parametrize("policy", [("mlp", (9,)), ("mlp", (33, 5, 8)), ("gru", (12, 7))], ids=str)
def test_any_policy_walks_in_lanes_as_it_does_in_its_trace(policy):
    made = DOMAIN.policies.make(*policy)
    agents = np.stack([made.init(key) * np.float32(3) for key in range(4)])
    which = np.array([(task, agent) for task in (0, 2) for agent in range(4)], np.int32)
    done = Queue(DOMAIN.simulator.prepare(TASKS), made, agents, which, np.zeros(8, np.uint64), 150)
    DOMAIN.simulator.rollouts(done)
    for episode, (task, agent) in enumerate(which):
        seen = DOMAIN.simulator.trace(TASKS[task], made, agents[agent], 0, 150)
        assert (done.steps[episode], done.returns[episode]) == (len(seen.rewards), np.cumsum(seen.rewards)[-1])


@pytest.mark.parametrize("stall", [0, STALL])
@pytest.mark.parametrize("cap", [40, CAP])
def test_the_cap_and_the_stall_rule_end_an_episode_where_its_trace_says(ground, cap, stall):
    which = WHICH[::5]
    done = queue(ground, cap, stall, which)
    run(done, 1)
    told = list(zip(done.returns.tolist(), done.steps.tolist(), done.facts["distance"].tolist(), strict=True))
    assert told == [expected(task, agent, cap, stall) for task, agent in which]


def test_episodes_of_the_examples_end_in_every_way(scalar):
    fallen = scalar.returns < -90
    assert 5 < fallen.sum() < len(WHICH) - 5
    assert ((scalar.steps < CAP) & ~fallen).any()
    assert (scalar.steps == CAP).any()


@pytest.mark.parametrize("width", LANES)
def test_lanes_that_refill_give_what_a_single_world_gives(ground, scalar, width):
    done = queue(ground)
    run(done, width)
    assert results(done) == results(scalar)


@pytest.mark.parametrize("count", [2, 3])
@pytest.mark.parametrize("width", LANES)
def test_groups_whose_worlds_change_places_give_what_a_single_world_gives(ground, scalar, width, count):
    done = queue(ground)
    run(done, width, count=count)
    assert results(done) == results(scalar)


def test_each_thread_takes_no_more_lanes_than_leave_others_some_work():
    assert [suitable(episodes, 1, 16) for episodes in (1, 63, 64, 127, 128, 500)] == [1, 1, 1, 1, 2, 6]
    assert suitable(500, 8, 16) == 1
    assert suitable(768, 4, 16) == 3


def test_a_lane_may_stay_empty(ground, scalar):
    done = queue(ground, which=WHICH[:3])
    run(done, NATIVE)
    assert done.returns.tobytes() == scalar.returns[:3].tobytes()
    assert done.steps.tobytes() == scalar.steps[:3].tobytes()


@pytest.mark.parametrize("angle", [0.0, 1.0])
def test_episodes_that_lanes_hand_over_to_a_single_world_give_the_same(ground, scalar, angle):
    done = queue(ground)
    run(done, NATIVE, np.float32(angle))
    assert results(done) == results(scalar)


def test_lanes_hand_over_the_episodes_in_which_a_body_turns_too_far(ground):
    done = queue(ground)
    handed_over = work(done, slice(0, len(WHICH)), done.taken, NATIVE, np.float32(2.0))
    assert 0 < len(handed_over) < len(WHICH)
    assert np.isnan(done.returns[handed_over]).all()
    assert np.isnan(done.returns).sum() == len(handed_over)


def test_threads_share_a_queue_without_a_trace_in_the_results(ground, scalar):
    done = queue(ground)
    with ThreadPoolExecutor(3) as threads:
        for each in [threads.submit(run, done, NATIVE) for _ in range(3)]:
            each.result()
    assert results(done) == results(scalar)
    assert done.taken[0] >= len(WHICH)


def test_a_stopped_queue_is_left_alone(ground):
    done = queue(ground)
    done.stop[0] = 1
    run(done, NATIVE)
    assert np.isnan(done.returns).all()
    assert not done.steps.any()
