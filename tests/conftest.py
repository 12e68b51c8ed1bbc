from functools import cache

import pytest
from hypothesis import HealthCheck, settings

from openended import envs
from openended.run import recipe
from tests.support import made, toy

# Without this, Hypothesis fails examples that take 200 ms, which happens on busy machines and while numba compiles.
settings.register_profile("openended", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("openended")


@pytest.fixture
def point(monkeypatch):
    """The toy domain is registered."""
    monkeypatch.setitem(envs.DOMAINS, "point-v1", "tests.support.point:POINT")


@pytest.fixture
def config(point, tmp_path):
    """Makes the config of the toy recipe, with other settings if wanted: `config("learner.sigma=0.2")`."""
    path = tmp_path / "toy.toml"
    path.write_text(toy.SETTINGS)
    return lambda *overrides: recipe.load(str(path), overrides)


@pytest.fixture(scope="session")
def grown_toy(tmp_path_factory):
    """Makes the toy recipe's run of some generations, on one thread and never stopped: `grown_toy(12)` is its run file,
    made once for all tests, which copy it before they change it.
    """
    from openended.run import driver  # loads numba

    @cache
    def grow(generations):
        folder = tmp_path_factory.mktemp("toy")
        (folder / "toy.toml").write_text(toy.SETTINGS)
        with pytest.MonkeyPatch.context() as patch:
            patch.setitem(envs.DOMAINS, "point-v1", "tests.support.point:POINT")
            config = recipe.load(str(folder / "toy.toml"), [f"generations={generations}"])
            driver.run(folder / "toy.run", config, threads=1)
        return folder / "toy.run"

    return grow


@pytest.fixture
def file(point, tmp_path, capsys):
    """A sound run file of six made-up generations."""
    path = tmp_path / "made.run"
    made.write(path, 6)
    return path
