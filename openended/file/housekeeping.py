"""What a run file keeps beside the search, the same in every schema: settings, owner, events, pace."""

from dataclasses import dataclass
from functools import cached_property
from math import fsum
from typing import Any

from openended.file import tables, values
from openended.file.database import Database
from openended.file.owner import Owner


@dataclass(frozen=True)
class Event:
    """Something that happened to the run: when (seconds since 1970), what, and details."""

    time: float
    kind: str
    detail: dict[str, Any]


class Housekeeping(Database):
    """Settings, owner, events and pace of a run. Raises Damaged where a row does not fit."""

    @cached_property
    def settings(self) -> dict[str, str]:
        """Keys and values of the table `run` (see `tables.RUN`)."""
        return {row[0]: row[1] for row in self.rows(tables.RUN)}

    def events(self) -> list[Event]:
        with self.readable():
            return [
                Event(values.real(time), str(kind), values.parsed(detail, dict))
                for _, time, kind, detail in self.rows(tables.EVENT)
            ]

    def cpu_seconds(self) -> float | None:
        """What all processes that ran it have taken on all their cores, as each noted when it stopped; None while one
        runs, and where one crashed or did not note it. Workers of a cluster are not counted.
        """
        events = self.events()
        ends = [event.detail.get("cpu_seconds") for event in events if event.kind == "stop"]
        if len(ends) < sum(event.kind == "start" for event in events) or not ends or None in ends:
            return None
        with self.readable():
            return fsum(values.real(end) for end in ends)

    def owner(self) -> Owner | None:
        """Who runs it now, or ran it when the machine died."""
        with self.readable():
            return next(
                (
                    Owner(str(host), values.whole(pid), str(boot), str(started), values.real(since))
                    for _, host, pid, boot, started, since in self.rows(tables.OWNER)
                ),
                None,
            )

    def pace(self) -> tuple[float, float]:
        """When the run was last heard of (seconds since 1970), and for how many seconds a silent owner on another
        machine is believed to live: a minute and twice the longest of the last ten generations.
        """
        finished = self.database.execute("SELECT finished FROM generation ORDER BY id DESC LIMIT 1").fetchall()
        owner = self.owner()
        signs = [*(row[0] for row in finished), *([owner.since] if owner else [])]
        return max(signs, default=0.0), 60.0 + 2 * max(self.recent(), default=0.0)

    def recent(self) -> list[float]:
        """Seconds of the last ten generations, commits not included."""
        found = self.database.execute("SELECT seconds FROM generation ORDER BY id DESC LIMIT 10").fetchall()
        return [row[0] for row in reversed(found)]
