"""Trials of a specification's next version, made in a copy of the run file beside it.

The copy goes on with the new version open, one generation, one transaction, like any run. If the trial is kept, the run
file takes over its generations in one transaction; otherwise the run file goes on from where it stands. Either way it
notes the verdict in that very transaction, outside of its digest, and the copy is removed. The run file is sound at any
moment; a copy that is lost is made again, with the same bits.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from openended.core import specification
from openended.core.algorithms import SHARING
from openended.core.means import Means
from openended.core.specification import Opening
from openended.core.trial import Measured, Trial, due, judge
from openended.core.types import Changes, State
from openended.file import backup
from openended.file.errors import Failure, Owned
from openended.file.owner import owned
from openended.file.reader import Reader
from openended.file.settings import Config
from openended.file.trials import KIND, beside, trials
from openended.file.writer import Writer

Go = Callable[[Writer, Config], State]
"""Continues a run file under a config until its generations are done."""


def unowned(path: Path, steal: bool) -> None:
    """Raise Owned if another process is at a trial of the run file, unless that is to be stolen."""
    copy = beside(path)
    if steal or not copy.exists():
        return
    try:
        there = backup.glance(copy)
    except Failure:  # it is made again
        return
    if there.owner and there.alive:
        with Reader(copy) as run:
            raise Owned(owned(path, there.owner, run.pace()[0]))


class Trials:
    """The trials of a run that opens versions when it stands still.

    Args:
        file: the run file.
        config: of the run.
        means: of its search.
        say: takes sentences that the user should read.

    """

    def __init__(self, file: Writer, config: Config, means: Means[Any], say: Callable[[str], None]):
        opening = config.params.specification
        self._opening: Opening = opening
        self._file, self._config, self._means, self._say = file, config, means, say
        self._copy = beside(file.path)
        self._left = self._copy.exists()
        self._over = trials(file)
        self._history: deque[Measured] = deque(maxlen=opening.stall + 1)
        self._read()

    def committed(self, changes: Changes) -> None:
        """A generation was committed; a copy that an earlier process left behind is of no use any more."""
        self._history.append(changes.metrics)
        if self._left:
            self.clear()

    def due(self, state: State) -> bool:
        """Whether a trial begins after this state."""
        versions, number = self._means.domain.tasks.specifications, int(state.arrays[specification.OPEN])
        if number + 1 == len(versions):
            return False
        return due(self._opening, versions[number + 1].name, self._history, state.generation, self._over)

    def run(self, state: State, go: Go, steal: bool) -> State | None:
        """Make a trial, or go on with one that was interrupted. Returns the state from which the search goes on; None
        if the budget is used up before the trial is over.
        """
        begun, opening = state.generation, self._opening
        last = begun + opening.trial
        tried = replace(
            self._config,
            head=replace(self._config.head, generations=min(last, self._config.head.generations)),
            params=replace(self._config.params, specification=replace(opening, grow="at", at=(begun + 1,))),
        )
        name = self._means.domain.tasks.specifications[int(state.arrays[specification.OPEN]) + 1].name
        self._say(f"The search stands still at generation {begun}: {name!r} is on trial until generation {last}.")
        if not self._fits(begun):
            self.clear()
            backup.copy(self._file.path, self._copy, owned=False)
        with Writer(self._copy, steal, self._say) as copy:
            after = go(copy, tried)
        if after.generation < last:
            self._say(f"The trial of {name!r} goes on when the run gets more generations.")
            return None
        verdict = judge(self._means, opening, state, after, self._config.head.algorithm in SHARING)
        if verdict.kept:
            with Reader(self._copy) as copied:
                self._file.adopt(copied, KIND, **asdict(verdict))
        else:
            self._file.note(KIND, **asdict(verdict))
        self.clear()
        self._over.append(verdict)
        self._read()
        self._say(told(verdict))
        return after if verdict.kept else state

    def clear(self) -> None:
        """Remove the copy."""
        for ending in ("", "-journal"):
            Path(f"{self._copy}{ending}").unlink(missing_ok=True)
        self._left = False

    def _read(self) -> None:
        self._history.clear()
        self._history.extend(self._file.generations(last=self._opening.stall + 1))

    def _fits(self, begun: int) -> bool:
        """Whether the copy is one of this run as it stands, that went on from here."""
        if not self._copy.exists():
            return False
        try:
            with Reader(self._copy) as run:
                return run.id == self._file.id and run.chain(begun) == self._file.last()[1]
        except Failure:
            return False


def told(trial: Trial) -> str:
    """A verdict in one sentence."""
    found = f"{trial.solved} of its {trial.made} tasks were learnt"
    kept = f"{trial.after} of {trial.older} older tasks are solved, {trial.before} before"
    return f"The trial of {trial.version!r} is {'kept' if trial.kept else 'refused and undone'}: {found}; {kept}."
