"""The programs of docs/people.md, on a toy run."""

import json
import tomllib
from pathlib import Path

import pytest

from openended.file.reader import Reader
from openended.run import driver
from tests.support.point import Errand, encode


@pytest.fixture
def run(config, tmp_path, monkeypatch):
    """The page's `long.run` and `course.json` in the current folder."""
    monkeypatch.chdir(tmp_path)
    driver.run(Path("long.run"), config("generations=2"), threads=1)
    Path("course.json").write_text(json.dumps(encode(Errand(2.0, 0.0, 0.05))))
    return Path("long.run")


def test_the_programs_send_offers_and_read_what_became_of_them(run, config, blocks, capsys):
    send, read = blocks("people.md", "python")
    exec(send, {})
    driver.run(run, config("generations=3"), threads=1)
    exec(read, {})
    lines = sorted(capsys.readouterr().out.splitlines(), key=lambda line: line.split()[1])
    with Reader(run) as reading:
        outcomes = {row.kind: row.outcome for row in reading.offers()}
    assert [line.split(maxsplit=1)[1] for line in lines] == [
        f"my-generator {outcomes['task']}",
        f"my-judge {outcomes['vote']}",
    ]


def test_the_settings_shown_are_the_defaults(config, blocks):
    (table,) = blocks("people.md", "toml")
    assert vars(config().params.people) == tomllib.loads(table)["people"]
