import json
import pickle
from dataclasses import asdict

import gymnasium
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env, data_equivalence
from gymnasium.vector import AutoresetMode

import openended.gymnasium  # noqa: F401 (registers the ids)
from openended.envs.api import Queue
from openended.envs.forward import controller
from openended.envs.walker.courses.course import course
from openended.envs.walker.courses.task import WalkerTask
from openended.envs.walker.cppn_domain import WALKER_CPPN
from openended.envs.walker.domain import WALKER
from openended.envs.walker.drawn.domain import WALKER_DRAWN
from openended.envs.walker.gymnasium.task import CourseWalker, CourseWalkerVector

ID = "openended/Course-v0"
TASK = WalkerTask(roughness=2.5, pit_gap=(0.4, 1.6), stump_height=(0.2, 0.6), terrain_seed=71)
HILLS = WALKER_CPPN.tasks.mutate(WALKER_CPPN.tasks.mutate(WALKER_CPPN.tasks.first(), 3), 5)
DRAWN = WALKER_DRAWN.tasks.random(4)


def fitness(domain, task, agent, cap):
    which, keys = np.zeros((1, 2), np.int32), np.zeros(1, np.uint64)
    queue = Queue(domain.simulator.prepare([task]), domain.policies.default, agent[None], which, keys, cap)
    domain.simulator.rollouts(queue)
    return queue.returns[0], queue.steps[0]


def rewards(env, act):
    observation, _ = env.reset()
    total, steps, over = 0.0, 0, False
    while not over:
        observation, reward, terminated, truncated, _ = env.step(act(observation))
        total, steps, over = total + reward, steps + 1, terminated or truncated
    return total, steps


@pytest.mark.parametrize("key", range(6))
@pytest.mark.parametrize(
    ("domain", "task"), [(WALKER, TASK), (WALKER_CPPN, HILLS), (WALKER_DRAWN, DRAWN)], ids=lambda value: ""
)
def test_an_agent_earns_what_a_search_would_score_to_the_bit(domain, task, key):
    agent, cap = 4 * domain.policies.default.init(key), (400, 2000)[key % 2]
    env = gymnasium.make(ID, task=domain.tasks.encode(task), domain=domain.id, max_episode_steps=cap)
    assert rewards(env, controller(domain.policies.default, agent)) == fitness(domain, task, agent, cap)


@pytest.mark.parametrize(
    "form",
    [
        TASK,
        course(TASK),
        asdict(TASK),
        json.loads(WALKER.tasks.encode(TASK)),
        WALKER.tasks.encode(TASK),
        json.dumps(asdict(TASK), indent=2),
    ],
    ids=["value", "course", "dict", "dict with lists", "canonical", "spaced"],
)
def test_a_task_may_be_given_in_any_form(form):
    assert same(gymnasium.make(ID, task=form), gymnasium.make(ID, task=TASK))
    assert not same(gymnasium.make(ID, task=form), gymnasium.make(ID))


def same(one, other):
    """Whether two environments have the same first 20 steps."""
    actions = np.random.default_rng(0).uniform(-1, 1, (20, 4)).astype(np.float32)
    episodes = [[env.reset(seed=1), *(env.step(action) for action in actions)] for env in (one, other)]
    return data_equivalence(*episodes, exact=True)


def test_a_copy_is_a_new_environment_of_the_same_course():
    env = CourseWalker(asdict(TASK), render_mode="rgb_array")
    env.reset(seed=1)
    twin = pickle.loads(pickle.dumps(env))
    assert same(twin, env)
    assert twin.render().tobytes() == env.render().tobytes()


def test_without_a_task_the_ground_is_that_of_the_first():
    assert same(gymnasium.make(ID), gymnasium.make(ID, task=WalkerTask()))


def test_the_course_does_not_depend_on_the_seed():
    env = CourseWalker(TASK)
    first, _ = env.reset(seed=1)
    assert (env.reset(seed=2)[0] == first).all()
    assert (env.reset()[0] == first).all()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ({"task": "flat"}, "walker task is not JSON"),
        ({"task": "[" * 99_999}, "walker task is not JSON"),
        ({"task": {"roughness": 1.0}}, "exactly the keys"),
        ({"task": asdict(TASK) | {"roughness": 99.0}}, "roughness is 99.0"),
        ({"task": {"roughness": np.float32(1)}}, "more than JSON"),
        ({"task": 7}, "type int was given"),
        ({"task": HILLS}, "type Hills was given; give its JSON, a dict or a walker-v1 task"),
        ({"domain": "walker-v9"}, "no domain 'walker-v9'"),
        ({"domain": "point-v1"}, "point-v1 is no domain of walkers"),
    ],
)
@pytest.mark.parametrize("kind", [CourseWalker, CourseWalkerVector])
def test_what_is_no_task_is_refused(point, kind, arguments, told):
    with pytest.raises((ValueError, LookupError), match=told):
        kind(**arguments)


def test_gymnasiums_checker_finds_nothing():
    check_env(gymnasium.make(ID, task=TASK, render_mode="rgb_array").unwrapped)


def test_stable_baselines_checker_finds_nothing():
    from stable_baselines3.common import env_checker  # takes seconds, as it loads torch

    env_checker.check_env(gymnasium.make(ID, task=asdict(TASK)), warn=True)


class Curriculum(CourseWalker):
    """Rougher ground at every reset."""

    resets = 0

    def next_course(self):
        self.resets += 1
        return self.course(WalkerTask(roughness=float(self.resets)))


class Curricula(CourseWalkerVector):
    def next_course(self, i):
        return self.course(WalkerTask(roughness=float(self.np_random[i].integers(1, 9))))


def test_a_subclass_is_a_curriculum():
    env = Curriculum()
    for count in (1, 2, 3):
        assert env.reset()[0].tobytes() == CourseWalker(WalkerTask(roughness=float(count))).reset()[0].tobytes()
    assert env.resets == 3


def test_chance_in_a_vector_of_curricula_comes_from_its_seeds():
    one, other = Curricula(3, 20), Curricula(3, 20)
    for lanes in (one, other):
        lanes.reset(seed=4)
    for _ in range(50):
        assert data_equivalence(one.step(np.ones((3, 4))), other.step(np.ones((3, 4))), exact=True)


@pytest.mark.parametrize("mode", [mode.value for mode in AutoresetMode if mode is not AutoresetMode.DISABLED])
def test_lanes_give_the_bits_of_single_environments_in_a_loop(mode):
    arguments = {"task": asdict(TASK), "max_episode_steps": 60}
    lanes = gymnasium.make_vec(ID, 5, "vector_entry_point", autoreset_mode=mode, **arguments)
    loop = gymnasium.make_vec(ID, 5, "sync", vector_kwargs={"autoreset_mode": mode}, **arguments)
    assert isinstance(lanes, CourseWalkerVector)
    random = np.random.default_rng(5)
    assert data_equivalence(lanes.reset(seed=5), loop.reset(seed=5), exact=True)
    for _ in range(130):
        actions = random.uniform(-1, 1, (5, 4)).astype(np.float32)
        assert data_equivalence(lanes.step(actions), loop.step(actions), exact=True)


def test_the_id_is_known_with_the_limit_and_threshold_of_poet():
    spec = gymnasium.spec(ID)
    assert (spec.max_episode_steps, spec.reward_threshold) == (2000, 230)


def test_an_environment_can_be_made_from_its_spec_as_json():
    env = gymnasium.make(ID, task=asdict(TASK), domain="walker-poet-v1")
    assert same(gymnasium.make(gymnasium.envs.registration.EnvSpec.from_json(env.spec.to_json())), env)
    assert env.unwrapped.domain.id == "walker-poet-v1"
