"""`openended evaluate FILE`."""

import json
from pathlib import Path

import click

from openended.cli.options import FILE, THREADS


@click.command("evaluate")
@FILE
@click.option(
    "--on",
    required=True,
    metavar="SUITE|TASK.json|TASKS.jsonl|random:N|graded:N|KIND:N",
    help="A suite of the run's domain, a file of a task or of many, or N fresh tasks: drawn from the whole family, "
    "from ranges of growing difficulty, or held-out ones of a kind of the domain.",
)
@click.option("--all", "everyone", is_flag=True, help="Evaluate all elites, not that of the hardest solved task.")
@click.option(
    "--learner", type=int, metavar="ID", help="Evaluate the agent that this learner is training; 0 in a curriculum."
)
@click.option("--snapshots", is_flag=True, help="With --learner: also its agents of before, which the run has kept.")
@click.option("--sampled", is_flag=True, help="Draw discrete actions, as in training, and do not take the most likely.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option(
    "--output", "-o", "place", type=click.Path(path_type=Path), help="Write that object to a file, for `table`, too."
)
@THREADS
def command(
    file: Path,
    on: str,
    everyone: bool,
    learner: int | None,
    snapshots: bool,
    sampled: bool,
    as_json: bool,
    place: Path | None,
    threads: int | None,
) -> None:
    """Evaluate agents of the run in FILE on tasks they were not made for: solved rate and mean return per course.

    Of fresh tasks the worst 10, 5, 1 and 0.1 % are shown apart (CVaR), ranked by the agent's own success and return.

    \b
    Examples:
      openended evaluate runs/results/quickstart.run --on walker-suite
      openended evaluate runs/results/poet.run --on task.json --all
      openended evaluate runs/results/walker_adr.run --on walker-suite --learner 0
      openended evaluate runs/results/walker_adr.run --on random:10000 --learner 0 -o fresh.json
      openended evaluate runs/results/maze_accel.run --on maze-suite --learner 0 --sampled
      openended evaluate runs/results/maze_accel.run --on SixteenRooms:100 --learner 0 --sampled
    """
    from openended.file.errors import Usage
    from openended.run import evaluate
    from openended.run.driver import cores

    if everyone and learner is not None:
        raise Usage("--all and --learner name different agents; choose one of them.")
    report = evaluate.evaluate(file, on, everyone, learner, threads or cores(), snapshots, sampled)
    click.echo(json.dumps(report) if as_json else evaluate.text(report))
    if place is not None:
        evaluate.write(report, place)
