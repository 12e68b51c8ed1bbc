"""The loop that drives a run: generation by generation, each committed before the next begins."""

import os
import time
from collections import deque
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from openended.core import generators, learners, specification
from openended.core.algorithms import algorithm
from openended.core.learners import External, memory
from openended.core.means import Means
from openended.core.start import Predecessor
from openended.core.types import Changes, State
from openended.core.work import Executor, Stopped
from openended.envs.policy import Policy
from openended.file import filesystem, machine
from openended.file.connection import guarded
from openended.file.errors import Damaged, Interrupted, Resources, Usage
from openended.file.reader import Reader
from openended.file.settings import Config, differences
from openended.file.writer import Writer, create
from openended.run import recipe, signals, targets
from openended.run.scratch import Copies, mirrored
from openended.run.sources import Nobody, Offers, offered
from openended.run.start import begun
from openended.run.threads import ThreadExecutor
from openended.run.trials import Trials, unowned
from openended.run.warm import warm_up

FORGETS = (
    "Agents of {domain} see a part of their surroundings at a time, and the policy {kind} remembers nothing: "
    'policy.kind = "gru" does.'
)
"""What is said of a policy without memory where one would help."""


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


def ignore(*anything: object) -> None:
    """Take no notice."""


def load_config(path: Path, generations: int | None = None) -> Config:
    """The config of an existing run, with another budget if `generations` is given. Raises Failure."""
    with Reader(path) as run:
        settings = run.config | ({} if generations is None else {"generations": generations})
        return recipe.check(settings, run.recipe, str(path))


def run(
    path: Path,
    config: Config,
    threads: int | None = None,
    observe: Observer = ignore,
    say: Callable[[str], None] = ignore,
    *,
    ray: str = "",
    scratch: Path | None = None,
    steal: bool = False,
    inputs: Path | None = None,
) -> State:
    """Begin or continue the run of `config` in the run file `path` until its generations are done.

    Args:
        path: the run file; made if it does not exist.
        config: what to run. A run file that exists must agree with it in everything but the budget and the prose.
        threads: how many run episodes; None: one for each core that this process may use.
        observe: called after every commit.
        say: takes sentences that the user should read, such as that package versions have changed.
        ray: `local` or the address of a Ray cluster whose workers run the episodes; empty: threads do.
        scratch: a folder on a local disk for the live run file, of which `path` gets copies.
        steal: take the run file over even if another process seems to run it.
        inputs: recorded offers (`file.recorded`), each taken in the generation that took it then; the inbox of the run
            is left alone. None: the inbox.

    Returns:
        The last state, committed.

    Raises:
        Failure: see `run.errors`; `Interrupted` after a signal.

    """
    if isinstance(config.params.learner, External):
        raise Usage(
            f"{path} is driven from Python, because its learner is external: "
            f"openended.Curriculum({config.name!r}, file={str(path)!r}) begins or continues it."
        )
    try:
        with mirrored(path, scratch, steal, say) if scratch else nullcontext() as copies:
            live = copies.live if copies else path
            config, before = begun(config, live)
            settings = config.settings()
            prepare(live, config, say)
            unowned(live, steal)
            with guarded(live), signals.requests() as stop, Writer(live, steal, say) as file:
                if settings != file.config:
                    file.extend(settings)
                report_drift(file, config, say)
                for note in notes(config):
                    say(note)
                offers = offered(path, file, config.params.people, inputs, say)
                if inputs is not None:
                    file.note("inputs", file=inputs.name)
                if copies:
                    copies.now()
                policy = config.params.policy.of(file.domain)
                if file.domain.policies.partial and not policy.memory:
                    say(FORGETS.format(domain=file.domain.id, kind=policy.kind))
                with executor(file, policy, path, threads, ray, stop, say) as workers:
                    if isinstance(workers, ThreadExecutor):
                        workers.once(lambda: warm_up(file.domain, say))
                    state = advance(file, config, workers, stop, observe, copies, offers, before, say, steal)
        offers.settle(())  # the last copy is made
        return state
    except Stopped as stopped:
        options = {"--scratch": scratch, "--inputs": inputs}
        again = f"`openended resume {path}{''.join(f' {name} {value}' for name, value in options.items() if value)}`"
        raise Interrupted(f"Stopped {stopped}; {again} continues the run.") from None
    except MemoryError as error:
        raise Resources(f"The memory is used up ({error}); {path} is intact: free some and resume.") from error


def prepare(path: Path, config: Config, say: Callable[[str], None]) -> None:
    """Make sure that the run file exists, belongs to `config`, and can be locked. Raises Failure."""
    with suppress(OSError):  # `create` reports it
        path.parent.mkdir(parents=True, exist_ok=True)
    if path.parent.is_dir() and (note := filesystem.probe(path)):
        say(note)
    if path.exists():
        agree(path, config)
    else:
        targets.given(config), targets.interest(config)  # what is wrong there is said before a file is made
        create(path, config.name, config.settings(), machine.fingerprint(config.head.domain))


def executor(
    file: Writer,
    policy: Policy,
    path: Path,
    threads: int | None,
    ray: str,
    stop: NDArray[np.uint8],
    say: Callable[[str], None],
) -> AbstractContextManager[Executor]:
    """The executor of the run: threads, or the workers of a Ray cluster."""
    if not ray:
        return ThreadExecutor(file.domain, policy, threads or cores(), stop)
    from openended.run.cluster.executor import RayExecutor

    def differ(host: str, changed: dict[str, str]) -> None:
        file.note("worker", host=host, **changed)

    return RayExecutor(file.domain, policy, ray, threads or cores(), stop, f"openended resume {path}", say, differ)


def advance(
    file: Writer,
    config: Config,
    workers: Executor,
    stop: NDArray[np.uint8],
    observe: Observer = ignore,
    copies: Copies | None = None,
    offers: Offers | None = None,
    before: Predecessor | None = None,
    say: Callable[[str], None] = ignore,
    steal: bool = False,
) -> State:
    """Generations until the budget is used up; generation 0 begins with what another run had come to, if that is given.
    Raises Stopped when `stop` is set; the one in flight is dropped.
    """
    module, offers = algorithm(config.head.algorithm), offers or Nobody()
    given, wanted = (targets.given(config), targets.interest(config)) if file.generation < 0 else ({}, ())
    means = Means(config.params, file.domain, config.head.seed, workers, before, given, wanted)
    started = time.time()
    recent = deque(file.recent(), maxlen=10)
    state = resumed(file, means) if file.generation >= 0 else None
    first = file.generation
    trials = Trials(file, config, means, say) if specification.on_trial(config.params.specification) else None

    def go(copy: Writer, tried: Config) -> State:
        return advance(copy, tried, workers, stop, observe, say=say)

    while state is None or state.generation < config.head.generations:
        if stop[0]:
            raise Stopped("on request")
        leave_in_time(recent, copies.seconds if copies else 0.0, file.generation > first)
        if state and trials and trials.due(state):
            after = trials.run(state, go, steal)
            offers.settle((), safe=copies.after_commit() if copies else True)
            if after is None:
                break
            state = after
            continue
        clock = time.perf_counter()
        steps = state.counters.env_steps if state else 0
        state, changes = module.step(means, state, offers.take(state.generation + 1)) if state else module.init(means)
        seconds = time.perf_counter() - clock
        commit_seconds = file.commit(changes, seconds)
        recent.append(seconds + commit_seconds)
        if trials:
            trials.committed(changes)
        observe(state, changes, Timing(seconds, commit_seconds, state.counters.env_steps - steps, started))
        offers.settle(changes.offers, safe=copies.after_commit() if copies else True)
    return state


def resumed(file: Writer, means: Means[Any]) -> State:
    """The state that the run file holds. Raises Damaged unless its learners can be trained."""
    state = file.state()
    with file.readable():
        for learner in state.learners.values():
            memory.check(learner, means.like(learner))
        specification.sound(means.params.specification, file.domain, state.arrays)
    return state


def leave_in_time(recent: Iterable[float], copying: float, progressed: bool) -> None:
    """Raise where Slurm will end the job before another generation is sure to be done.

    Args:
        recent: seconds of the last generations.
        copying: seconds of the copy that is still to be made.
        progressed: whether this process has done a generation.

    Raises:
        Stopped: the next job continues the run.
        Resources: it would fare no better, as this one has done nothing.

    """
    left, needed = machine.remaining(os.environ), 1.5 * max(recent, default=0.0) + copying
    if left >= needed:
        return
    if progressed:
        raise Stopped("because the job's time is nearly used up")
    raise Resources(f"The job ends in {left:.0f} s, but a generation needs {needed:.0f} s; ask Slurm for more --time.")


def agree(path: Path, config: Config) -> None:
    """Raise Damaged, naming each key that differs from `config`; what came after the run began is at its default."""
    with Reader(path) as run:
        kept = recipe.check(run.config, run.recipe, str(path)).settings()
    different = list(differences(kept, config.settings()))
    if different:
        raise Damaged(f"{path} belongs to another run ({'; '.join(different)}); choose another file (--out, file=).")


def report_drift(file: Writer, config: Config, say: Callable[[str], None]) -> None:
    """Note in the run what has changed on this machine since the run began, and report what its bits may depend on.

    They depend on the CPU only where the kind of learner or the generator says so.
    """
    now = machine.fingerprint(config.head.domain)
    latest = file.fingerprint
    for event in file.events():
        if event.kind == "fingerprint":
            latest = latest | event.detail
    changed: dict[str, Any] = {name: value for name, value in now.items() if latest.get(name) != value}
    if not changed:
        return
    file.note("fingerprint", **changed)
    parts = [f"{name} {latest.get(name)} -> {value}" for name, value in changed.items() if name != "cpu"]
    if "cpu" in changed and notes(config):
        parts.append("other CPU features")
    if parts:
        say(
            f"This run began with other software or hardware ({', '.join(parts)}); its results may differ in last bits."
        )


def notes(config: Config) -> list[str]:
    """What makes a run's bits depend on the CPU, a sentence each; none for most."""
    said = learners.kind(config.params.learner).NOTE, generators.note(getattr(config.params, "generator", None))
    return [note for note in said if note]


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
