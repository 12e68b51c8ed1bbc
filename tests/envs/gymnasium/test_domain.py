"""Environments of Gymnasium as domains: the same results in processes, threads and here; what cannot be is refused."""

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import gymnasium
import numpy as np
import pytest

from openended import envs
from openended.envs.api import Queue
from openended.envs.check import check_domain
from openended.envs.forward import controller
from openended.envs.gymnasium import workers

CART = envs.registered("gymnasium").example
LANDER = {
    "id": "LunarLander-v3",
    "ranges": {"gravity": {"low": -11.9, "high": -2.0, "first": -10.0}, "wind_power": [0.0, 20.0]},
    "arguments": {"enable_wind": True},
}
SMOOTH = LANDER | {"arguments": {"enable_wind": True, "continuous": True}}
PENDULUM = {"id": "Pendulum-v1", "ranges": {"g": [5.0, 15.0]}}
FROZEN = {"id": "FrozenLake-v1", "ranges": {"success_rate": [0.4, 1.0]}}


def domain(table):
    return envs.domain("gymnasium", table)


def queue(made, threads=1, episodes=24, cap=120, scale=3):
    policy = made.policies.default
    tasks = [made.tasks.random(key) for key in range(3)]
    agents = np.stack([policy.init(key) * np.float32(scale) for key in range(4)])
    which = np.array([(i % 3, i % 4) for i in range(episodes)], np.int32)
    prepared = made.simulator.prepare(tasks)
    return Queue(prepared, policy, agents, which, np.arange(episodes, dtype=np.uint64), cap, threads=threads)


def run(made, queue):
    with ThreadPoolExecutor(queue.threads) as pool:
        for running in [pool.submit(made.simulator.rollouts, queue) for _ in range(queue.threads)]:
            running.result()
    return queue


@pytest.mark.parametrize("table", [CART, SMOOTH, PENDULUM, FROZEN], ids=lambda table: table["id"])
def test_it_keeps_the_contract(table):
    check_domain(domain(table), tasks=12)


@pytest.mark.parametrize("table", [LANDER, PENDULUM], ids=lambda table: table["id"])
def test_processes_give_what_the_calling_thread_gives_to_the_bit(table):
    made = domain(table)
    here, there = run(made, queue(made)), run(made, queue(made, threads=2))
    assert np.isfinite(here.returns).all()
    assert len(set(here.returns.tolist())) > 12
    assert here.returns.tobytes() == there.returns.tobytes()
    assert here.steps.tobytes() == there.steps.tobytes()
    assert here.facts["terminated"].tobytes() == there.facts["terminated"].tobytes()


@pytest.mark.parametrize("table", [LANDER, SMOOTH], ids=["discrete", "continuous"])
def test_an_episode_is_gymnasiums_own(table):
    made = domain(table)
    genome, policy, agent = made.tasks.random(5), made.policies.default, made.policies.default.init(2) * np.float32(4)
    names = dict(zip(table["ranges"], genome, strict=True))
    env, act = gymnasium.make(table["id"], **table["arguments"], **names), controller(policy, agent)
    observation, _ = env.reset(seed=11)
    total, over = 0.0, False
    while not over:
        action = act(observation)
        observation, reward, terminated, truncated, _ = env.step(action)
        total, over = total + float(reward), terminated or truncated
    assert sum(made.simulator.trace(genome, policy, agent, 11, 1000).rewards.tolist()) == total


def test_parameters_reach_the_environment_as_arguments_and_attributes():
    from openended.envs.gymnasium.episode import Episodes
    from openended.envs.gymnasium.settings import parsed

    env = Episodes(parsed(LANDER)).made((-3.0, 7.5)).unwrapped
    assert (env.gravity, env.wind_power, env.enable_wind) == (-3.0, 7.5, True)
    env = Episodes(parsed(CART)).made((6.0, 14.0)).unwrapped
    assert (env.gravity, env.force_mag) == (6.0, 14.0)


def test_numbers_in_minus_one_to_one_become_the_range_of_the_action_and_choices_count_from_the_first():
    from openended.envs.gymnasium.episode import Episodes
    from openended.envs.gymnasium.settings import parsed

    act = Episodes(parsed(PENDULUM)).act  # torques of -2 .. 2
    assert [float(act(np.array([x], np.float32))[0]) for x in (-1, 0, 0.5, 1)] == [-2, 0, 1, 2]
    assert Episodes(parsed(CART)).act(1) == 1


def test_a_stop_ends_processes_in_the_middle_of_an_episode():
    made = domain(PENDULUM | {"id": "tests.envs.gymnasium.slow:Slow-v0", "ranges": {"pause": [0.05, 0.1]}})
    slow = queue(made, threads=2, cap=100_000)
    with ThreadPoolExecutor(2) as pool:
        running = [pool.submit(made.simulator.rollouts, slow) for _ in range(2)]
        time.sleep(1.0)
        began = time.monotonic()
        slow.stop[0] = 1
        for each in running:
            each.result()
    assert time.monotonic() - began < 1.0
    assert np.isnan(slow.returns).all()
    assert not slow.steps.any()


def test_an_environment_that_kills_its_process_is_one_error():
    made = domain({"id": "tests.envs.gymnasium.slow:Slow-v0", "ranges": {"deadly": [0.0, 1.0]}})
    with pytest.raises(RuntimeError, match=r"a process that ran .*Slow-v0 has ended with code 3"):
        run(made, queue(made, threads=2))


def test_an_error_of_an_environment_is_told():
    made = domain({"id": "tests.envs.gymnasium.slow:Slow-v0", "ranges": {"faulty": [0.0, 1.0]}})
    with pytest.raises(RuntimeError, match=r"Slow-v0: ZeroDivisionError: float division by zero"):
        run(made, queue(made, threads=2))


def test_a_worker_ends_when_the_process_that_started_it_is_gone():
    script = (
        "from openended.envs.gymnasium.workers import Worker; import os; worker = Worker();"
        "print(worker.process.pid, flush=True); os._exit(1)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    pid = int(done.stdout)
    for _ in range(100):
        try:
            with open(f"/proc/{pid}/stat") as file:
                if file.read().rsplit(")", 1)[1].split()[0] == "Z":
                    return
        except FileNotFoundError:
            return
        time.sleep(0.1)
    raise AssertionError("the worker goes on")


def test_pictures_are_the_environments_own_and_a_film_plays_it_once():
    made = domain(LANDER)
    genome, policy = made.tasks.first(), made.policies.default
    trace = made.simulator.trace(genome, policy, policy.init(1), 3, 60)
    last = len(trace.rewards)
    assert (made.pictures.draw(genome, trace, last, 90, 60) != 255).any()
    env = gymnasium.make(LANDER["id"], render_mode="rgb_array", **LANDER["arguments"], gravity=-10.0, wind_power=0.0)
    env.reset(seed=3)
    for action in trace.actions[:10]:
        env.step(action)
    assert (made.pictures.draw(genome, trace, 10, 600, 400) == env.render()).all()


def test_pictures_of_an_episode_may_be_drawn_in_any_order_and_stand_on_white():
    made = domain(CART)
    genome, policy = made.tasks.first(), made.policies.default
    trace = made.simulator.trace(genome, policy, policy.init(1), 3, 60)
    drawn = [made.pictures.draw(genome, trace, step, 90, 30) for step in (0, 8, 3, 0, 8)]
    assert (drawn[0] == drawn[3]).all()
    assert (drawn[1] == drawn[4]).all()
    assert (drawn[0] != drawn[1]).any()
    assert (drawn[0][:, :20] == 255).all()


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ({"id": "Nope-v3", "ranges": {"g": [0, 1]}}, "environment.id is 'Nope-v3': .*doesn't exist"),
        ({"id": "nowhere:X-v0", "ranges": {"g": [0, 1]}}, "environment.id is 'nowhere:X-v0': .*nowhere"),
        (LANDER | {"ranges": {"gravity": [-12.5, -2.0]}}, "LunarLander-v3 refuses gravity = -12.5: "),
        (LANDER | {"ranges": {"moon": [0, 1]}}, "LunarLander-v3 refuses moon = 0: .*unexpected keyword"),
        (CART | {"attributes": {"moon": [0, 1]}}, "CartPole-v1 has no attribute moon"),
        (
            {"id": "tests.envs.gymnasium.slow:Many-v0", "ranges": {"pause": [0, 1]}},
            "has actions MultiDiscrete",
        ),
        ({"id": "tests.envs.gymnasium.slow:Endless-v0", "ranges": {"pause": [0, 1]}}, "has actions Box.* bounded box"),
        (
            {"id": "tests.envs.gymnasium.slow:Wordy-v0", "ranges": {"pause": [0, 1]}},
            "has observations Sequence",
        ),
        ({}, "environment.id is missing"),
    ],
)
def test_what_cannot_be_is_refused_in_one_sentence(table, words):
    with pytest.raises(envs.DomainError, match=words) as caught:
        domain(table)
    assert "\n" not in str(caught.value)


def test_settings_are_for_families_only_and_a_family_needs_them():
    with pytest.raises(envs.DomainError, match=r"'gymnasium' needs the table \[environment\]"):
        envs.domain("gymnasium")
    with pytest.raises(envs.DomainError, match="'walker-v1' has no settings"):
        envs.domain("walker-v1", CART)


def test_without_gymnasium_one_sentence_says_how_to_get_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "gymnasium", None)
    with pytest.raises(envs.DomainError, match=r"pip install 'openended\[gymnasium\]'"):
        domain(CART)


def test_idle_processes_are_ended():
    made = domain(CART)
    run(made, queue(made, threads=2))
    processes = [worker.process for worker in workers.IDLE.queue]
    assert processes
    workers.close()
    assert all(process.returncode is not None for process in processes)
