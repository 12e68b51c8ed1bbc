"""Checks any domain against the contract of `envs.api`; a public tool, and what our tests run over every domain."""

import json
import re
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .api import Domain, Genome, Pictures, Queue, Trace
from .sketch import Sketch

CAP = 200
"""Cap of the episodes that are run."""
STOP_SECONDS = 1.0
"""How long a stopped queue may go on."""


class ContractViolation(AssertionError):
    """A domain does not keep the contract; says where."""


def check_domain(domain: Domain, tasks: int = 200) -> None:
    """Check a domain on `tasks` tasks, each a mutation of the one before.

    Raises:
        ContractViolation: the first breach found, in one sentence.
    """
    _check_constants(domain)
    chain = _check_tasks(domain, tasks)
    _check_episodes(domain, [chain[0], chain[len(chain) // 4], chain[len(chain) // 2], chain[-1]])


def _require(kept: object, breach: str) -> None:
    if not kept:
        raise ContractViolation(breach)


def _check_constants(domain: Domain) -> None:
    _require(re.fullmatch(r"[a-z][a-z0-9-]*-v[0-9]+", domain.id), f"id {domain.id!r} is not of the form name-v1")
    names = [axis.name for axis in domain.axes]
    _require(names and len(set(names)) == len(names), f"axes {names} must be one or more, with distinct names")
    for axis in domain.axes:
        ordered = -np.inf < axis.low < axis.high < np.inf
        _require(ordered, f"axis {axis.name!r} spans {axis.low} .. {axis.high}; low must be below high, both finite")
    _require(
        np.isfinite(domain.simulator.lowest_return),
        f"lowest_return is {domain.simulator.lowest_return}; it must be finite",
    )
    policy = domain.policies.default
    spaces = (domain.simulator.observations.size, domain.simulator.actions.size)
    _require(
        (policy.inputs, policy.outputs) == spaces and policy.discrete == domain.simulator.actions.discrete,
        f"the default policy has {policy.inputs} inputs, {policy.outputs} outputs; the spaces have {spaces}",
    )
    _require(json.dumps(policy.layout()), "policy.layout is empty")
    agent, again = policy.init(7), policy.init(7)
    _require(
        agent.dtype == np.float32 and agent.shape == (policy.parameters,), "policy.init is not float32[parameters]"
    )
    _require(agent.tobytes() == again.tobytes(), "policy.init is not a function of its key")
    _require(agent.tobytes() != policy.init(8).tobytes(), "policy.init ignores its key")


def _check_tasks(domain: Domain, count: int) -> list[Genome]:
    """The chain of tasks, the first task first."""
    task = domain.tasks.first()
    _check_task(domain, task, "the first task")
    chain = [task]
    for key in range(count):
        place = f"mutation {key} of a chain"
        before = domain.tasks.encode(task)
        child, again = domain.tasks.mutate(task, key), domain.tasks.mutate(task, key)
        _require(
            domain.tasks.encode(child) == domain.tasks.encode(again),
            f"{place}: mutate is not a function of task and key",
        )
        _require(domain.tasks.encode(task) == before, f"{place}: mutate changed its argument")
        _check_task(domain, child, place)
        chain.append(child)
        task = child
    different = {domain.tasks.encode(task) for task in chain}
    _require(count < 2 or len(different) > count // 2, f"{count} mutations in a row gave only {len(different)} tasks")
    return chain


def _check_task(domain: Domain, task: Genome, place: str) -> None:
    text = domain.tasks.encode(task)
    try:
        json.loads(text)
    except ValueError as error:
        raise ContractViolation(f"{place}: encode gives no JSON ({error})") from None
    decoded = domain.tasks.decode(text)
    _require(decoded == task, f"{place}: decode(encode(task)) is another task, {text}")
    _require(domain.tasks.encode(decoded) == text, f"{place}: encode(decode(text)) is another text, {text}")
    for wrong in ("", "[]", "null", text + " ", text[:-1]):
        try:
            domain.tasks.decode(wrong)
        except ValueError:
            continue
        raise ContractViolation(f"{place}: decode takes {wrong!r} without a ValueError")
    descriptor, again = domain.tasks.describe(task), domain.tasks.describe(task)
    shape = (len(domain.axes),)
    sound = descriptor.dtype == np.float64 and descriptor.shape == shape
    _require(sound, f"{place}: describe gives {descriptor.dtype}{descriptor.shape}; it must be float64{shape}")
    _require(np.isfinite(descriptor).all(), f"{place}: describe gives {descriptor}; every value must be finite")
    _require(descriptor.tobytes() == again.tobytes(), f"{place}: describe is not a function of the task")


def _check_episodes(domain: Domain, tasks: list[Genome]) -> None:
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
            _require(
                queue.returns[i] == total, f"episode {i} {what} returns {queue.returns[i]}, its steps give {total}"
            )
        if domain.pictures:
            _check_picture(domain.pictures, tasks[which[i, 0]], trace)
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
    _require(np.isfinite(queue.returns).all(), f"returns of small random agents are not all finite: {queue.returns}")
    in_range = (queue.steps >= 1) & (queue.steps <= queue.cap)
    _require(
        in_range.all(), f"steps must be within 1 .. {queue.cap} (the cap) for episodes that ran, not {queue.steps}"
    )
    _require(
        queue.facts.keys() == domain.simulator.facts.keys(),
        f"facts are {set(queue.facts)}, declared {set(domain.simulator.facts)}",
    )
    for name, dtype in domain.simulator.facts.items():
        fact = queue.facts[name]
        sound = fact.dtype == dtype and fact.shape == (count,)
        _require(sound, f"fact {name!r} is {fact.dtype}{fact.shape}; declared are {count} of {dtype}")


def _require_same(expected: Queue, queue: Queue, how: str, order: Any = slice(None)) -> None:
    pairs: dict[str, tuple[NDArray[Any], NDArray[Any]]] = {
        "returns": (expected.returns, queue.returns),
        "steps": (expected.steps, queue.steps),
    }
    pairs |= {name: (fact, queue.facts[name]) for name, fact in expected.facts.items()}
    for name, (one, other) in pairs.items():
        same = one[order].tobytes() == other.tobytes()
        _require(same, f"the same episodes {how} have other {name}: {one[order]} and {other}")


def _total(rewards: NDArray[np.float64]) -> float:
    total = 0.0
    for reward in rewards:
        total += float(reward)
    return total


def _check_trace(domain: Domain, trace: Trace, queue: Queue, episode: int) -> None:
    steps, place = int(queue.steps[episode]), f"trace of episode {episode}"
    _require(trace.rewards.dtype == np.float64, f"{place}: rewards are {trace.rewards.dtype}, they must be float64")
    seen, done = domain.simulator.observations, domain.simulator.actions
    shapes: dict[str, tuple[NDArray[Any], tuple[int, ...]]] = {
        "rewards": (trace.rewards, (steps,)),
        "observations": (trace.observations, (steps, seen.size)),
        "actions": (trace.actions, (steps,) if done.discrete else (steps, done.size)),
    }
    for name, (array, shape) in shapes.items():
        _require(array.shape == shape, f"{place}: {name} have the shape {array.shape}; rollouts gave {steps} steps")
    for name, array in trace.scene.items():
        _require(len(array) == steps + 1, f"{place}: scene {name!r} has {len(array)} entries, it must have {steps + 1}")
    total, result = _total(trace.rewards), queue.returns[episode]
    _require(total == result, f"{place}: rewards add up to {total!r}, rollouts returned {result!r}")
    facts = {name: float(fact[episode]) for name, fact in queue.facts.items()}
    told = {name: float(value) for name, value in trace.facts.items()}
    _require(facts == told, f"{place}: facts are {told}, rollouts gave {facts}")


def _check_picture(pictures: Pictures, task: Genome, trace: Trace) -> None:
    for step in (0, len(trace.rewards)):
        picture = pictures.draw(task, trace, step, 64, 48)
        sound = picture.dtype == np.uint8 and picture.shape == (48, 64, 3)
        _require(sound, f"draw gives {picture.dtype}{picture.shape}; asked for were uint8(48, 64, 3)")
        _require(picture.min() < picture.max(), f"draw gives an empty picture at step {step}")
    if pictures.sketch:
        _check_sketch(pictures.sketch(task, trace), len(trace.rewards) + 1)


def _check_sketch(sketch: Sketch, times: int) -> None:
    bodies = sketch.poses.shape[1] if sketch.poses.ndim == 3 else 0
    _require(sketch.poses.shape == (times, bodies, 3), f"sketch: poses are {sketch.poses.shape}, not ({times}, b, 3)")
    _require(np.isfinite(sketch.poses).all(), "sketch: poses hold values that are not finite")
    _require(0 <= sketch.centre < bodies and sketch.width > 0, "sketch: there is no such centre, or nothing to see")
    for place, shape in enumerate(sketch.shapes):
        points, fewest = shape.points, {"area": 3, "line": 1 if shape.towards >= 0 else 2, "dot": 1}.get(shape.kind, 0)
        _require(fewest, f"sketch: shape {place} is a {shape.kind!r}; it must be area, line or dot")
        sound = points.ndim == 2 and points.shape[1] == 2 and len(points) >= fewest and np.isfinite(points).all()
        _require(sound, f"sketch: shape {place}, a {shape.kind}, has points {points.tolist()}")
        _require(min(shape.body, shape.towards) >= -1, f"sketch: shape {place} moves with a body below -1")
        _require(max(shape.body, shape.towards) < bodies, f"sketch: shape {place} moves with a body that is not there")
        _require(
            shape.shown is None or shape.shown.shape == (times,), f"sketch: shape {place} is not shown at all times"
        )


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
    _require(took < STOP_SECONDS, f"rollouts went on for {took:.1f} s after the stop flag was set")
    ran = queue.steps > 0
    _require((np.isfinite(queue.returns) == ran).all(), "a stopped queue must keep NaN returns where steps are 0")
    same = (queue.returns[ran] == np.tile(expected.returns, times)[ran]).all()
    _require(same, "episodes that ran before a stop have other returns than without it")
    queue = Queue(domain.simulator.prepare(tasks), domain.policies.default, agents, which, keys, CAP)
    queue.stop[0] = 1
    domain.simulator.rollouts(queue)
    _require(not queue.steps.any(), "rollouts ran episodes of a queue that was stopped before")
