"""Checks any domain against the contract of `envs.api`; a public tool, and what our tests run over every domain."""

import json
import re

import numpy as np

from .api import Domain, Genome, Queue, Tasks
from .check_episodes import check_episodes
from .check_labels import check_labels
from .check_people import check_people
from .check_tasks import check_tasks
from .contract import ContractViolation, require
from .policy import Policy

__all__ = ["ContractViolation", "check_domain"]


def check_domain(domain: Domain, tasks: int = 200) -> None:
    """Check every part of a domain, on `tasks` tasks, each a mutation of the one before.

    Raises:
        ContractViolation: names the first violation in one sentence.
    """
    _check_constants(domain)
    chain = check_tasks(domain, tasks)
    some = [chain[0], chain[len(chain) // 4], chain[len(chain) // 2], chain[-1]]
    check_episodes(domain, some)
    check_labels(domain, some)
    check_people(domain, some)
    _check_policies(domain, chain[0])
    _check_suites(domain)
    _check_kinds(domain)
    _check_metrics(domain, chain)
    _check_warm(domain)


def _check_constants(domain: Domain) -> None:
    named = re.fullmatch(r"[a-z][a-z0-9-]*-v[0-9]+", domain.id) or domain.settings is not None
    require(named, f"id {domain.id!r} is not of the form name-v1")
    names = [axis.name for axis in domain.axes]
    require(names and len(set(names)) == len(names), f"axes {names} must be one or more, with distinct names")
    for axis in domain.axes:
        ordered = -np.inf < axis.low < axis.high < np.inf
        require(ordered, f"axis {axis.name!r} spans {axis.low} .. {axis.high}; low must be below high, both finite")
    simulator, policy = domain.simulator, domain.policies.default
    require(np.isfinite(simulator.lowest_return), f"lowest_return is {simulator.lowest_return}; it must be finite")
    _check_layout(domain, policy, "the default policy")
    agent, again = policy.init(7), policy.init(7)
    require(agent.dtype == np.float32 and agent.shape == (policy.parameters,), "policy.init is not float32[parameters]")
    require(agent.tobytes() == again.tobytes(), "policy.init is not a function of its key")
    require(agent.tobytes() != policy.init(8).tobytes(), "policy.init ignores its key")
    require(domain.settings is None or _is_json(domain.settings), "settings hold more than JSON does")


def _check_layout(domain: Domain, policy: Policy, what: str) -> None:
    simulator = domain.simulator
    spaces = (simulator.observations.size, simulator.actions.size)
    sound = (policy.inputs, policy.outputs) == spaces and policy.discrete == simulator.actions.discrete
    require(sound, f"{what} has {policy.inputs} inputs, {policy.outputs} outputs; the spaces have {spaces}")
    require(_is_json(policy.layout()), f"{what}: its layout holds more than JSON does")


def _check_policies(domain: Domain, genome: Genome) -> None:
    """Other policies run, or are refused by a ValueError."""
    simulator = domain.simulator
    for kind, hidden in (("mlp", (3, 5)), ("gru", (4, 3)), ("no-such-kind", ())):
        try:
            policy = domain.policies.make(kind, hidden)
        except ValueError:
            continue
        require(kind != "no-such-kind", f"policies.make takes {kind!r} without a ValueError")
        what = f"the policy {kind} {list(hidden)}"
        _check_layout(domain, policy, what)
        agent = policy.init(1)
        which, keys = np.zeros((1, 2), np.int32), np.array([5], np.uint64)
        queue = Queue(simulator.prepare([genome]), policy, agent[None], which, keys, 50)
        simulator.rollouts(queue)
        rewards = simulator.trace(genome, policy, agent, 5, 50).rewards
        total = sum(rewards.tolist())
        require(queue.returns[0] == total, f"{what}: rewards add up to {total!r}, rollouts returned {queue.returns[0]}")


def _check_suites(domain: Domain) -> None:
    for name, made in domain.suites.items():
        require(re.fullmatch(r".+-v[0-9]+", name), f"suite {name!r} is not of the form name-v1")
        tables = domain.suite(name), made()
        require(tables[0] and all(tables[0].values()), f"suite {name!r} has no tasks, or an empty list of them")
        counts = [{course: len(tasks) for course, tasks in table.items()} for table in tables]
        require(counts[0] == counts[1], f"suite {name!r} is another one when made again")
        firsts = [tasks[0] for tasks in tables[0].values()]
        policy, count = domain.policies.default, len(firsts)
        which = np.array([(task, 0) for task in range(count)], np.int32)
        results = []
        for table in tables:
            prepared = domain.simulator.prepare([tasks[0] for tasks in table.values()])
            queue = Queue(prepared, policy, policy.init(0)[None], which, np.arange(count, dtype=np.uint64), 20)
            domain.simulator.rollouts(queue)
            results.append(queue.returns.tobytes())
        require(np.isfinite(queue.returns).all(), f"suite {name!r}: returns are {queue.returns}")
        require(results[0] == results[1], f"suite {name!r} has other tasks when made again")


def _check_kinds(domain: Domain) -> None:
    tasks = domain.tasks
    for name, drawn in domain.kinds.items():
        require(re.fullmatch("[A-Za-z][A-Za-z0-9]*", name), f"kind {name!r} is not of letters and digits alone")
        texts = [tasks.encode(drawn(key)) for key in (5, 5, 2**64 - 1)]
        require(texts[0] == texts[1], f"kind {name!r} draws another task by the same key")
        require(texts[0] != texts[2], f"kind {name!r} draws the same task by every key")
        for text in texts:
            require(_comes_back(tasks, text), f"kind {name!r} draws {text:.80}, which decode does not take")


def _comes_back(tasks: Tasks, text: str) -> bool:
    try:
        return tasks.encode(tasks.decode(text)) == text
    except ValueError:
        return False


def _check_metrics(domain: Domain, chain: list[Genome]) -> None:
    for name, metric in domain.metrics.items():
        for genome in chain:
            value = metric(genome)
            sound = isinstance(value, int | float) and np.isfinite(value) and value == metric(genome)
            require(sound, f"metric {name!r} gives {value!r}; it must be a finite number, a function of the genome")
    if domain.environment:
        arguments = domain.environment.arguments(chain[-1])
        require(_is_json(dict(arguments)), "environment: the arguments of a task hold more than JSON does")


def _check_warm(domain: Domain) -> None:
    warm = domain.simulator.warm
    if warm is None:
        return
    told: list[tuple[int, int]] = []
    warm.warm_up(lambda done, total: told.append((done, total)))
    require(warm.compiled() is True, "warm: compiled() is not True after warm_up")
    sound = all(0 <= done <= total for done, total in told)
    require(sound, f"warm: warm_up reports {told}; what is done must be within 0 .. the total")


def _is_json(value: object) -> bool:
    try:
        json.dumps(value, allow_nan=False)
    except (TypeError, ValueError):
        return False
    return True
