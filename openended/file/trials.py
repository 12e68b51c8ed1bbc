"""What a run file keeps of the trials of its specification's versions: verdicts, as events outside of the digest."""

from pathlib import Path

from openended.core.trial import Trial
from openended.file.housekeeping import Housekeeping

KIND = "trial"
"""Of the events."""


def beside(path: Path) -> Path:
    """Where the copy of a run file lies in which a trial is made."""
    return path.with_name(f"{path.name}.trial")


def trials(run: Housekeeping) -> list[Trial]:
    """The trials that are over, in order. Raises Damaged for an event that is none."""
    events = [event for event in run.events() if event.kind == KIND]
    with run.readable():
        return [Trial(**event.detail) for event in events]
