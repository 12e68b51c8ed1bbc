"""How an elite came to its niche: the tasks that its task was made from, and the tasks on which its agent was trained.

An elite names the task that its agent had come from. Its way goes back from there through the run's accepted transfers:
from the last one into a task, before the agent left it, to the task that it came from, and so on, to the first agent,
which was drawn at random. An agent that no transfer brought came with the task, from where the first elite of that task
says. Within a generation agents leave a task before others arrive there.

Run files of schema 1 kept only the last origin of a task. In a run that began there, what came before its migration may
be a guess, and is marked as one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from openended.core.types import Pair, Transfer
from openended.file.contents import Find
from openended.file.snapshot import Snapshot, described
from openended.view.numbers import number


@dataclass(frozen=True)
class Stay:
    """An agent's time on a task.

    Attributes:
        task: where it was trained.
        since: from which generation.
        source: the task that it came from, -1 if it was drawn at random.
        guessed: whether the source is a guess.
        transfer: what brought it; None if it came with the task.
    """

    task: int
    since: int
    source: int
    guessed: bool = False
    transfer: Transfer | None = None


def forebears(view: Snapshot, task: int) -> list[int]:
    """The tasks that a task was made from, oldest first, and itself."""
    line = [task]
    while 0 <= view.tasks[line[-1]].parent < line[-1]:
        line.append(view.tasks[line[-1]].parent)
    return line[::-1]


def stays(view: Snapshot, pair: Pair) -> list[Stay]:
    """Where the pair's best agent has been, oldest first."""
    arrivals: dict[int, list[Transfer]] = {}
    for transfer in view.transfers:
        if transfer.accepted:
            arrivals.setdefault(transfer.target, []).append(transfer)
    first: dict[int, Find] = {}
    for find in view.finds:
        first.setdefault(find.task, find)
    elite = next((find for find in view.finds if find.id == pair.elite), None)
    if elite is None:
        return []
    way = [found(view, elite, arrivals.get(pair.task, ()), first[pair.task])]
    while way[-1].source in first and view.state.pairs[way[-1].source].admitted <= left(view, way[-1]):
        way.append(stay(view, way[-1], arrivals, first))
    return way[::-1]


def found(view: Snapshot, elite: Find, arrivals: Sequence[Transfer], first: Find) -> Stay:
    """The stay in which an elite was found."""
    brought = [each for each in arrivals if each.generation <= elite.generation and each.source == elite.origin]
    old = elite.generation <= view.migrated
    came_along = not old and elite.id == first.id and elite.generation == view.state.pairs[elite.task].admitted
    if brought and not came_along:
        guess = old and view.config["algorithm"] != "map-elites"
        return Stay(elite.task, brought[-1].generation, elite.origin, guess, brought[-1])
    return with_task(view, elite.task, arrivals, first)


def stay(view: Snapshot, later: Stay, arrivals: Mapping[int, Sequence[Transfer]], first: Mapping[int, Find]) -> Stay:
    """The stay from which an agent left for a later one."""
    task, until = later.source, left(view, later) - (later.transfer is not None)
    before = [each for each in arrivals.get(task, ()) if each.generation <= until]
    if before:
        return Stay(task, before[-1].generation, before[-1].source, transfer=before[-1])
    return with_task(view, task, arrivals.get(task, ()), first[task])


def with_task(view: Snapshot, task: int, arrivals: Sequence[Transfer], first: Find) -> Stay:
    """The stay that began with the task's admission."""
    admitted, parent = view.state.pairs[task].admitted, view.tasks[task].parent
    if admitted <= view.migrated and any(each.generation <= view.migrated for each in arrivals):
        return Stay(task, admitted, parent, guessed=parent >= 0)
    return Stay(task, admitted, first.origin)


def left(view: Snapshot, later: Stay) -> int:
    """The generation in which an agent left for a later stay; for a new task, that before the task's admission."""
    return later.since - (later.transfer is None)


def text(view: Snapshot, pair: Pair) -> str:
    """The lineage of an elite in lines, without a line break at the end."""
    made = [(view.tasks[task].generation, task, where(view, task)) for task in forebears(view, pair.task)]
    been = [(stay.since, stay.task, came(stay)) for stay in stays(view, pair)]
    worth = f"fitness {number(pair.best_fitness)}{', solved' if pair.best_fitness >= view.solved else ''}"
    lines = [f"niche {pair.niche}, task {pair.task}: {where(view, pair.task)}; {worth}"]
    for title, rows in (("the task, made from", made), ("the agent, trained on", been)):
        lines += ["", title, *(f"  generation {since:>6,}  task {task:>5}  {what}" for since, task, what in rows)]
    return "\n".join(lines)


def where(view: Snapshot, task: int) -> str:
    return described(view.domain.axes, view.tasks[task].descriptor)


def came(stay: Stay) -> str:
    """How an agent came to a task, in words."""
    if stay.source < 0:
        return "drawn at random"
    perhaps = "perhaps " if stay.guessed else ""
    if stay.transfer is None:
        return f"came with the task, {perhaps}from task {stay.source}"
    beaten = f"{number(stay.transfer.fitness)} against {number(stay.transfer.incumbent)}"
    return f"{stay.transfer.kind} transfer {perhaps}from task {stay.source}: {beaten}"
