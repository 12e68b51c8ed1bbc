import pytest
import toy

from openended import envs
from openended.run import recipe


@pytest.fixture
def point(monkeypatch):
    """The toy domain is registered."""
    monkeypatch.setitem(envs.DOMAINS, "point-v1", "point:Point")


@pytest.fixture
def config(point, tmp_path):
    """Makes the config of the toy recipe, with other settings if wanted: `config("generations=3", "es.sigma=0.2")`."""
    path = tmp_path / "toy.toml"
    path.write_text(toy.SETTINGS)
    return lambda *overrides: recipe.load(str(path), overrides)
