"""Values of the search to rows of the run file and back, to the bit.

Arrays are raw little-endian bytes; their dtype and shape are declared in the file and their length is checked before
they are read. Rows come and go as tuples in the order of `schema.columns`.
"""

import json
import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from openended.core.types import Changes, Counters, Optimiser, Pair, Score, State, Task, Transfer
from openended.file import digest
from openended.file.digest import Value
from openended.file.errors import Damaged

Row = tuple[Any, ...]


def task_row(task: Task, encode: Callable[[Any], str]) -> tuple[Value, ...]:
    return (
        task.id,
        task.parent,
        task.generation,
        task.niche,
        task.outcome,
        float(task.score),
        digest.text([float(x) for x in task.descriptor]),
        encode(task.genome),
    )


def read_task(row: Row, decode: Callable[[str], Any]) -> Task:
    id, parent, generation, niche, outcome, score, descriptor, genome = row
    return Task(
        id=whole(id),
        genome=decode(genome),
        parent=whole(parent),
        generation=whole(generation),
        descriptor=tuple(float(x) for x in parsed(descriptor, list)),
        niche=whole(niche),
        outcome=str(outcome),
        score=real(score),
    )


def pair_row(pair: Pair) -> tuple[Value, ...]:
    return (
        pair.task,
        pair.niche,
        float(pair.fitness),
        float(pair.best_fitness),
        pair.origin,
        pair.es_steps,
        pair.visits,
        float(pair.progress),
        int(pair.active),
        pair.admitted,
        pair.retired,
        digest.text([plain(float(value)) for value in pair.recent]),
        pair.optimiser.t,
        float(pair.optimiser.learning_rate),
        float(pair.optimiser.sigma),
        *(packed(array) for array in (pair.agent, pair.best_agent, pair.optimiser.m, pair.optimiser.v)),
    )


def read_pair(row: Row, parameters: int) -> Pair:
    """Raises Damaged if an array is not float32[parameters]."""
    task, niche, fitness, best, origin, es_steps, visits, progress, active, admitted, retired = row[:11]
    recent, t, rate, sigma = row[11:15]
    agent, best_agent, m, v = (unpacked(data, np.dtype(np.float32), (parameters,)) for data in row[15:])
    return Pair(
        task=whole(task),
        niche=whole(niche),
        agent=agent,
        fitness=real(fitness),
        optimiser=Optimiser(m=m, v=v, t=whole(t), learning_rate=real(rate), sigma=real(sigma)),
        best_agent=best_agent,
        best_fitness=real(best),
        origin=whole(origin),
        es_steps=whole(es_steps),
        visits=whole(visits),
        progress=real(progress),
        active=bool(active),
        admitted=whole(admitted),
        retired=whole(retired),
        recent=tuple(real(value) for value in json.loads(recent)),
    )


def score_row(id: int, score: Score) -> tuple[Value, ...]:
    return id, score.generation, score.agent, score.task, float(score.fitness)


def check_state(state: State, axes: int) -> None:
    """Raise ValueError unless rows fit each other: tasks counted from 0, descriptors of `axes` finite numbers, pairs of
    tasks that exist, in their niches, with numbers that an optimiser can work with.
    """
    if sorted(state.tasks) != list(range(len(state.tasks))):
        raise ValueError("tasks that are not counted from 0")
    for task in state.tasks.values():
        if len(task.descriptor) != axes or not all(map(math.isfinite, task.descriptor)) or task.niche < 0:
            raise ValueError(f"the descriptor or niche of task {task.id}")
    for pair in state.pairs.values():
        optimiser = pair.optimiser
        if pair.task not in state.tasks or pair.niche != state.tasks[pair.task].niche:
            raise ValueError(f"pair {pair.task}, whose task or niche there is not")
        if not 0 < optimiser.sigma < math.inf or not math.isfinite(optimiser.learning_rate) or optimiser.t < 0:
            raise ValueError(f"the optimiser of pair {pair.task}")
        if max(abs(pair.fitness), abs(pair.best_fitness)) > 1e100:
            raise ValueError(f"the fitness of pair {pair.task}, whose sums would overflow")


def transfer_row(id: int, transfer: Transfer) -> tuple[Value, ...]:
    return (
        id,
        transfer.generation,
        transfer.source,
        transfer.target,
        transfer.kind,
        float(transfer.fitness),
        float(transfer.incumbent),
        int(transfer.accepted),
    )


def read_transfer(row: Row) -> Transfer:
    _, generation, source, target, kind, fitness, incumbent, accepted = row
    whole_ones = whole(generation), whole(source), whole(target)
    return Transfer(*whole_ones, str(kind), real(fitness), real(incumbent), bool(accepted))


def array_row(name: str, array: NDArray[Any]) -> tuple[Value, ...]:
    return name, array.dtype.newbyteorder("<").str, digest.text(array.shape), packed(array)


def read_array(row: Row) -> NDArray[Any]:
    """Raises Damaged unless the bytes fit the declared dtype (float32, float64 or int64) and shape."""
    name, dtype, shape, data = row
    if dtype not in {"<f4", "<f8", "<i8"}:
        raise Damaged(f"array {name!r} has dtype {dtype!r}; allowed are <f4, <f8, <i8; the file is damaged.")
    return unpacked(data, np.dtype(dtype), tuple(whole(size) for size in parsed(shape, list)))


def counters_text(changes: Changes) -> str:
    return digest.text({name: int(value) for name, value in vars(changes.counters).items()})


def read_counters(text: str) -> Counters:
    return Counters(**{name: whole(value) for name, value in parsed(text, dict).items()})


def read_metrics(text: str) -> dict[str, float | int | None]:
    return {name: None if value is None else value + 0 for name, value in parsed(text, dict).items()}


def metrics_text(changes: Changes) -> str:
    """The metrics as canonical JSON; what is not finite becomes null."""
    return digest.text({name: plain(value) for name, value in changes.metrics.items()})


def plain(value: Any) -> float | int | None:
    """A Python number of any number; None of None, NaN and infinity."""
    number = value.item() if isinstance(value, np.generic) else value
    return None if number is None or not math.isfinite(number) else number


def real(value: Any) -> float:
    return math.nan if value is None else float(value)


def whole(value: Any) -> int:
    """An integer as it is. Raises ValueError for anything else, as SQLite is loose about kinds, and beyond 2^53."""
    if not isinstance(value, int) or abs(value) > 1 << 53:
        raise ValueError(f"{value!r:.40} where a whole number belongs")
    return value


def parsed(text: Any, kind: type) -> Any:
    """JSON of a kind, `dict` or `list`. Raises ValueError for anything else."""
    try:
        value = json.loads(text)
    except (TypeError, RecursionError) as error:
        raise ValueError(f"not JSON: {error}") from error
    if not isinstance(value, kind):
        raise ValueError(f"JSON of another kind: {text:.40}")
    return value


def packed(array: NDArray[Any]) -> bytes:
    return np.ascontiguousarray(array, array.dtype.newbyteorder("<")).tobytes()


def unpacked(data: Any, dtype: np.dtype[Any], shape: tuple[int, ...]) -> NDArray[Any]:
    """A read-only array of the machine's byte order. Raises Damaged unless the length is right."""
    size = dtype.itemsize * math.prod(shape)
    if not isinstance(data, bytes) or len(data) != size:
        found = f"{len(data)} bytes" if isinstance(data, bytes) else type(data).__name__
        raise Damaged(f"an array holds {found} where {dtype.name}{list(shape)} needs {size}; the file is damaged.")
    return np.frombuffer(data, dtype.newbyteorder("<")).astype(dtype.newbyteorder("="), copy=False).reshape(shape)
