"""Mazes: steps per second without a policy, with one, and by PPO, beside MiniGrid and JaxUED in the same run.

    python -m benchmarks.maze [--threads 1 2] [--million 20]

Prints one JSON line. `steps`: random actions, each step with its view, an episode that is over begun anew. `rollouts`:
the same through `simulator.rollouts`, by agents of the default policy that know nothing. `vector`: through Gymnasium's
vector interface, 256 environments. `ppo`: a curriculum's training steps end to end, recording and updates. `minigrid`:
MiniGrid's environment with the same view and random actions; `times_minigrid`: how many times as many steps there are
for each number of threads. `jaxued`: JaxUED's maze under `jit`, by environments side by side, on all cores; null where
it is not installed; `times_jaxued`: beside the fastest of them. The load before is printed, too: with other work on the
machine the numbers mean little.
"""

import argparse
import json
import os
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from minigrid.core.grid import Grid
from minigrid.core.mission import MissionSpace
from minigrid.core.world_object import Goal, Wall
from minigrid.minigrid_env import MiniGridEnv
from numba import njit

from openended.core.keys import key
from openended.core.learners.ppo import Proximal, first_agent, start
from openended.core.learners.proximal import Training
from openended.core.work import Job
from openended.envs.api import Queue
from openended.envs.maze import simulation
from openended.envs.maze.domain import MAZE
from openended.envs.maze.draws import random
from openended.envs.maze.gymnasium.vector import MazeVectorEnv
from openended.envs.maze.maze import Maze, grid
from openended.envs.nets.recorded import Rehearsal
from openended.envs.random import bits

from .maze_peers import jaxued

MAZES = [random(seed) for seed in range(64)]
AGENTS = 8
reset, observe, step = simulation.reset, simulation.observe, simulation.step


@njit(nogil=True, error_model="numpy")
def play(mazes, key, steps, states, seen):
    """Random steps of every environment, half of them forward; environment i stays in maze i."""
    for i in range(len(states)):
        reset(mazes[i], key, states[i])
        observe(mazes[i], states[i], seen[i])
    for t in range(steps):
        word = bits(key, t)
        for i in range(len(states)):
            action = np.int64(word >> np.uint64(2 * (i % 32))) & 3
            _, over = step(mazes[i], key, states[i], min(action, 2))
            if over:
                states[i, :] = 0.0
                reset(mazes[i], key, states[i])
            observe(mazes[i], states[i], seen[i])


class Original(MiniGridEnv):
    """MiniGrid with the walls, start and goal of a maze."""

    def __init__(self, maze: Maze) -> None:
        self.maze = maze
        mission = MissionSpace(lambda: "reach the goal")
        super().__init__(mission, grid_size=maze.size, max_steps=maze.cap, see_through_walls=True, agent_view_size=5)

    def _gen_grid(self, width: int, height: int) -> None:
        self.grid = Grid(width, height)
        for y, x in np.argwhere(grid(self.maze)).tolist():
            self.grid.set(x, y, Wall())
        self.grid.set(*self.maze.goal, Goal())
        self.agent_pos, self.agent_dir, self.mission = self.maze.start, self.maze.direction, ""


def everywhere(threads: int, work: Callable[[], Any]) -> None:
    """Call a function in so many threads at once."""
    with ThreadPoolExecutor(threads) as pool:
        for call in [pool.submit(work) for _ in range(threads)]:
            call.result()


def rate(steps: float, work: Callable[[], Any]) -> float:
    """Steps per second of wall-clock time."""
    begin = time.perf_counter()
    work()
    return round(steps / (time.perf_counter() - begin))


def bare(threads: int, steps: int) -> float:
    rows = MAZE.simulator.prepare(MAZES)

    def work() -> None:
        states = np.zeros((len(MAZES), simulation.TRACES + simulation.MOST))
        play(rows, np.uint64(1), each, states, np.zeros((len(MAZES), simulation.OBSERVATIONS), np.float32))

    each = 1
    work()
    each = steps // threads // len(MAZES)
    return rate(each * threads * len(MAZES), lambda: everywhere(threads, work))


def rollouts(threads: int, steps: int) -> float:
    policy = MAZE.policies.default
    agents = np.stack([policy.init(seed) for seed in range(AGENTS)])

    def queue(count: int) -> Queue:
        which = np.stack((np.arange(count) % len(MAZES), np.arange(count) % AGENTS), 1).astype(np.int32)
        return Queue(MAZE.simulator.prepare(MAZES), policy, agents, which, np.zeros(count, np.uint64), 2000, 0, threads)

    MAZE.simulator.rollouts(queue(1))
    done = queue(steps // 240)
    begin = time.perf_counter()
    everywhere(threads, lambda: MAZE.simulator.rollouts(done))
    return round(int(done.steps.sum()) / (time.perf_counter() - begin))


def vector(steps: int) -> float:
    env, random = MazeVectorEnv(256, task=MAZES[0]), np.random.default_rng(0)
    env.reset(seed=0)
    actions = random.integers(3, size=(100, 256))
    env.step(actions[0])
    count = steps // 256
    return rate(count * 256, lambda: [env.step(actions[i % 100]) for i in range(count)])


def proximal(threads: int, steps: int) -> float:
    settings, policy, stop = Proximal(), MAZE.policies.default, np.zeros(1, np.uint8)
    assert MAZE.simulator.experience
    training = Training(settings, policy, Job((), start(settings, 0, first_agent(policy, 1)), 1))
    asked = Rehearsal(MAZE.simulator.prepare(MAZES), policy, settings.environments, key(1, 0, "experience"), 2000)
    recorder, each = MAZE.simulator.experience(asked), settings.environments * settings.steps

    def run(work: Callable[[], None]) -> None:
        everywhere(threads, work)

    def iterate() -> None:
        record, ended = recorder.record(settings.steps, training.actor(), run, stop)
        training.take(record, ended, 1, run, stop)

    iterate()
    count = max(steps // each, 1)
    return rate(count * each, lambda: [iterate() for _ in range(count)])


def minigrid(steps: int) -> float:
    env, random = Original(MAZES[0]), np.random.default_rng(0)
    env.reset()
    actions = random.integers(3, size=steps).tolist()

    def work() -> None:
        for action in actions:
            *_, terminated, truncated, _ = env.step(action)
            if terminated or truncated:
                env.reset()

    return rate(steps, work)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--million", type=float, default=20.0, help="steps of each measurement without a policy")
    given = parser.parse_args()
    load, steps = os.getloadavg()[0], int(given.million * 1e6)
    original = minigrid(10_000)
    found: dict[str, Any] = {"load": round(load, 1), "minigrid": original, "vector": vector(steps // 20)}
    found["jaxued"] = {count: jaxued(count, steps // 20) for count in (32, 256, 1024, 4096)}
    fastest = max((each for each in found["jaxued"].values() if each), default=None)
    for threads in given.threads:
        found[f"steps_{threads}"] = bare(threads, steps)
        found[f"times_minigrid_{threads}"] = round(found[f"steps_{threads}"] / original)
        found[f"times_jaxued_{threads}"] = fastest and round(found[f"steps_{threads}"] / fastest, 1)
        found[f"rollouts_{threads}"] = rollouts(threads, steps // 4)
        found[f"ppo_{threads}"] = proximal(threads, steps // 40)
    print(json.dumps(found))


if __name__ == "__main__":
    main()
