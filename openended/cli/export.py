"""`openended export FILE`."""

from pathlib import Path

import click

from openended.cli.options import FILE


@click.command("export")
@FILE
@click.option("--to", "folder", type=click.Path(path_type=Path), required=True, help="A new folder to write.")
@click.option(
    "--as",
    "kinds",
    type=click.Choice(["csv", "parquet", "json", "npz", "inputs", "onnx", "tensorboard"]),
    multiple=True,
    default=("csv", "json", "npz"),
    show_default=True,
    help="What to write; may be given several times.",
)
def command(file: Path, folder: Path, kinds: tuple[str, ...]) -> None:
    """Write the run in FILE for other tools: the archive, the lineage and the metrics as tables (csv, parquet), the
    tasks of the elites (json), the agents (npz: arrays; onnx: networks), what people and programs offered (inputs: for
    `run --inputs`), the metrics as TensorBoard events.

    \b
    Examples:
      openended export runs/results/quickstart.run --to quickstart
      openended export runs/results/quickstart.run --to agents --as onnx --as json
    """
    from openended.view.export import export

    click.echo(export(file, folder, kinds))
