"""Offering a task to a run without a browser."""

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

from openended.core.types import Agent, Pair
from openended.file.errors import Usage
from openended.file.given import read_task
from openended.file.inbox import offer
from openended.file.letters import CONTROL, RESERVED, TAG
from openended.file.snapshot import Snapshot, snapshot


def submit(path: Path, task: Path, author: str, start: int | None = None, beat: int | None = None) -> str:
    """Leave a task in the inbox of a run, and return the name of the offer.

    Args:
        path: the run file.
        task: a file with the task, as the run's domain writes it, JSON.
        author: tag of who sends it.
        start: niche whose task it was made from.
        beat: niche whose agent it was made to defeat.

    Raises:
        Usage: no task of the run's domain, no tag, an empty niche, or a run that takes nothing from outside.
        Failure: the run file cannot be read, the inbox cannot be written.

    """
    check_author(author)
    view = snapshot(path)
    if not view.config.get("people", {}).get("inbox", True):
        raise Usage(f"{path} takes nothing from outside: its recipe says inbox = false in [people].")
    genome = read_task(view.domain, task)
    if start is not None:
        held(view, start)
    target = None if beat is None else {"niche": beat, "agent": fingerprint(view.best_agent(held(view, beat)))}
    payload = {"task": written(view.domain, genome), "from": start, "beat": target, "hints": []}
    return offer(path, "task", author, payload)


def check_author(tag: str) -> None:
    """Raise Usage unless a person may use the tag."""
    if not TAG.fullmatch(tag) or tag == RESERVED or tag.startswith(CONTROL):
        raise Usage(
            f"{tag!r} is no tag for an author; give 1 to 32 of a-z, 0-9, _ and -, other than {RESERVED!r} and"
            f" {CONTROL!r}..., which are the search's and scripted authors'."
        )


def held(view: Snapshot, niche: int) -> Pair:
    """The pair that holds a niche. Raises Usage if there is none."""
    if niche not in view.elites:
        raise Usage(f"niche {niche} of {view.path} is empty; name one that is held (`openended plot` shows them).")
    return view.elites[niche]


def fingerprint(agent: Agent) -> str:
    """What tells an agent from others: the first 16 digits of the SHA-256 of its parameters, float32, little-endian."""
    return sha256(agent.astype("<f4").tobytes()).hexdigest()[:16]


def written(domain: Any, genome: Any) -> Any:
    """A task as an offer holds it: a JSON value if that is read back to the same task in any order of keys, else the
    domain's own text.
    """
    text: str = domain.tasks.encode(genome)
    value = json.loads(text)
    return value if json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False) == text else text
