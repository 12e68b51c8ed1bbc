"""`openended suite grow SUITE RUN...`."""

from pathlib import Path

import click

from openended.cli.options import THREADS


@click.command("suite")
@click.argument("action", type=click.Choice(["grow"]))
@click.argument("suite")
@click.argument("runs", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--output", "-o", "place", required=True, type=click.Path(path_type=Path), help="The file to write: .json."
)
@click.option("--most", type=click.IntRange(min=1), default=100, help="Most new tasks; default: 100.")
@THREADS
def command(action: str, suite: str, runs: tuple[Path, ...], place: Path, most: int, threads: int | None) -> None:
    """Write the next version of SUITE, a suite's name or a file, for `evaluate --on`: it has new tasks of the RUNs.

    Added are tasks that an elite of a run solves and that no shared learner of the runs does, as it is now and was at
    its snapshots; of each niche one. Old versions stay as they are; rates of different versions do not compare.

    \b
    Examples:
      openended suite grow maze-suite generalist.run pairs.run -o maze-suite-v2.json
      openended suite grow maze-suite-v2.json later.run pairs.run -o maze-suite-v3.json --most 50
      openended evaluate generalist.run --on maze-suite-v3.json --learner 0 --snapshots
    """
    from openended.run import suites
    from openended.run.driver import cores

    assert action == "grow"
    click.echo(suites.text(suites.grow(suite, runs, place, most, threads or cores()), place))
