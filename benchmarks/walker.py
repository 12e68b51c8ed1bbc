"""Steps per second of the bipedal walker: ours, Gymnasium's and EnvPool's, in one run on one core each.

    python -m benchmarks.walker [--agent FILE.npy]

Whole episodes of Gymnasium's courses, normal and hardcore, with resets and the making of courses included, ours
both in its kernels and through `make_vec`, under three controllers: Gymnasium's walking heuristic, the same with
noise, random actions. Choosing the action is not counted for the peers and `make_vec`; our kernels do it within the
time. Then rollouts with the policy of 2,804 parameters, by one thread and by two: random agents, and, with
`--agent` (float32[2804] in NumPy's file format), a population of evolution strategies around that agent. Rounds
interleave the contestants, since a shared machine's speed drifts; medians are told. The load before is told too:
with other work on the machine the numbers mean little.

EnvPool is optional (`pip install envpool`); without it its numbers are null. Prints one JSON line.
"""

import argparse
import json
import os
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from statistics import median
from typing import Any

import numpy as np
from gymnasium import make_vec
from gymnasium.envs.box2d.bipedal_walker import BipedalWalker

import openended.gymnasium  # noqa: F401 (registers the ids)
from openended.envs.api import Queue
from openended.envs.simd.number import number
from openended.envs.walker.courses.course import stack
from openended.envs.walker.courses.gymnasium_course import gymnasium_course
from openended.envs.walker.domain import WALKER
from openended.envs.walker.simulation.episode import native_width, run
from openended.envs.walker.simulation.ground import grounds
from openended.envs.walker.simulation.world import worlds

from .drivers import CONTROLLERS, choose_all, play

CAP = {"normal": 1600, "hardcore": 2000}
"""Gymnasium's time limits (steps)."""
DOMAIN = WALKER
Rate = float | None


def ours(course: str, controller: str, episodes: int, width: int) -> Rate:
    """Steps per second of ours, in lanes."""
    began = time.perf_counter()
    ground = grounds(stack([gymnasium_course(seed, course == "hardcore") for seed in range(episodes)]))
    lengths = np.zeros(episodes, np.int64)
    play(
        worlds(width), ground, np.zeros((1, width), np.uint8), np.zeros(width, np.int64),
        np.zeros(width, np.int64), np.zeros((width, 3), np.float32), np.zeros(24, np.float32),
        np.zeros((width, 4), np.float32), CONTROLLERS[controller], CAP[course], lengths, number(width),
    )  # fmt: skip
    return float(lengths.sum() / (time.perf_counter() - began))


def gymnasium(course: str, controller: str, seconds: float) -> Rate:
    """Steps per second of Gymnasium's environment, used again for every episode as it is meant to be."""
    environment = BipedalWalker(hardcore=course == "hardcore")
    memories, actions = np.zeros((1, 3), np.float32), np.zeros((1, 4), np.float32)
    spent, made, seed = 0.0, 0, 0
    while spent < seconds:
        began = time.perf_counter()
        observation, _ = environment.reset(seed=seed)
        spent += time.perf_counter() - began
        over, steps = False, np.zeros(1, np.int64)
        while not over and steps[0] < CAP[course] and spent < seconds:
            choose_all(CONTROLLERS[controller], observation[None], memories, steps, actions)
            began = time.perf_counter()
            observation, _, over, _, _ = environment.step(actions[0])
            spent += time.perf_counter() - began
            steps += 1
        made, seed = made + int(steps[0]), seed + 1
    return made / spent


def vectors(course: str, controller: str, seconds: float, batch: int = 64) -> Rate:
    """Steps per second of ours through `gymnasium.make_vec`; the steps that reset do not count."""
    name = "openended/BipedalWalkerHardcore-v3" if course == "hardcore" else "openended/BipedalWalker-v3"
    many = make_vec(name, batch, vectorization_mode="vector_entry_point")
    memories, actions = np.zeros((batch, 3), np.float32), np.zeros((batch, 4), np.float32)
    observations, _ = many.reset(seed=0)
    elapsed = np.zeros(batch, np.int64)
    spent, made = 0.0, 0
    while spent < seconds:
        choose_all(CONTROLLERS[controller], observations, memories, elapsed, actions)
        began = time.perf_counter()
        observations, _, ended, cut, _ = many.step(actions)
        spent += time.perf_counter() - began
        made += int((elapsed >= 0).sum())
        elapsed = np.where(ended | cut, -1, elapsed + 1)
    many.close()
    return made / spent


def envpool(course: str, controller: str, seconds: float, batch: int = 64) -> Rate:
    """Steps per second of EnvPool with one thread; its resets are steps that do not count."""
    try:
        import envpool as package
    except ImportError:
        return None
    name = "BipedalWalkerHardcore-v3" if course == "hardcore" else "BipedalWalker-v3"
    pool = package.make_gymnasium(name, num_envs=batch, num_threads=1, seed=0, max_episode_steps=CAP[course])
    memories, actions = np.zeros((batch, 3), np.float32), np.zeros((batch, 4), np.float32)
    observations, told = pool.reset()
    spent, made = 0.0, 0
    while spent < seconds:
        choose_all(CONTROLLERS[controller], observations, memories, told["elapsed_step"].astype(np.int64), actions)
        began = time.perf_counter()
        observations, _, _, _, told = pool.step(actions)
        spent += time.perf_counter() - began
        made += int((told["elapsed_step"] > 0).sum())
    return made / spent


def rollouts(agents: np.ndarray, width: int, threads: int = 1) -> Rate:
    """Steps per second of whole episodes with a policy for each agent, on the domain's first task."""
    which = np.array([(0, agent) for agent in range(len(agents))], np.int32)
    began = time.perf_counter()
    ground, keys = DOMAIN.simulator.prepare([DOMAIN.tasks.first()]), np.zeros(len(which), np.uint64)
    queue = Queue(ground, DOMAIN.policies.default, agents, which, keys, 1600, threads=threads)
    queue.facts.update({name: np.zeros(len(which), dtype) for name, dtype in DOMAIN.simulator.facts.items()})
    with ThreadPoolExecutor(threads) as pool:
        for each in [pool.submit(run, queue, width) for _ in range(threads)]:
            each.result()
    return float(queue.steps.sum() / (time.perf_counter() - began))


def populations(options: argparse.Namespace) -> dict[str, np.ndarray]:
    """Agents to roll out, float32[n, 2804] by name."""
    count = options.episodes
    found = {"random agents": np.stack([DOMAIN.policies.default.init(key) for key in range(count)])}
    if options.agent:
        agent = np.load(options.agent, allow_pickle=False).astype(np.float32).reshape(-1)
        if len(agent) != DOMAIN.policies.default.parameters:
            raise SystemExit(f"{options.agent} has {len(agent)} parameters, not {DOMAIN.policies.default.parameters}")
        noise = np.random.default_rng(0).standard_normal((count, len(agent)), np.float32)
        found["evolution strategies"] = agent + np.float32(options.sigma) * noise
    return found


def on_one_core(measure: Callable[..., Rate], *arguments: Any) -> Rate:
    """The measurement on one core, where the platform can bind a thread to it."""
    if not hasattr(os, "sched_setaffinity"):
        return measure(*arguments)
    allowed = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(allowed)})
    try:
        return measure(*arguments)
    finally:
        os.sched_setaffinity(0, allowed)


def rows(options: argparse.Namespace) -> dict[str, dict[str, list[Rate]]]:
    """Every measurement of every round, by what was simulated and by whom."""
    found: dict[str, dict[str, list[Rate]]] = {}
    width, agents = options.width, populations(options)
    for course in options.courses:
        ours(course, "random", 1, width)
        vectors(course, "random", 0.01)
    rollouts(agents["random agents"][:1], width)
    for _ in range(options.rounds):
        for course in options.courses:
            for controller in CONTROLLERS:
                contestants: dict[str, list[Rate]] = {"make_vec": [], "ours": [], "gymnasium": [], "envpool": []}
                row = found.setdefault(f"{course}, {controller}", contestants)
                row["make_vec"].append(on_one_core(vectors, course, controller, options.seconds))
                row["ours"].append(on_one_core(ours, course, controller, options.episodes, width))
                row["gymnasium"].append(on_one_core(gymnasium, course, controller, options.seconds))
                row["envpool"].append(envpool(course, controller, options.seconds))
        for name, some in agents.items():
            row = found.setdefault(f"policy, {name}", {"two threads": [], "one thread": []})
            row["two threads"].append(rollouts(some, width, 2))
            row["one thread"].append(on_one_core(rollouts, some, width))
    return found


def summary(measured: dict[str, list[Rate]]) -> dict[str, Rate]:
    """Medians (steps per second), and how many times as fast the first contestant is as each other."""
    told: dict[str, Rate] = {}
    for name, rates in measured.items():
        told[name] = None if None in rates else round(median(rates))
    first, *others = told
    for other in others:
        if told[other]:
            ratio = told[first] / told[other]
            told[f"{first} / {other}"] = round(ratio, 2)
    return told


def main() -> None:
    """Read the options, measure, report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5, help="measurements of which the median is told (default 5)")
    parser.add_argument("--episodes", type=int, default=512, help="episodes of ours per measurement (default 512)")
    parser.add_argument("--seconds", type=float, default=1.0, help="time per measurement of a peer (default 1)")
    parser.add_argument("--width", type=int, default=native_width(), help="lanes (default: the machine's)")
    parser.add_argument("--courses", nargs="+", choices=tuple(CAP), default=list(CAP))
    parser.add_argument("--agent", help="file of an agent to put a population around")
    parser.add_argument("--sigma", type=float, default=0.1, help="standard deviation of that population (default 0.1)")
    options = parser.parse_args()
    busy = os.getloadavg()[0]
    report = {name: summary(measured) for name, measured in rows(options).items()}
    facts = {
        "unit": "steps per second",
        "lanes": options.width,
        "rounds": options.rounds,
        "load before": round(busy, 2),
    }
    print(json.dumps(facts | report))


if __name__ == "__main__":
    main()
