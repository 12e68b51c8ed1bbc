"""Run files of every schema there has been, small and real. `python tests/file/test_golden.py` writes the newest."""

import re
import shutil
import sys
from pathlib import Path

import pytest

from openended.file import schema
from openended.file.reader import Reader
from openended.file.verify import verify
from openended.run import driver

FOLDER = Path(__file__).parent / "schemas"
FILES = sorted(FOLDER.glob("*.run"))
GENERATIONS = 6


def test_there_is_a_file_of_every_schema():
    assert [path.name for path in FILES] == [f"{number}.run" for number in range(1, schema.VERSION + 1)]


@pytest.mark.parametrize("golden", FILES, ids=lambda path: path.stem)
def test_a_run_file_of_an_earlier_schema_is_sound_and_goes_on(point, golden, tmp_path):
    path = tmp_path / golden.name
    shutil.copy(golden, path)
    assert verify(path) == []
    with Reader(path) as run:
        assert run.state().generation == GENERATIONS
    driver.run(path, driver.load_config(path, GENERATIONS + 3), threads=1)
    assert verify(path) == []
    with Reader(path) as run:
        assert [row["generation"] for row in run.generations()] == list(range(GENERATIONS + 4))


def test_the_newest_file_was_written_by_the_code_of_its_schema(point):
    with Reader(FILES[-1]) as run:
        assert run.database.execute("PRAGMA user_version").fetchone()[0] == schema.VERSION
        assert re.fullmatch("[0-9a-f]{64}", run.digest)


if __name__ == "__main__":
    from openended import envs
    from openended.run import recipe
    from tests.support import toy

    envs.DOMAINS["point-v1"] = "tests.support.point:POINT"
    settings = FOLDER / "toy.toml"
    settings.write_text(toy.SETTINGS)
    driver.run(FOLDER / f"{schema.VERSION}.run", recipe.load(str(settings), [f"generations={GENERATIONS}"]), threads=1)
    settings.unlink()
    sys.exit()
