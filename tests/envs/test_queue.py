"""Simulators made of three compiled functions: a walk on a line, in steps of its own choice, pushed by chance."""

import json
from dataclasses import asdict, astuple, dataclass

import numpy as np
import pytest

from openended.envs import forward
from openended.envs.api import Axis, Domain, Policies, Queue, Space, Tasks
from openended.envs.check import check_domain
from openended.envs.policy import Gru, Mlp, make, sampling
from openended.envs.queue import simulator
from openended.envs.random import between, generator, uniform
from openended.envs.simd.compiled import inlined

PLACE, DRAWS, BEST, HOME = range(4)


@dataclass(frozen=True)
class Line:
    """How far the goal is, and how strong pushes are."""

    far: float = 5.0
    push: float = 0.5


@inlined
def reset(line, key, state):
    state[PLACE] = between(key, 0, -2, 3)
    state[DRAWS] = 1.0


@inlined
def observe(line, state, seen):
    seen[0], seen[1], seen[2] = line[0] - state[PLACE], line[1], state[DRAWS] / 50


@inlined
def walk(line, key, state, action):
    state[PLACE] += (action - 1.0) + line[1] * (uniform(key, np.int64(state[DRAWS])) - 0.5)
    state[DRAWS] += 1.0
    gain = max(state[PLACE] - state[BEST], 0.0)
    state[BEST] += gain
    state[HOME] = state[PLACE] >= line[0]
    return gain, state[HOME] == 1.0 or state[PLACE] < -5.0


@inlined
def push(line, key, state, action):
    return walk(line, key, state, np.float64(action[0] + action[1]) + 1.0)


def decode(text):
    try:
        line = Line(**json.loads(text))
    except TypeError as error:
        raise ValueError(text) from error
    if encode(line) != text:
        raise ValueError(text)
    return line


def encode(line):
    return json.dumps(asdict(line))


def mutate(line, key):
    far, strong = generator(key).uniform([-1, -0.2], [1, 0.2])
    return Line(min(max(line.far + far, 1.0), 9.0), min(max(line.push + strong, 0.0), 1.0))


def describe(line):
    return np.array([line.far])


def domain(step, actions):
    facts = {"finished": (bool, HOME), "place": (np.float32, PLACE)}
    return Domain(
        id="line-v1",
        axes=(Axis("far", 0.0, 10.0, "m"),),
        tasks=Tasks(first=Line, mutate=mutate, describe=describe, encode=encode, decode=decode),
        simulator=simulator(
            reset, observe, step, row=astuple, size=4, observations=Space(3), actions=actions, facts=facts,
            lowest_return=0.0, deterministic=False, progress=BEST,
        ),
        policies=Policies(
            Mlp((3, 6, actions.size), actions.discrete),
            lambda kind, hidden: make(kind, 3, hidden, actions.size, actions.discrete),
        ),
    )  # fmt: skip


CHOICES, PUSHES = domain(walk, Space(3, discrete=True)), domain(push, Space(2))


@pytest.fixture(params=[CHOICES, PUSHES], ids=["discrete", "continuous"])
def line(request):
    return request.param


def queue(line, policy=None, cap=60, stall=0, episodes=24):
    policy = policy or line.policies.default
    tasks = [line.tasks.mutate(Line(), key) for key in range(3)]
    agents = np.stack([policy.init(key) * np.float32(20) for key in range(4)])
    which = np.array([(i % 3, i % 4) for i in range(episodes)], np.int32)
    keys = np.arange(episodes, dtype=np.uint64)
    return tasks, Queue(line.simulator.prepare(tasks), policy, agents, which, keys, cap, stall)


def test_it_keeps_the_contract(line):
    check_domain(line, tasks=20)


def test_chance_comes_from_the_key_and_facts_from_the_last_state(line):
    tasks, done = queue(line)
    line.simulator.rollouts(done)
    assert (done.returns[:12] != done.returns[12:]).any(), "the same tasks and agents, other keys"
    for i in (0, 5, 7):
        trace = line.simulator.trace(tasks[done.which[i, 0]], done.policy, done.agents[done.which[i, 1]], i, 60)
        assert done.facts["place"][i] == np.float32(trace.scene["state"][-1, PLACE])
        assert done.facts["finished"][i] == (trace.scene["state"][-1, HOME] == 1)
        assert trace.scene["state"][0, PLACE] in range(-2, 3)
    assert done.facts["finished"].any()
    assert not done.facts["finished"].all()


def test_actions_are_choices_in_a_discrete_space_and_numbers_in_a_continuous_one(line):
    tasks, done = queue(line)
    trace = line.simulator.trace(tasks[0], done.policy, done.agents[0], 0, 60)
    if line.simulator.actions.discrete:
        assert trace.actions.dtype == np.int64
        assert set(trace.actions.tolist()) <= {0, 1, 2}
    else:
        assert trace.actions.shape == (len(trace.rewards), 2)
        assert np.abs(trace.actions).max() <= 1


def test_an_episode_that_stalls_ends_so_many_steps_after_its_last_progress(line):
    tasks, done = queue(line, cap=1000, stall=7)
    line.simulator.rollouts(done)
    ends = set()
    for i, steps in enumerate(done.steps.tolist()):
        task, agent = done.which[i]
        trace = line.simulator.trace(tasks[task], done.policy, done.agents[agent], i, 1000)
        gains = np.flatnonzero(trace.rewards[:steps] > 0)
        idle = steps - (gains[-1] + 1 if len(gains) else 0)
        assert idle <= 7
        ends.add(idle == 7)
    assert True in ends


def test_a_network_with_memory_starts_every_episode_without_any(line):
    policy = Gru((3, 5, 4, line.simulator.actions.size), line.simulator.actions.discrete)
    _, first = queue(line, policy)
    line.simulator.rollouts(first)
    _, backwards = queue(line, policy)
    backwards.which, backwards.keys = first.which[::-1].copy(), first.keys[::-1].copy()
    line.simulator.rollouts(backwards)
    assert backwards.returns[::-1].tobytes() == first.returns.tobytes()


def test_sampled_actions_of_a_rollout_are_those_of_a_controller_with_its_key():
    policy = sampling(Mlp((3, 6, 3), discrete=True))
    tasks, done = queue(CHOICES, policy)
    CHOICES.simulator.rollouts(done)
    for i in (0, 5, 13):
        task, agent = done.which[i]
        trace = CHOICES.simulator.trace(tasks[task], policy, done.agents[agent], i, 60)
        act = forward.controller(policy, done.agents[agent], i)
        assert trace.actions.tolist() == [act(seen) for seen in trace.observations]
        assert trace.rewards.sum() == done.returns[i]
    _, likeliest = queue(CHOICES)
    CHOICES.simulator.rollouts(likeliest)
    assert (done.returns != likeliest.returns).any()
