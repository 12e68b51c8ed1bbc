"""Checks episodes: the same however they are run, their traces, recorded experience, and a stop in the middle."""

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .api import Domain, Genome, Queue, Trace
from .check_pictures import check_pictures
from .contract import require

CAP = 200
"""Cap of the episodes that are run."""
STOP_SECONDS = 1.0
"""Most seconds that a stopped queue may keep running."""


def check_episodes(domain: Domain, tasks: list[Genome]) -> None:
    agents = np.stack([domain.policies.default.init(key) for key in range(3)])
    which = np.array([(task, agent) for task in range(len(tasks)) for agent in range(len(agents))], np.int32)
    keys = np.arange(len(which), dtype=np.uint64) + np.uint64(2**63)
    expected = _run(domain, tasks, agents, which, keys)
    _check_results(domain, expected)
    _require_same(expected, _run(domain, tasks, agents, which, keys), "run twice")
    order = np.arange(len(which))[::-1]
    reordered = which[order]
    reordered[:, 0] = len(tasks) - 1 - reordered[:, 0]
    _require_same(expected, _run(domain, tasks[::-1], agents, reordered, keys[order]), "in the opposite order", order)
    _require_same(expected, _run(domain, tasks, agents, which, keys, threads=2), "split between two threads")
    if domain.simulator.deterministic:
        _require_same(
            expected, _run(domain, tasks, agents, which, keys + np.uint64(1)), "with other keys, deterministic"
        )
    stalled = _run(domain, tasks, agents, which, keys, stall=20)
    capped = _run(domain, tasks, agents, which, keys, cap=17)
    for i in range(0, len(which), 2):
        trace = domain.simulator.trace(
            tasks[which[i, 0]], domain.policies.default, agents[which[i, 1]], int(keys[i]), CAP
        )
        _check_trace(domain, trace, expected, i)
        for queue, what in ((stalled, "with a stall limit"), (capped, "with a lower cap")):
            total = _total(trace.rewards[: queue.steps[i]])
            require(queue.returns[i] == total, f"episode {i} {what} returns {queue.returns[i]}, its steps give {total}")
        if domain.pictures:
            check_pictures(domain.pictures, tasks[which[i, 0]], trace)
    _check_stop(domain, tasks, agents, expected, which, keys)


def _run(
    domain: Domain,
    tasks: list[Genome],
    agents: NDArray[np.float32],
    which: NDArray[np.int32],
    keys: NDArray[np.uint64],
    cap: int = CAP,
    stall: int = 0,
    threads: int = 1,
) -> Queue:
    queue = Queue(domain.simulator.prepare(tasks), domain.policies.default, agents, which, keys, cap, stall)
    with ThreadPoolExecutor(threads) as pool:
        for running in [pool.submit(domain.simulator.rollouts, queue) for _ in range(threads)]:
            running.result()
    return queue


def _check_results(domain: Domain, queue: Queue) -> None:
    count = len(queue.which)
    require(np.isfinite(queue.returns).all(), f"returns of small random agents are not all finite: {queue.returns}")
    in_range = (queue.steps >= 1) & (queue.steps <= queue.cap)
    require(in_range.all(), f"steps must be within 1 .. {queue.cap} (the cap) for episodes that ran, not {queue.steps}")
    require(
        queue.facts.keys() == domain.simulator.facts.keys(),
        f"facts are {set(queue.facts)}, declared {set(domain.simulator.facts)}",
    )
    for name, dtype in domain.simulator.facts.items():
        fact = queue.facts[name]
        sound = fact.dtype == dtype and fact.shape == (count,)
        require(sound, f"fact {name!r} is {fact.dtype}{fact.shape}; declared are {count} of {dtype}")


def _require_same(expected: Queue, queue: Queue, how: str, order: Any = slice(None)) -> None:
    pairs: dict[str, tuple[NDArray[Any], NDArray[Any]]] = {
        "returns": (expected.returns, queue.returns),
        "steps": (expected.steps, queue.steps),
    }
    pairs |= {name: (fact, queue.facts[name]) for name, fact in expected.facts.items()}
    for name, (one, other) in pairs.items():
        same = one[order].tobytes() == other.tobytes()
        require(same, f"the same episodes {how} have other {name}: {one[order]} and {other}")


def _total(rewards: NDArray[np.float64]) -> float:
    total = 0.0
    for reward in rewards:
        total += float(reward)
    return total


def _check_trace(domain: Domain, trace: Trace, queue: Queue, episode: int) -> None:
    steps, place = int(queue.steps[episode]), f"trace of episode {episode}"
    require(trace.rewards.dtype == np.float64, f"{place}: rewards are {trace.rewards.dtype}, they must be float64")
    seen, done = domain.simulator.observations, domain.simulator.actions
    shapes: dict[str, tuple[NDArray[Any], tuple[int, ...]]] = {
        "rewards": (trace.rewards, (steps,)),
        "observations": (trace.observations, (steps, seen.size)),
        "actions": (trace.actions, (steps,) if done.discrete else (steps, done.size)),
    }
    for name, (array, shape) in shapes.items():
        require(array.shape == shape, f"{place}: {name} have the shape {array.shape}; rollouts gave {steps} steps")
    for name, array in trace.scene.items():
        require(len(array) == steps + 1, f"{place}: scene {name!r} has {len(array)} entries, it must have {steps + 1}")
    total, result = _total(trace.rewards), queue.returns[episode]
    require(total == result, f"{place}: rewards add up to {total!r}, rollouts returned {result!r}")
    facts = {name: float(fact[episode]) for name, fact in queue.facts.items()}
    told = {name: float(value) for name, value in trace.facts.items()}
    require(facts == told, f"{place}: facts are {told}, rollouts gave {facts}")


def _check_stop(
    domain: Domain,
    tasks: list[Genome],
    agents: NDArray[np.float32],
    expected: Queue,
    which: NDArray[np.int32],
    keys: NDArray[np.uint64],
) -> None:
    """A stopped queue ends soon; what did run is right, the rest is untouched."""
    times = 2000
    many, streams = np.tile(which, (times, 1)), np.tile(keys, times)
    queue = Queue(domain.simulator.prepare(tasks), domain.policies.default, agents, many, streams, CAP)
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(domain.simulator.rollouts, queue)
        time.sleep(0.02)
        stopped = time.monotonic()
        queue.stop[0] = 1
        running.result()
    took = time.monotonic() - stopped
    require(took < STOP_SECONDS, f"rollouts went on for {took:.1f} s after the stop flag was set")
    ran = queue.steps > 0
    require((np.isfinite(queue.returns) == ran).all(), "a stopped queue must keep NaN returns where steps are 0")
    same = (queue.returns[ran] == np.tile(expected.returns, times)[ran]).all()
    require(same, "episodes that ran before a stop have other returns than without it")
    queue = Queue(domain.simulator.prepare(tasks), domain.policies.default, agents, which, keys, CAP)
    queue.stop[0] = 1
    domain.simulator.rollouts(queue)
    require(not queue.steps.any(), "rollouts ran episodes of a queue that was stopped before")
