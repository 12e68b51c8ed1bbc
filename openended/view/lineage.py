"""How an elite came to its niche: the tasks that its task was made from, and the tasks on which its agent was trained.

An agent's way goes back through the run's accepted transfers, from the last one into its pair to the pair that it came
from, and so on, to the first agent, which was drawn at random. An agent that no transfer brought came with the task,
from its parent or from one near it. From which, the run file says only as long as nothing has been transferred to that
task since; where it does not, the parent is given, and marked as a guess. Within a generation agents leave a task
before others arrive there. In POET's populations the way is that of the current agent; the best one may be older than
its last transfer.
"""

from dataclasses import dataclass

from openended.core.types import Pair, Transfer
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
    while 0 <= view.state.tasks[line[-1]].parent < line[-1]:
        line.append(view.state.tasks[line[-1]].parent)
    return line[::-1]


def stays(view: Snapshot, pair: Pair) -> list[Stay]:
    """Where the pair's agent has been, oldest first."""
    arrivals: dict[int, list[Transfer]] = {}
    for transfer in view.transfers:
        if transfer.accepted:
            arrivals.setdefault(transfer.target, []).append(transfer)
    way: list[Stay] = []
    task, born, until = pair.task, view.generation, view.generation
    while task in view.state.pairs and view.state.pairs[task].admitted <= born:
        before = [each for each in arrivals.get(task, ()) if each.generation <= until]
        if before:
            last = before[-1]
            way.append(Stay(task, last.generation, last.source, transfer=last))
            task, born, until = last.source, last.generation, last.generation - 1
        else:
            admitted, parent = view.state.pairs[task], view.state.tasks[task].parent
            known = task not in arrivals or parent < 0
            way.append(Stay(task, admitted.admitted, admitted.origin if known and parent >= 0 else parent, not known))
            task, born, until = way[-1].source, admitted.admitted - 1, admitted.admitted - 1
    return way[::-1]


def text(view: Snapshot, pair: Pair) -> str:
    """The lineage of an elite in lines, without a line break at the end."""
    made = [(view.state.tasks[task].generation, task, where(view, task)) for task in forebears(view, pair.task)]
    been = [(stay.since, stay.task, came(stay)) for stay in stays(view, pair)]
    worth = f"fitness {number(pair.best_fitness)}{', solved' if pair.best_fitness >= view.solved else ''}"
    lines = [f"niche {pair.niche}, task {pair.task}: {where(view, pair.task)}; {worth}"]
    for title, rows in (("the task, made from", made), ("the agent, trained on", been)):
        lines += ["", title, *(f"  generation {since:>6,}  task {task:>5}  {what}" for since, task, what in rows)]
    return "\n".join(lines)


def where(view: Snapshot, task: int) -> str:
    return described(view.domain.axes, view.state.tasks[task].descriptor)


def came(stay: Stay) -> str:
    """How an agent came to a task, in words."""
    if stay.source < 0:
        return "drawn at random"
    if stay.transfer is None:
        return f"came with the task, {'perhaps ' if stay.guessed else ''}from task {stay.source}"
    beaten = f"{number(stay.transfer.fitness)} against {number(stay.transfer.incumbent)}"
    return f"{stay.transfer.kind} transfer from task {stay.source}: {beaten}"
