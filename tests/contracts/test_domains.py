"""Every registered domain keeps the contract, and the check notices domains that do not."""

from importlib.metadata import EntryPoint
from typing import ClassVar

import numpy as np
import pytest

from openended import envs
from openended.envs.api import Axis, Policy
from openended.envs.check import ContractViolation, check_domain
from tests.support.point import Errand, Point, Sketcher


@pytest.mark.parametrize("id", envs.domain_ids())
def test_every_registered_domain_keeps_the_contract(id):
    check_domain(envs.domain(id))


def test_the_toy_domain_keeps_the_contract():
    check_domain(Point())


def test_a_domain_that_also_sketches_its_episodes_keeps_the_contract():
    check_domain(Sketcher())


class Forgetful(Point):
    """Its mutation depends on how often it was called."""

    calls = 0

    def mutate(self, task, key):
        self.calls += 1
        return super().mutate(task, key + self.calls)


class Negligent(Point):
    def decode(self, text):
        return super().decode(text.strip())


class Immeasurable(Point):
    def describe(self, task):
        return super().describe(task) / (task.wind < 0.3)


class Ordered(Point):
    """What an episode returns depends on its place in the queue."""

    def rollouts(self, queue):
        super().rollouts(queue)
        queue.returns += np.arange(len(queue.returns))


class Crowded(Point):
    """What an episode returns depends on how many threads there are."""

    threads = 0

    def rollouts(self, queue):
        self.threads += 1
        queue.returns[:] = 0.0
        super().rollouts(queue)
        queue.returns += 1e-9 * self.threads


class Embellished(Point):
    def trace(self, task, agent, key, cap):
        trace = super().trace(task, agent, key, cap)
        trace.rewards[0] += 1e-9
        return trace


class Relentless(Point):
    def rollouts(self, queue):
        queue.stop = np.zeros(1, np.uint8)
        super().rollouts(queue)


class Secretive(Point):
    def rollouts(self, queue):
        super().rollouts(queue)
        del queue.facts["distance"]


class Blank(Point):
    def draw(self, task, trace, step, width, height):
        return np.zeros((height, width, 3), np.uint8)


class Hollow(Sketcher):
    changed: ClassVar[dict] = {"kind": "area"}


class Detached(Sketcher):
    changed: ClassVar[dict] = {"body": 1}


class Flickering(Sketcher):
    changed: ClassVar[dict] = {"shown": np.ones(1, bool)}


@pytest.mark.filterwarnings("ignore:divide by zero")
@pytest.mark.parametrize(
    ("domain", "breach"),
    [
        (Forgetful(), "mutate is not a function"),
        (Negligent(), "decode takes"),
        (Immeasurable(), "every value must be finite"),
        (Ordered(), "in the opposite order have other returns"),
        (Crowded(), "have other returns"),
        (Embellished(), "rewards add up to"),
        (Relentless(), "stop|stopped"),
        (Secretive(), "facts are"),
        (Blank(), "empty picture"),
        (Hollow(), "area, has points"),
        (Detached(), "not there"),
        (Flickering(), "not shown at all times"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Point) else "",
)
def test_breaches_are_noticed(domain, breach):
    with pytest.raises(ContractViolation, match=breach):
        check_domain(domain)


@pytest.mark.parametrize(
    ("change", "breach"),
    [
        ({"id": "Point"}, "name-v1"),
        ({"axes": ()}, "one or more"),
        ({"axes": (Axis("x", 1.0, 1.0, "m"),)}, "low must be below high"),
        ({"policy": Policy((2,))}, "name no network"),
        ({"lowest_return": float("-inf")}, "lowest_return"),
        ({"first_task": lambda: Errand(float("nan"))}, "first task"),
    ],
)
def test_wrong_constants_are_noticed(change, breach):
    domain = Point()
    for name, value in change.items():
        setattr(domain, name, value)
    with pytest.raises((ContractViolation, ValueError), match=breach):
        check_domain(domain)


def test_an_unknown_domain_is_refused_with_those_that_exist():
    with pytest.raises(envs.DomainError, match=r"'walker-v9'; known domains: .*walker-v1"):
        envs.domain("walker-v9")


def test_another_packages_domain_is_found_by_its_entry_point(monkeypatch):
    points = [
        EntryPoint("point-v1", "tests.support.point:Point", envs.GROUP),
        EntryPoint("gone-v1", "nowhere:Gone", envs.GROUP),
    ]
    monkeypatch.setattr("importlib.metadata.entry_points", lambda group: points if group == envs.GROUP else [])
    assert {"point-v1", "walker-v1"} <= set(envs.domain_ids())
    assert envs.domain("point-v1").first_task() == Errand()
    with pytest.raises(envs.DomainError, match="'gone-v1' of nowhere:Gone does not load"):
        envs.domain("gone-v1")


def test_a_domain_registered_under_another_id_is_refused(monkeypatch):
    monkeypatch.setitem(envs.DOMAINS, "line-v1", "tests.support.point:Point")
    with pytest.raises(envs.DomainError, match="calls itself 'point-v1'"):
        envs.domain("line-v1")
