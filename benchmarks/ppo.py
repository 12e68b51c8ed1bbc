"""PPO on Gymnasium's walker: what a step costs, beside Stable-Baselines3, and how many steps it needs to walk.

    python -m benchmarks.ppo [--threads 1 2] [--agent FILE.npz] [--million 0.5]
    python -m benchmarks.ppo learn [--seeds 1 2 3] [--threads 2] [--million 3] [--set entropy=0.003] [--save FILE.npz]

The first times the parts of an iteration, in microseconds per environment step: simulation with the policy inside,
values and advantages, the update. It does so for an agent that begins to learn and for one that walks, given by
`--agent` or trained here until its mean is 250, which then learns no more; each for so many million steps. Then
Stable-Baselines3's PPO and SBX, its sister on JAX, begin to learn on the same simulator, through `make_vec`, by their
defaults and by the fastest setting; with one torch thread and with two, the faster one counts. One JSON line; peers
that are not installed are null. The load before is told: with other work on the machine the numbers mean little.

`learn` trains one agent from scratch for each seed, on courses of BipedalWalker-v3 drawn anew for every episode, and
every quarter of a million steps tries its mean action on the 100 courses of the seeds 0 .. 99, as a search does. It
prints the steps and seconds to means of 250 and 300, evaluations not counted, one JSON line a seed.
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from openended.core.keys import key
from openended.core.learners import ppo
from openended.core.learners.proximal import Training
from openended.core.types import Learner
from openended.core.work import Job
from openended.envs.api import Queue
from openended.envs.nets.recorded import Rehearsal
from openended.envs.policy import Mlp
from openended.envs.simd.tanh import TANH
from openended.envs.walker.courses.course import stack
from openended.envs.walker.courses.gymnasium_course import gymnasium_course, next_course
from openended.envs.walker.domain import WALKER
from openended.envs.walker.simulation.experience import Experience
from openended.envs.walker.simulation.ground import Grounds, grounds

from .ppo_peers import sbx, stable_baselines3

POLICY = Mlp((24, 64, 64, 4), tanh=TANH)
CAP = 1600
COURSES = 64
"""Drawn anew about every 500 steps of an environment; it begins one or two episodes meanwhile."""
CHECK = 250_000
SETTINGS = ppo.Proximal()


class Threads:
    """A function called in several threads at once."""

    def __init__(self, count: int) -> None:
        self.count, self._pool = count, ThreadPoolExecutor(count)

    def __call__(self, work: Callable[[], None]) -> None:
        for call in [self._pool.submit(work) for _ in range(self.count)]:
            call.result()


class Run:
    """One agent's training, iteration by iteration; `seconds` of simulation, advantages, update."""

    def __init__(self, settings: ppo.Proximal, learner: Learner, seed: int, threads: int, stall: int = 0) -> None:
        self.settings, self.seed, self.threads = settings, seed, Threads(threads)
        self.training = Training(settings, POLICY, Job((), learner, seed))
        self._random = np.random.Generator(np.random.PCG64(10**6 + seed))
        asked = Rehearsal(self._fresh(), POLICY, settings.environments, key(seed, 0, "experience"), CAP, stall, threads)
        self._experience = Experience(asked)
        self._stop = np.zeros(1, np.uint8)
        self.iterations, self.seconds = 0, np.zeros(3)

    def _fresh(self) -> Grounds:
        return grounds(stack([next_course(self._random, hardcore=False) for _ in range(COURSES)]))

    def step(self) -> None:
        """One record and one update."""
        if self.iterations % max(512 // self.settings.steps, 1) == 0:
            self._experience.draw_from(self._fresh())
        times = [time.perf_counter()]
        record, _ = self._experience.record(self.settings.steps, self.training.actor(), self.threads, self._stop)
        times.append(time.perf_counter())
        judged = self.training.judge(record, self.threads, self._stop)
        times.append(time.perf_counter())
        self.training.improve(record, judged, key(self.seed, self.iterations, "order"), self.threads, self._stop)
        times.append(time.perf_counter())
        self.iterations += 1
        self.seconds += np.diff(times)

    @property
    def steps(self) -> int:
        """Environment steps so far."""
        return self.iterations * self.settings.environments * self.settings.steps

    def evaluate(self, tasks: Grounds) -> NDArray[np.float64]:
        """Returns of the mean action on the courses."""
        count = len(tasks.pushes)
        which = np.stack([np.arange(count), np.zeros(count)], axis=1).astype(np.int32)
        agent = self.training.learner().agent[None]
        queue = Queue(tasks, POLICY, agent, which, np.zeros(count, np.uint64), CAP, threads=self.threads.count)
        self.threads(lambda: WALKER.simulator.rollouts(queue))
        return queue.returns


def beginner(seed: int) -> Learner:
    """An agent from scratch."""
    return ppo.start(SETTINGS, 0, ppo.first_agent(POLICY, seed))


def learn(seed: int, settings: ppo.Proximal, threads: int, million: float, stall: int) -> dict[str, Any]:
    """Steps (millions) and seconds to means of 250 and 300, and the curve."""
    run = Run(settings, beginner(seed), seed, threads, stall)
    tasks = grounds(stack([gymnasium_course(i) for i in range(100)]))
    curve: list[tuple[float, float, float]] = []
    reached: dict[str, tuple[float, float]] = {}
    while run.steps < million * 1e6:
        before = run.steps // CHECK
        run.step()
        if run.steps // CHECK > before:
            returns = run.evaluate(tasks)
            mean, steps = float(returns.mean()), round(run.steps / 1e6, 2)
            curve.append((steps, round(mean, 1), float((returns > 230).mean())))
            print(seed, *curve[-1], file=sys.stderr, flush=True)
            for bar in (250, 300):
                if mean >= bar:
                    reached.setdefault(str(bar), (steps, round(float(run.seconds.sum()), 1)))
    result = {
        "seed": seed,
        "reached": reached,
        "curve": curve,
        "steps_per_second": round(run.steps / run.seconds.sum()),
    }
    return result | {"agent": run.training.learner()}


def walker(settings: ppo.Proximal, threads: int) -> Learner:
    """An agent that walks, on the 100 courses 250 on average."""
    run, tasks = Run(settings, beginner(1), 1, threads), grounds(stack([gymnasium_course(i) for i in range(100)]))
    while run.steps < 5_000_000:
        before = run.steps // CHECK
        run.step()
        if run.steps // CHECK > before and run.evaluate(tasks).mean() >= 250:
            break
    return run.training.learner()


def speed(settings: ppo.Proximal, learner: Learner, threads: int, million: float) -> dict[str, Any]:
    """Microseconds per environment step of each part, and environment steps per second of all together."""
    Run(settings, learner, 1, threads).step()  # compiles what is not compiled yet
    run = Run(settings, learner, 2, threads)
    while run.steps < million * 1e6:
        run.step()
    parts = zip(("simulation", "values", "update"), run.seconds, strict=True)
    each = {name: round(float(seconds) / run.steps * 1e6, 2) for name, seconds in parts}
    return {"threads": threads, "steps_per_second": round(run.steps / run.seconds.sum())} | each


def compared(settings: ppo.Proximal, threads: list[int], agent: str | None, million: float) -> dict[str, Any]:
    """Ours from scratch and walking, the peers from scratch, and how often the peers' best goes into ours."""
    scratch = [speed(settings, beginner(1), count, million) for count in threads]
    learner = load(agent) if agent else walker(settings, max(threads))
    still = {"learning_rate": np.array(0.0)}  # an agent that does not learn goes on walking
    learner = replace(learner, memory=learner.memory | still)
    walking = [speed(settings, learner, count, million) for count in threads]
    iterations = {"its_defaults": 1, "its_best": max(round(million * 1e6 / 32768), 1)}
    peers = {"stable_baselines3": stable_baselines3(iterations), "sbx": sbx(iterations)}
    fastest = max(each["steps_per_second"] for each in scratch)
    times = {
        name: peer and {setting: round(fastest / peer[setting], 1) for setting in iterations}
        for name, peer in peers.items()
    }
    return {"scratch": scratch, "walking": walking} | peers | {"times_faster_from_scratch": times}


def save(path: str, learner: Learner) -> None:
    """Write a learner as arrays in NumPy's format."""
    np.savez(path, agent=learner.agent, **learner.memory)


def load(path: str) -> Learner:
    """Read one."""
    arrays = dict(np.load(path))
    return Learner(0, arrays.pop("agent"), arrays, 1)


def main() -> None:
    """See the module's docstring."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("speed", "learn"), nargs="?", default="speed")
    parser.add_argument("--seeds", type=int, nargs="+", default=[1])
    parser.add_argument("--threads", type=int, nargs="+")
    parser.add_argument("--million", type=float)
    parser.add_argument("--stall", type=int, default=0, help="truncates training episodes without progress")
    parser.add_argument("--set", nargs="+", default=[], metavar="NAME=NUMBER", help="settings of `ppo.Proximal`")
    parser.add_argument("--agent")
    parser.add_argument("--save")
    given = parser.parse_args()
    changed = {
        name: type(getattr(SETTINGS, name))(text) for name, _, text in (each.partition("=") for each in given.set)
    }
    settings = replace(SETTINGS, **changed)
    ppo.check(settings, POLICY)
    load_before = round(os.getloadavg()[0], 1)
    if given.what == "speed":
        result = compared(settings, given.threads or [1, 2], given.agent, given.million or 0.5)
        print(json.dumps({"benchmark": "ppo", "load": load_before} | result))
        return
    for seed in given.seeds:
        result = learn(seed, settings, (given.threads or [2])[0], given.million or 3.0, given.stall)
        if given.save:
            save(given.save, result["agent"])
        del result["agent"]
        print(json.dumps({"benchmark": "ppo learn", "load": load_before} | result), flush=True)


if __name__ == "__main__":
    main()
