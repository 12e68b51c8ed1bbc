import made
import pytest


@pytest.fixture
def file(point, tmp_path, capsys):
    """A sound run file of six made-up generations."""
    path = tmp_path / "made.run"
    made.write(path, 6)
    return path
