"""Writes docs/commands.md, the reference of the command line, from the commands: `python docs/commands.py`."""

from importlib import import_module
from pathlib import Path

import click

from openended.cli import COMMANDS, group

HEAD = """# Commands

Written by `python docs/commands.py` from the commands' own help; a test fails if it is out of date.
"""
BAR = "\\|"
"""A bar inside a table."""


def reference() -> str:
    """The whole page."""
    sections = (section(import_module(f"openended.cli.{name}").command) for name in COMMANDS)
    return "\n".join([HEAD, f"{group.epilog}\n", *sections])


def section(command: click.Command) -> str:
    """One command: how it is called, what it does, its options, examples."""
    context = click.Context(command, info_name=f"openended {command.name}")
    prose, _, examples = (command.help or "").partition("\b")
    options = [row(option, context) for option in command.params if isinstance(option, click.Option)]
    return "\n".join(
        [
            f"## openended {command.name}\n",
            f"`openended {command.name} {' '.join(command.collect_usage_pieces(context))}`\n",
            *(" ".join(paragraph.split()) + "\n" for paragraph in prose.strip().split("\n\n")),
            *(["| option | what it does |", "|---|---|", *options, ""] if options else []),
            "```sh",
            *(line.strip() for line in examples.strip().splitlines()[1:]),
            "```\n",
        ]
    )


def row(option: click.Option, context: click.Context) -> str:
    """One option as a line of the table."""
    value = "" if option.is_flag else f" `{option.make_metavar(context).replace('INTEGER RANGE', 'N')}`"
    default = option.default if option.show_default else None
    if isinstance(default, tuple):
        default = ", ".join(map(str, default))
    notes = [*(["required"] if option.required else []), *([f"default: {default}"] if default is not None else [])]
    text = " ".join([*filter(None, [option.help]), *(f"({note})" for note in notes)])
    cells = [", ".join(f"`{name}`" for name in option.opts) + value, text]
    return f"| {' | '.join(cell.replace('|', BAR) for cell in cells)} |"


if __name__ == "__main__":
    Path(__file__).with_suffix(".md").write_text(reference())
