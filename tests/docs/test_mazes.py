"""The page on mazes says what is so."""

import runpy

from openended.envs.maze import paths
from openended.envs.maze.domain import MAZE
from openended.envs.maze.draws import first
from openended.envs.maze.maze import encode, from_text


def test_the_python_of_the_page_runs(blocks, tmp_path, capsys):
    (code,) = blocks("mazes.md", "python")
    (tmp_path / "script.py").write_text(code)
    runpy.run_path(str(tmp_path / "script.py"))
    assert capsys.readouterr().out.splitlines()[2] == "#.>G#"


def test_the_task_and_the_picture_of_the_page_are_mazes(blocks):
    (text,) = blocks("mazes.md", "json")
    assert encode(first()) == text.strip()
    (drawn,) = (block for block in blocks("mazes.md", "") if block.startswith("###"))
    assert paths.shortest(from_text(drawn)) == 8


def test_the_table_has_the_suite(blocks):
    from tests.docs.conftest import DOCS

    page = (DOCS / "mazes.md").read_text()
    for name in MAZE.suite("maze-suite"):
        assert f"`{name}`" in page or (name.startswith("PerfectMaze") and f"`{name[11:]}`" in page)
