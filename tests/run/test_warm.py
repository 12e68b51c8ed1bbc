import pytest

from openended.run import warm
from tests.support.point import Point


class Slow(Point):
    def __init__(self, ready: bool):
        super().__init__()
        self.ready = ready

    def compiled(self) -> bool:
        return self.ready

    def warm_up(self, report):
        for done in range(1, 4):
            report(done, 3)


def test_a_domain_that_is_not_compiled_says_so_and_how_far_it_is(monkeypatch):
    monkeypatch.setattr(warm, "EVERY", 0.0)
    said = []
    warm.warm_up(Slow(ready=False), said.append)
    assert said[0].startswith("point-v1 is being compiled")
    assert said[1:] == [f"point-v1: {done} of about 3 functions are compiled." for done in (1, 2, 3)]


@pytest.mark.parametrize("domain", [Slow(ready=True), Point()])
def test_a_domain_that_is_ready_or_needs_no_compiler_is_not_spoken_of(domain):
    said = []
    warm.warm_up(domain, said.append)
    assert said == []
