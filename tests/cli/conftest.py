import sys

import pytest

from openended import cli
from tests.support import toy


@pytest.fixture
def openended(point, tmp_path, monkeypatch, capsys):
    """Calls the command line in an empty folder; gives exit code, output and error output."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "toy.toml").write_text(toy.SETTINGS)

    def call(*arguments):
        monkeypatch.setattr(sys, "argv", ["openended", *map(str, arguments)])
        try:
            cli.main()
            code = 0
        except SystemExit as end:
            code = end.code
        return code, *capsys.readouterr()

    return call
