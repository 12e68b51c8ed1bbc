"""The page on bringing one's own simulator is followed word by word, but for the installation."""

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from openended.view import status

REGISTERED = "from openended import cli, envs; envs.DOMAINS['ferry-v1'] = 'ferry:FERRY'; cli.main()"


@pytest.fixture
def page(blocks, tmp_path):
    """A folder with what the page says to save: the domain, its check, its project file, its recipe."""
    domain, check = blocks("domain.md", "python")
    project, recipe = blocks("domain.md", "toml")
    for name, text in {"ferry.py": domain, "check.py": check, "pyproject.toml": project, "ferry.toml": recipe}.items():
        (tmp_path / name).write_text(text)
    return tmp_path


def python(folder, *arguments):
    path = [str(folder), str(Path(__file__).parents[2])]
    done = subprocess.run(
        [sys.executable, "-W", "error::UserWarning", *arguments],
        cwd=folder,
        env={"PYTHONPATH": ":".join(path), "PATH": "/usr/bin:/bin", "HOME": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_domain_of_the_page_keeps_the_contract_and_is_learnt(page):
    python(page, "check.py")
    python(page, "-c", REGISTERED, "run", "ferry.toml", "--generations", "60", "--threads", "1")
    report = status.report(page / "runs" / "results" / "ferry.run")
    assert report["best"] > 230
    assert report["elites"] > 1


def test_the_project_file_of_the_page_names_the_domain(page):
    project = tomllib.loads((page / "pyproject.toml").read_text())
    assert project["project"]["entry-points"] == {"openended.domains": {"ferry-v1": "ferry:FERRY"}}
    assert tomllib.loads((page / "ferry.toml").read_text())["domain"] == "ferry-v1"
    assert "FERRY = Domain(" in (page / "ferry.py").read_text()
