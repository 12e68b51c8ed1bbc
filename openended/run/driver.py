"""The loop that drives a run: generation by generation, each committed before the next begins."""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from openended.core.algorithms import algorithm
from openended.core.types import Changes, State, Stopped
from openended.run import machine, recipe, signals
from openended.run.connection import guarded
from openended.run.errors import Damaged, Interrupted, Resources
from openended.run.recipe import Config
from openended.run.store import Reader
from openended.run.threads import ThreadExecutor
from openended.run.warm import warm_up
from openended.run.writer import Writer, create


@dataclass(frozen=True)
class Timing:
    """The clock beside a generation: its wall-clock seconds, those of its commit, its environment steps, and when this
    process took up the run (seconds since 1970).
    """

    seconds: float
    commit_seconds: float
    steps: int
    started: float


Observer = Callable[[State, Changes, Timing], None]
"""Who watches a run; called after every commit with the new state."""


def silent(state: State, changes: Changes, timing: Timing) -> None:
    """An observer that does nothing."""


def nowhere(message: str) -> None:
    """Where messages go that nobody wants."""


def kept(path: Path, generations: int | None = None) -> Config:
    """The config of an existing run, with another budget if `generations` is given. Raises Failure."""
    with Reader(path) as run:
        settings = run.config | ({} if generations is None else {"generations": generations})
        return recipe.check(settings, run.recipe, str(path))


def run(
    path: Path,
    config: Config,
    threads: int = 0,
    observe: Observer = silent,
    say: Callable[[str], None] = nowhere,
) -> State:
    """Begin or continue the run of `config` in the run file `path` until its generations are done.

    Args:
        path: the run file; made if it does not exist.
        config: what to run. A run file that exists must agree with it in everything but the budget and the prose.
        threads: how many run episodes; 0: one for each core that this process may use.
        observe: called after every commit.
        say: takes sentences that the user should read, such as that package versions have changed.

    Returns:
        The last state, committed.

    Raises:
        Failure: see `run.errors`; `Interrupted` after a signal.

    """
    settings = config.settings()
    if path.exists():
        agree(path, config)
    else:
        create(path, config.name, settings, machine.fingerprint(config.head.domain))
    try:
        with guarded(path), signals.requests() as stop, Writer(path) as file:
            if settings != file.config:
                file.extend(settings)
            report_drift(file, config, say)
            return advance(file, config, threads or cores(), stop, observe, say)
    except Stopped:
        raise Interrupted(f"Stopped on request; `openended resume {path}` continues the run.") from None
    except MemoryError as error:
        raise Resources(f"The memory is used up ({error}); {path} is intact: free some and resume.") from error


def advance(
    file: Writer,
    config: Config,
    threads: int,
    stop: NDArray[np.uint8],
    observe: Observer,
    say: Callable[[str], None],
) -> State:
    """Generations until the budget is used up. Raises Stopped when `stop` is set; the one in flight is dropped."""
    module, domain, seed = algorithm(config.head.algorithm), file.domain, config.head.seed
    started = time.time()
    state = file.state() if file.generation >= 0 else None
    with ThreadExecutor(domain, threads, stop) as executor:
        executor.once(lambda: warm_up(domain, say))
        while state is None or state.generation < config.head.generations:
            if stop[0]:
                raise Stopped("on request")
            clock = time.perf_counter()
            steps = state.counters.env_steps if state else 0
            if state is None:
                state, changes = module.init(config.params, domain, seed, executor)
            else:
                state, changes = module.step(config.params, domain, seed, state, executor)
            seconds = time.perf_counter() - clock
            commit_seconds = file.commit(changes, seconds, state.centroids if changes.generation == 0 else None)
            observe(state, changes, Timing(seconds, commit_seconds, state.counters.env_steps - steps, started))
    return state


def agree(path: Path, config: Config) -> None:
    """Raise Damaged unless the run file belongs to `config`, naming each key that differs."""
    with Reader(path) as run:
        different = list(recipe.differences(run.config, config.settings()))
    if different:
        raise Damaged(f"{path} belongs to another run ({'; '.join(different)}); choose another file with --out.")


def report_drift(file: Writer, config: Config, say: Callable[[str], None]) -> None:
    """Say and note in the run what has changed on this machine since the run began: results may differ in last bits."""
    now = machine.fingerprint(config.head.domain)
    latest = file.fingerprint
    for event in file.events():
        if event.kind == "fingerprint":
            latest = latest | event.detail
    changed: dict[str, Any] = {name: value for name, value in now.items() if latest.get(name) != value}
    if not changed:
        return
    file.note("fingerprint", **changed)
    was = ", ".join(f"{name} {latest.get(name)} -> {value}" for name, value in changed.items() if name != "cpu")
    parts = [*([was] if was else []), *(["other CPU features"] if "cpu" in changed else [])]
    say(f"This run began with other software or hardware ({'; '.join(parts)}); its results may differ in last bits.")


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
