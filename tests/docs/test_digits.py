"""The page on programs over digits says what is so."""

import runpy

from openended.envs.digits.domain import DEFAULT, DIGITS
from openended.envs.digits.examples import OBSERVATIONS
from openended.envs.digits.exercise import decode
from tests.docs.conftest import DOCS


def test_the_python_of_the_page_runs(blocks, tmp_path, capsys):
    (code,) = blocks("digits.md", "python")
    (tmp_path / "script.py").write_text(code)
    runpy.run_path(str(tmp_path / "script.py"))
    conflict, ceiling, guessed = capsys.readouterr().out.splitlines()
    assert conflict.startswith("0.683")
    assert ceiling.startswith("(0.658")
    assert guessed.startswith("0.472")


def test_the_task_and_the_sizes_of_the_page_are_so(blocks):
    (text,) = blocks("digits.md", "json")
    assert decode(text.strip()).answers == 3
    page = (DOCS / "digits.md").read_text()
    assert f"{DEFAULT.parameters:,} numbers" in page
    assert f"{OBSERVATIONS} numbers of 0 or 1" in page


def test_the_page_names_the_suite():
    page = (DOCS / "digits.md").read_text()
    for name in DIGITS.suite("digits-suite"):
        kind = name.rstrip("0123456789")
        assert f"`{kind}" in page
