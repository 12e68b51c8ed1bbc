"""Every registered domain keeps the contract, and the check notices domains that do not."""

from importlib.metadata import EntryPoint
from itertools import count

import numpy as np
import pytest

from openended import envs
from openended.envs.api import Axis
from openended.envs.check import ContractViolation, check_domain
from openended.envs.policy import Mlp
from tests.support import point
from tests.support.altered import altered
from tests.support.point import POINT, SKETCHER, Errand, sketcher


@pytest.mark.parametrize("id", envs.domain_ids())
def test_every_registered_domain_keeps_the_contract(id):
    check_domain(envs.domain(id))


def test_the_toy_domain_keeps_the_contract():
    check_domain(POINT)


def test_a_domain_that_also_sketches_its_episodes_keeps_the_contract():
    check_domain(SKETCHER)


def test_a_domain_without_pictures_keeps_the_contract():
    check_domain(altered(POINT, pictures=None))


def forgetful():
    """Its mutation depends on how often it was called."""
    calls = count()
    return altered(POINT, tasks={"mutate": lambda errand, key: point.mutate(errand, key + next(calls))})


def negligent():
    return altered(POINT, tasks={"decode": lambda text: point.decode(text.strip())})


def immeasurable():
    return altered(POINT, tasks={"describe": lambda errand: point.describe(errand) / (errand.wind < 0.3)})


def running(rollouts):
    return altered(POINT, simulator={"rollouts": rollouts})


def ordered():
    """What an episode returns depends on its place in the queue."""

    def rollouts(queue):
        point.rollouts(queue)
        queue.returns += np.arange(len(queue.returns))

    return running(rollouts)


def crowded():
    """What an episode returns depends on how many threads there are."""
    threads = count(1)

    def rollouts(queue):
        mine = next(threads)
        queue.returns[:] = 0.0
        point.rollouts(queue)
        queue.returns += 1e-9 * mine

    return running(rollouts)


def embellished():
    def trace(*arguments):
        found = point.trace(*arguments)
        found.rewards[0] += 1e-9
        return found

    return altered(POINT, simulator={"trace": trace})


def relentless():
    def rollouts(queue):
        queue.stop = np.zeros(1, np.uint8)
        point.rollouts(queue)

    return running(rollouts)


def secretive():
    def rollouts(queue):
        point.rollouts(queue)
        del queue.facts["distance"]

    return running(rollouts)


def blank():
    def draw(errand, trace, step, width, height):
        return np.zeros((height, width, 3), np.uint8)

    return altered(POINT, pictures={"draw": draw})


@pytest.mark.filterwarnings("ignore:divide by zero")
@pytest.mark.parametrize(
    ("domain", "breach"),
    [
        (forgetful(), "mutate is not a function"),
        (negligent(), "decode takes"),
        (immeasurable(), "every value must be finite"),
        (ordered(), "in the opposite order have other returns"),
        (crowded(), "have other returns"),
        (embellished(), "rewards add up to"),
        (relentless(), "stop|stopped"),
        (secretive(), "facts are"),
        (blank(), "empty picture"),
        (sketcher(kind="area"), "area, has points"),
        (sketcher(body=1), "not there"),
        (sketcher(shown=np.ones(1, bool)), "not shown at all times"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
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
        ({"policies": {"default": Mlp((3, 2))}}, "the spaces have"),
        ({"simulator": {"lowest_return": float("-inf")}}, "lowest_return"),
        ({"tasks": {"first": lambda: Errand(float("nan"))}}, "first task"),
    ],
)
def test_wrong_constants_are_noticed(change, breach):
    with pytest.raises((ContractViolation, ValueError), match=breach):
        check_domain(altered(POINT, **change))


def test_an_unknown_domain_is_refused_with_those_that_exist():
    with pytest.raises(envs.DomainError, match=r"'walker-v9'; known domains: .*walker-v1"):
        envs.domain("walker-v9")


def test_another_packages_domain_is_found_by_its_entry_point(monkeypatch):
    points = [
        EntryPoint("point-v1", "tests.support.point:POINT", envs.GROUP),
        EntryPoint("gone-v1", "nowhere:Gone", envs.GROUP),
    ]
    monkeypatch.setattr("importlib.metadata.entry_points", lambda group: points if group == envs.GROUP else [])
    assert {"point-v1", "walker-v1"} <= set(envs.domain_ids())
    assert envs.domain("point-v1").tasks.first() == Errand()
    with pytest.raises(envs.DomainError, match="'gone-v1' of nowhere:Gone does not load"):
        envs.domain("gone-v1")


def test_a_domain_registered_under_another_id_is_refused(monkeypatch):
    monkeypatch.setitem(envs.DOMAINS, "line-v1", "tests.support.point:POINT")
    with pytest.raises(envs.DomainError, match="calls itself 'point-v1'"):
        envs.domain("line-v1")


def test_an_entry_may_be_a_function_that_makes_the_domain_but_nothing_else(monkeypatch):
    monkeypatch.setitem(envs.DOMAINS, "point-v1", "tests.support.point:sketcher")
    assert envs.domain("point-v1").pictures.sketch
    monkeypatch.setitem(envs.DOMAINS, "point-v1", "tests.support.point:Errand")
    with pytest.raises(envs.DomainError, match="is a Errand; it must be an envs"):
        envs.domain("point-v1")
