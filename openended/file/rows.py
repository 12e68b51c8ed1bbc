"""Values of the search as rows of the run file and back, to the bit: a writer and a reader for each table.

Arrays are raw little-endian bytes; their dtype and shape are declared in the file and their length is checked before
they are read. Readers raise ValueError, TypeError, KeyError or Damaged for rows that make no value.
"""

from typing import Any

from openended.core.measures.milestones import Milestone
from openended.core.measures.potentials import Potentials
from openended.core.offers import Taken
from openended.core.types import Agent, Elite, Learner, Pair, Score, Snapshot, Task, Transfer
from openended.file import digest
from openended.file.table import Codec, Row
from openended.file.values import described, packed, packed_all, parsed, plain, real, unpacked, unpacked_all, whole

AGENT = "<f4"
"""The dtype of agents."""


def write_task(task: Task, codec: Codec) -> Row:
    place = digest.text([float(x) for x in task.descriptor])
    head = task.id, task.parent, task.generation, task.niche, task.outcome, task.maker
    return *head, float(task.score), place, codec.encode(task.genome)


def read_task(row: Row, codec: Codec) -> Task:
    id, parent, generation, niche, outcome, maker, score, descriptor, genome = row
    return Task(
        id=whole(id),
        genome=codec.decode(genome),
        parent=whole(parent),
        generation=whole(generation),
        descriptor=tuple(float(x) for x in parsed(descriptor, list)),
        niche=whole(niche),
        outcome=str(outcome),
        score=real(score),
        maker=str(maker),
    )


def write_pair(pair: Pair, codec: Codec) -> Row:
    return (
        pair.task,
        pair.niche,
        pair.learner,
        float(pair.fitness),
        pair.elite,
        float(pair.best_fitness),
        pair.origin,
        pair.visits,
        pair.seen,
        float(pair.potential),
        int(pair.active),
        pair.admitted,
        pair.retired,
        digest.text([plain(float(value)) for value in pair.recent]),
        float(pair.best_return),
    )


def read_pair(row: Row, codec: Codec) -> Pair:
    task, niche, learner, fitness, elite, best, origin, visits, seen, potential, active, *others = row
    admitted, retired, recent, best_return = others
    return Pair(
        task=whole(task),
        niche=whole(niche),
        learner=whole(learner),
        fitness=real(fitness),
        elite=None if elite is None else whole(elite),
        best_fitness=real(best),
        origin=whole(origin),
        visits=whole(visits),
        seen=whole(seen),
        potential=real(potential),
        active=bool(active),
        admitted=whole(admitted),
        retired=whole(retired),
        recent=tuple(real(value) for value in parsed(recent, list)),
        best_return=real(best_return),
    )


def write_learner(learner: Learner, codec: Codec) -> Row:
    declared, memory = packed_all(learner.memory)
    return learner.id, learner.steps, declared, packed_agent(learner.agent, codec), memory


def read_learner(row: Row, codec: Codec) -> Learner:
    id, steps, declared, agent, memory = row
    return Learner(
        id=whole(id),
        agent=unpacked(agent, AGENT, (codec.parameters,)),
        memory=unpacked_all(declared, memory),
        steps=whole(steps),
    )


def write_elite(elite: Elite, codec: Codec) -> Row:
    return elite.id, elite.task, elite.generation, float(elite.fitness), elite.origin, packed_agent(elite.agent, codec)


def read_elite(row: Row, codec: Codec) -> Elite:
    id, task, generation, fitness, origin, agent = row
    values = unpacked(agent, AGENT, (codec.parameters,))
    return Elite(whole(id), whole(task), whole(generation), real(fitness), whole(origin), values)


def write_snapshot(snapshot: Snapshot, codec: Codec) -> Row:
    return snapshot.generation, snapshot.learner, packed_agent(snapshot.agent, codec)


def read_snapshot(row: Row, codec: Codec) -> Snapshot:
    _, generation, learner, agent = row
    return Snapshot(whole(learner), whole(generation), unpacked(agent, AGENT, (codec.parameters,)))


def write_potentials(told: Potentials, codec: Codec) -> Row:
    by_name = digest.text({name: plain(float(value)) for name, value in told.by_name.items()})
    ends = told.generation, told.task, int(told.trained)
    return *ends, float(told.mean_return), float(told.solved_rate), by_name


def read_potentials(row: Row, codec: Codec) -> Potentials:
    _, generation, task, trained, mean_return, solved_rate, by_name = row
    named = {name: real(value) for name, value in parsed(by_name, dict).items()}
    ends = whole(generation), whole(task), bool(trained)
    return Potentials(*ends, real(mean_return), real(solved_rate), named)


def write_transfer(transfer: Transfer, codec: Codec) -> Row:
    ends = transfer.generation, transfer.source, transfer.target, transfer.kind
    return *ends, float(transfer.fitness), float(transfer.incumbent), int(transfer.accepted)


def read_transfer(row: Row, codec: Codec) -> Transfer:
    _, generation, source, target, kind, fitness, incumbent, accepted = row
    ends = whole(generation), whole(source), whole(target)
    return Transfer(*ends, str(kind), real(fitness), real(incumbent), bool(accepted))


def write_score(score: Score, codec: Codec) -> Row:
    return score.generation, score.agent, score.task, float(score.fitness)


def read_score(row: Row, codec: Codec) -> Score:
    _, generation, agent, task, fitness = row
    return Score(whole(generation), whole(agent), whole(task), real(fitness))


def write_offer(taken: Taken, codec: Codec) -> Row:
    found = digest.text({name: plain(value) for name, value in taken.found.items()})
    head = taken.generation, taken.kind, taken.name, taken.author, taken.outcome, taken.task
    return *head, found, digest.text(taken.payload)


def read_offer(row: Row, codec: Codec) -> Taken:
    _, generation, kind, name, author, outcome, task, found, payload = row
    head = whole(generation), str(kind), str(name), str(author), str(outcome), whole(task)
    return Taken(*head, parsed(found, dict), None if payload == "null" else parsed(payload, dict))


def write_milestone(milestone: Milestone, codec: Codec) -> Row:
    return milestone.generation, milestone.task, milestone.steps, float(milestone.fitness)


def read_milestone(row: Row, codec: Codec) -> Milestone:
    _, generation, task, steps, fitness = row
    return Milestone(whole(generation), whole(task), whole(steps), real(fitness))


def write_array(value: tuple[int, str, Any], codec: Codec) -> Row:
    generation, name, array = value
    dtype, shape = described(array)
    return generation, name, dtype, digest.text(shape), packed(array)


def read_array(row: Row, codec: Codec) -> tuple[int, str, Any]:
    _, generation, name, dtype, shape, data = row
    sizes = tuple(whole(size) for size in parsed(shape, list))
    return whole(generation), str(name), unpacked(data, str(dtype), sizes)


def packed_agent(agent: Agent, codec: Codec) -> bytes:
    """An agent's bytes. Raises ValueError unless it is one of the run's policy: a file that could not be read again."""
    dtype, shape = described(agent)
    if (dtype, shape) != (AGENT, [codec.parameters]):
        raise ValueError(f"an agent is {dtype}{shape} where the policy has {AGENT}[{codec.parameters}]")
    return packed(agent)
