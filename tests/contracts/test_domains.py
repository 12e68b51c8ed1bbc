"""Every registered domain keeps the contract, and the check notices domains that do not."""

from importlib.metadata import EntryPoint
from itertools import count

import numpy as np
import pytest

from openended import envs
from openended.envs.api import Axis, Environment, Family, Queue, Warm
from openended.envs.check import ContractViolation, check_domain
from openended.envs.labels import Labelled
from openended.envs.policy import Mlp, make
from openended.envs.specifications import Specification
from tests.support import point
from tests.support.altered import altered
from tests.support.point import POINT, SKETCHER, Errand, sketcher


@pytest.mark.parametrize("id", envs.domain_ids())
def test_every_registered_domain_keeps_the_contract(id):
    found = envs.registered(id)
    check_domain(found.make(found.example) if isinstance(found, Family) else found)


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


def specified(*versions):
    """With these versions of a specification."""
    return altered(POINT, tasks={"specifications": versions})


EVERYWHERE = Specification("everywhere", lambda errand: True)


def far(key):
    return Errand(2.0)


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


def unfeatured():
    return altered(POINT, tasks={"features": lambda errand: np.array([errand.x] * round(errand.x))})


def wandering():
    """Its way to a task never arrives."""
    return altered(POINT, tasks={"toward": lambda errand, target: point.mutate(errand, 1)})


def monotonous():
    return altered(POINT, tasks={"random": lambda key: Errand()})


def capricious():
    calls = count()
    return altered(POINT, tasks={"random": lambda key: point.mutate(Errand(), next(calls))})


def permissive():
    return altered(POINT, policies={"make": lambda kind, hidden: point.POLICY})


def misfitting():
    return altered(POINT, policies={"make": lambda kind, hidden: make(kind, 3, hidden, 2)})


def disobedient():
    """Acts by its own network, whatever the policy."""

    def rollouts(queue):
        own = Queue(queue.tasks, point.POLICY, queue.agents[:, :22], queue.which, queue.keys, queue.cap, queue.stall)
        own.stop, own.taken = queue.stop, queue.taken
        own.returns, own.steps, own.facts = queue.returns, queue.steps, queue.facts
        point.rollouts(own)

    def trace(errand, policy, agent, key, cap):
        return point.trace(errand, point.POLICY, 2 * agent if policy.kind == "gru" else agent, key, cap)

    return altered(
        POINT,
        simulator={"rollouts": rollouts, "trace": trace},
        policies={"make": lambda kind, hidden: make(kind, 2, hidden, 2)},
    )


def suited(name, suite):
    return altered(POINT, suites={name: suite})


def renewed():
    calls = count()
    return suited("point-suite-v1", lambda: {"near": [Errand(1.0 + next(calls), 0.0, 0.0)]})


def undecided():
    calls = count()
    return altered(POINT, kinds={"far": lambda key: Errand(1.0 + next(calls))})


def cold():
    return altered(POINT, simulator={"warm": Warm(lambda: False, lambda report: None)})


def boastful():
    return altered(POINT, simulator={"warm": Warm(lambda: True, lambda report: report(4, 3))})


def labelled(spoil=lambda made: made, salt=lambda: 0):
    """Points that know where they should go."""

    def labels(tasks, which, keys):
        seen = np.array([(key % 97, task) for key, task in zip(keys.tolist(), which, strict=True)], np.float32)
        seen[:, 1] = [tasks[task][0] + salt() for task in which]
        return spoil(Labelled(seen, -seen, np.ones(len(keys), np.float32), np.ones(len(keys), np.int64)))

    return altered(POINT, simulator={"labels": labels})


def test_a_domain_with_labels_keeps_the_contract():
    check_domain(labelled())


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
        (blank(), "draw at step 0 gives an empty picture"),
        (unfeatured(), "as many finite float64 everywhere"),
        (wandering(), "does not arrive within"),
        (monotonous(), "the same task for all keys"),
        (capricious(), "random is not a function of its key"),
        (permissive(), "without a ValueError"),
        (misfitting(), "has 3 inputs, 2 outputs"),
        (disobedient(), "policy gru .* rewards add up to"),
        (suited("point", lambda: {"near": [Errand()]}), "form name-v1"),
        (suited("point-v1", lambda: {"near": []}), "an empty list"),
        (renewed(), "has other tasks when made again"),
        (altered(POINT, kinds={"far off": lambda key: Errand()}), "kind 'far off' is not of letters and digits"),
        (altered(POINT, kinds={"far": lambda key: Errand()}), "kind 'far' draws the same task by every key"),
        (altered(POINT, kinds={"far": lambda key: Errand(11.0 + key)}), "kind 'far' draws .* decode does not take"),
        (undecided(), "kind 'far' draws another task by the same key"),
        (cold(), "not True after warm_up"),
        (boastful(), "within 0 .. the total"),
        (labelled(lambda made: made._replace(weights=made.weights[:-1])), "observations are"),
        (labelled(lambda made: made._replace(labels=made.labels[:, :1])), "labels: labels are"),
        (labelled(lambda made: made._replace(lengths=made.lengths + 1)), "add up to"),
        (labelled(lambda made: made._replace(weights=0 * made.weights)), "nor all 0"),
        (labelled(lambda made: made._replace(observations=0 * made.observations)), "same for other keys"),
        (labelled(salt=count().__next__), "made twice"),
        (labelled(lambda made: made._replace(labels=made.labels * len(made.labels))), "when it is made alone"),
        (altered(POINT, metrics={"wind": lambda errand: float("nan")}), "metric 'wind' gives nan"),
        (altered(POINT, environment=Environment("Point-v1", lambda errand: {"task": errand})), "more than JSON"),
        (altered(POINT, settings={"wind": {1}}), "settings hold more than JSON"),
        (specified(Specification("near", lambda errand: errand.x < 1)), "'near' does not allow the first task"),
        (specified(Specification("calm", lambda errand: errand.wind == 0, mutate=point.mutate)), "a child of"),
        (specified(EVERYWHERE, EVERYWHERE), "must have distinct names"),
        (specified(EVERYWHERE, Specification("near", lambda errand: errand.x == 1)), "'near' does not allow"),
        (specified(Specification("near", lambda errand: errand.x == 1, random=far)), "is not allowed there"),
        (altered(POINT, pictures={"steps_per_second": 0.0}), "steps_per_second is 0.0"),
        (altered(POINT, pictures={"strip": lambda *_: np.zeros((300, 50, 3), np.uint8)}), "strip gives"),
        (altered(POINT, pictures={"profile": lambda *_: np.ones((50, 300, 3), np.uint8)}), "profile gives an empty"),
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
