import importlib.util
from pathlib import Path

from openended import cli

PAGE = Path(__file__).parents[2] / "docs" / "commands.md"


def test_the_reference_of_the_commands_is_up_to_date():
    place = importlib.util.spec_from_file_location("commands", PAGE.with_suffix(".py"))
    script = importlib.util.module_from_spec(place)
    place.loader.exec_module(script)
    assert PAGE.read_text() == script.reference(), "run `python docs/commands.py`"


def test_the_reference_has_every_command_with_an_example():
    sections = PAGE.read_text().split("\n## ")[1:]
    assert [text.splitlines()[0] for text in sections] == [f"openended {verb}" for verb in cli.COMMANDS]
    for text in sections:
        assert f"\n{text.splitlines()[0]}" in text.partition("```sh")[2]
