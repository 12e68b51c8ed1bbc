import pytest

from openended import envs
from openended.file.snapshot import snapshot
from openended.view.report import figures
from openended.view.report.page import report
from tests.support.browser import browser

FITNESS = {(0, 0): 280.0, (5, 3): 235.0, (7, 5): 90.0}
"""Niches 0 (solved), 33 (solved, the hardest so) and 47."""


@pytest.fixture(params=["frames", "shapes"])
def view(request, made, monkeypatch):
    """A run of a domain that only draws, and of one that sketches."""
    if request.param == "shapes":
        monkeypatch.setitem(envs.DOMAINS, "point-v1", "tests.support.point:SKETCHER")
    return snapshot(made(FITNESS))


@pytest.fixture(scope="session")
def chromium(tmp_path_factory):
    """One browser for all tests."""
    with browser(tmp_path_factory.mktemp("browser")) as page:
        yield page


@pytest.fixture
def opened(chromium, tmp_path, monkeypatch):
    """Opens the report of a run file in the browser, without most of its plots, which take a second."""
    monkeypatch.setattr(figures, "others", lambda view: {})

    def open_report(path, **window):
        chromium.errors.clear()
        chromium.requests.clear()
        chromium.open(report(path, tmp_path / "report.html"), **window)
        return chromium

    return open_report
