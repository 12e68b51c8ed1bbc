import pytest

from openended.envs.api import Warm
from openended.run import warm
from tests.support.altered import altered
from tests.support.point import POINT


def slow(ready):
    def compile_all(report):
        for done in range(1, 4):
            report(done, 3)

    return altered(POINT, simulator={"warm": Warm(lambda: ready, compile_all)})


def test_a_domain_that_is_not_compiled_says_so_and_how_far_it_is(monkeypatch):
    monkeypatch.setattr(warm, "EVERY", 0.0)
    said = []
    warm.warm_up(slow(ready=False), said.append)
    assert said[0].startswith("point-v1 is being compiled")
    assert said[1:] == [f"point-v1: {done} of about 3 functions are compiled." for done in (1, 2, 3)]


@pytest.mark.parametrize("domain", [slow(ready=True), POINT])
def test_a_domain_that_is_ready_or_needs_no_compiler_is_not_spoken_of(domain):
    said = []
    warm.warm_up(domain, said.append)
    assert said == []
