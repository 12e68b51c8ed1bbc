"""Ways out: a run as files that other tools read, in a new folder that appears complete or not at all.

Names of files are made of our words and of numbers, never of a run file's text, so nothing is written elsewhere.
"""

import csv
import json
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from openended.core.offers import AGAIN
from openended.file import digest
from openended.file.errors import Damaged, Resources, Usage
from openended.file.packages import needed
from openended.view.network import model
from openended.view.opened import Run, opened
from openended.view.tables import TABLES, known

USUAL = ("csv", "json", "npz")
"""Kinds of export that are written by default."""
FORMULA = "=+-@\t\r"
"""A cell of text that begins so would be computed by a spreadsheet."""


def export(path: str | Path, folder: str | Path, kinds: Sequence[str] = USUAL) -> Path:
    """Write the run in a run file as other tools want it, and return the folder.

    Args:
        path: the run file.
        folder: a new or empty folder in one that exists.
        kinds: of `KINDS`: `csv` and `parquet`, the tables of `openended.view.tables`; `json`, the task of each niche;
            `npz`, the agents of all pairs as arrays; `inputs`, the offers that were taken, for `run --inputs`; `onnx`,
            the agent of each niche; `tensorboard`, the metrics of all generations. `run.json` with settings and digest
            is always there.

    Raises:
        Usage: no such kind, a package that is not installed, a folder that cannot be, a run without elites.
        Failure: the run file cannot be read or the folder not be written.
    """
    place = Path(folder)
    unknown = [kind for kind in kinds if kind not in KINDS]
    if unknown:
        raise Usage(f"{unknown[0]!r} is no kind of export; choose among {', '.join(KINDS)}.")
    if not place.absolute().parent.is_dir():
        raise Usage(f"{place.parent} is no folder; make it first or choose another place for {place.name}.")
    if place.is_symlink() or (place.exists() and not (place.is_dir() and not any(place.iterdir()))):
        raise Usage(f"{place} exists and is no empty folder; name a new one, nothing is overwritten.")
    run = opened(path)
    if not run.elites:
        raise Usage("the run has no elites yet; let it run for some generations first.")
    try:
        with TemporaryDirectory(dir=place.absolute().parent, prefix=".openended-") as scratch:
            made = Path(scratch, "export")
            made.mkdir()
            for kind in ("run", *dict.fromkeys(kinds)):
                (about if kind == "run" else KINDS[kind])(run, made)
            made.rename(place.absolute())
    except OSError as error:
        raise Resources(
            f"{place} cannot be written ({error.strerror}); free some space or choose another place."
        ) from error
    except OverflowError as error:
        raise Damaged(f"{path} holds a number that is too large ({error}); the file is damaged.") from error
    return place


def about(run: Run, folder: Path) -> None:
    """`run.json`: which run this is."""
    axes = [vars(axis) for axis in run.domain.axes]
    facts = {"run": run.id, "recipe": run.recipe, "generation": run.generation, "digest": run.digest}
    write_json(
        folder / "run.json",
        facts | {"axes": axes, "policy": run.policy.layout(), "config": run.config},
    )


def write_json(path: Path, value: Any) -> None:
    path.write_text(json.dumps(value, indent=2) + "\n")


def write_csv(run: Run, folder: Path) -> None:
    """Comma-separated, one line of names; empty where nothing is known. Numbers read back to the bit."""
    for name in TABLES:
        columns = run.table(name)
        with (folder / f"{name}.csv").open("x", newline="", encoding="utf-8") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(map(harmless, columns))
            writer.writerows(map(harmless, row) for row in zip(*columns.values(), strict=True))


def harmless(value: Any) -> Any:
    """A cell as it is, but for NaN, which is left empty, and formulas, which are quoted by an apostrophe."""
    return f"'{value}" if isinstance(value, str) and value.startswith(tuple(FORMULA)) else known(value)


def write_parquet(run: Run, folder: Path) -> None:
    """The same tables with types; null where nothing is known."""
    arrow, parquet = needed("pyarrow"), needed("pyarrow.parquet")
    for name in TABLES:
        columns = {column: list(map(known, values)) for column, values in run.table(name).items()}
        parquet.write_table(arrow.table(columns), folder / f"{name}.parquet")


def write_tasks(run: Run, folder: Path) -> None:
    """`tasks/niche-12.json`, the task of each niche, as `evaluate --on` and `openended/Course-v0` take it."""
    (folder / "tasks").mkdir()
    for niche in run.elites:
        (folder / "tasks" / f"niche-{niche}.json").write_text(run.task(niche) + "\n")


def write_npz(run: Run, folder: Path) -> None:
    """`agents.npz`: of all pairs `agents` float32[n, parameters], the best of each, `niches` and `tasks` int64[n],
    `fitness` float64[n], `elite` bool[n]; `sizes` int64[l] of the network's layers; and of all snapshots `snapshots`
    float32[s, parameters], `snapshot_learners` and `snapshot_generations` int64[s].
    """
    pairs = [pair for _, pair in sorted(run.state.pairs.items()) if pair.elite is not None]
    kept = run.snapshots()
    np.savez(
        folder / "agents.npz",
        agents=np.array(run.best_agents(pairs), np.float32).reshape(len(pairs), run.policy.parameters),
        niches=np.array([pair.niche for pair in pairs], np.int64),
        tasks=np.array([pair.task for pair in pairs], np.int64),
        fitness=np.array([pair.best_fitness for pair in pairs]),
        elite=np.array([run.elites[pair.niche] is pair for pair in pairs]),
        sizes=np.array(run.policy.layout()["sizes"], np.int64),
        snapshots=np.array([each.agent for each in kept], np.float32).reshape(len(kept), run.policy.parameters),
        snapshot_learners=np.array([each.learner for each in kept], np.int64),
        snapshot_generations=np.array([each.generation for each in kept], np.int64),
    )


def write_inputs(run: Run, folder: Path) -> None:
    """`inputs.jsonl`: what was taken from outside, a line each, as `openended run --inputs` takes it again."""
    lines = [digest.text(vars(row)) + "\n" for row in run.offers() if row.kind != AGAIN]
    (folder / "inputs.jsonl").write_text("".join(lines))


def write_onnx(run: Run, folder: Path) -> None:
    """`agents/niche-12.onnx`, the best agent of each niche."""
    (folder / "agents").mkdir()
    policy: Any = run.policy
    for pair, agent in zip(run.agents, run.best_agents(run.agents), strict=True):
        facts = {"run": run.id, "domain": run.domain.id, "niche": pair.niche, "task": pair.task}
        made = model(policy, agent, facts | {"fitness": pair.best_fitness})
        (folder / "agents" / f"niche-{pair.niche}.onnx").write_bytes(made.SerializeToString())


def write_tensorboard(run: Run, folder: Path) -> None:
    """One file of events: every number of every generation as a scalar, its step the generation."""
    Event = needed("tensorboardX.proto.event_pb2").Event
    Summary = needed("tensorboardX.proto.summary_pb2").Summary
    RecordWriter = needed("tensorboardX.record_writer").RecordWriter
    with closing(RecordWriter(str(folder / "events.out.tfevents.openended"))) as file:
        start = run.history[0]["finished"]
        file.write(Event(wall_time=start, file_version="brain.Event:2").SerializeToString())
        for row in run.history:
            values = [
                Summary.Value(tag=name, simple_value=float(value))
                for name, value in row.items()
                if isinstance(value, int | float) and name not in ("generation", "finished")
            ]
            event = Event(wall_time=row["finished"], step=row["generation"], summary=Summary(value=values))
            file.write(event.SerializeToString())


KINDS: dict[str, Callable[[Run, Path], None]] = {
    "csv": write_csv,
    "parquet": write_parquet,
    "json": write_tasks,
    "npz": write_npz,
    "inputs": write_inputs,
    "onnx": write_onnx,
    "tensorboard": write_tensorboard,
}
"""Every kind of export by its name."""
