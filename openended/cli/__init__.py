"""The command line: one verb per file, loaded when it is called, so that help costs nothing."""

import os
import sys
import traceback
from importlib import import_module

import click

from openended import __version__

COMMANDS = {
    "run": "Start or continue the run of a recipe.",
    "resume": "Continue a run file.",
    "status": "Report the progress of a run.",
    "plot": "Draw runs: archive, progress, lineage, transfers.",
    "lineage": "Print the history of an elite.",
    "replay": "Show agents on tasks.",
    "report": "Write a run as a page for the browser.",
    "studio": "Watch a run, and take part in it, in the browser.",
    "evaluate": "Evaluate agents on tasks they were not made for.",
    "suite": "Grow a suite of tasks to evaluate on.",
    "table": "Put evaluations of several recipes side by side.",
    "generality": "Compare a learner with what it was before.",
    "compare": "Compare two groups of runs.",
    "export": "Write tables, tasks and agents for other tools.",
    "submit": "Offer a task to a run.",
    "people": "Report what people brought to a run.",
    "verify": "Check a run file for damage.",
    "diff": "Find where two runs differ.",
    "backup": "Copy a run file, live or not.",
    "slurm": "Print a batch script for a Slurm cluster.",
    "recipes": "List the recipes that come with the package.",
    "domains": "List the domains.",
}
"""Every verb with its line in the help, in the order of the help."""


class Verbs(click.Group):
    """A group of commands, each in the module of its name."""

    def list_commands(self, context: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        command: click.Command = import_module(f"openended.cli.{name}").command
        return command

    def format_commands(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(
    cls=Verbs,
    epilog="Exit codes: 0 done, 1 bug, 2 usage or recipe, 3 run file, 4 owned by another process, "
    "5 disk, memory or cluster, 6 runs differ (diff), 75 stopped and resumable.",
)
@click.version_option(__version__, prog_name="openended")
def group() -> None:
    """An open-ended search engine: it invents tasks, trains agents on them, and keeps the best of both."""


def main() -> None:
    """Run the command line and end the process with the exit code that design and `--help` promise."""
    from openended.file.errors import Failure

    try:
        group.main(prog_name="openended", standalone_mode=False)
    except Failure as error:
        click.echo(f"openended: {error}", err=True)
        if error.at_once:
            sys.stdout.flush()
            os._exit(error.code)
        sys.exit(error.code)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except click.Abort:
        sys.exit(75)
    except BrokenPipeError:
        sys.exit(1)
    except Exception:
        traceback.print_exc()
        click.echo("openended: this is a bug of ours; please report it with the lines above.", err=True)
        sys.exit(1)
