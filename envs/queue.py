"""A simulator made of three compiled functions, so that a domain is one page.

    reset(task, key, state)             begins an episode: fills `state` float64[size], zeros before
    observe(task, state, observation)   fills `observation` float32[inputs]
    step(task, key, state, action)      moves on; returns the reward, a float, and whether the episode is over

`task` is a row of numbers, float64[n], that stands for a genome; `key` names the episode's random stream
(`envs.random`; count the draws in `state`). `action` is float32[outputs], or the index of the chosen one in a discrete
space. The functions are compiled by numba (`simd.compiled.inlined`), allocate nothing, and depend on their arguments
alone. They are compiled together with the loop around them, which takes some seconds, once in each process or,
for domains that come with this package, once (`closures`).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from llvmlite import ir
from numba import types
from numba.core.typing.templates import signature
from numba.extending import intrinsic
from numpy.typing import DTypeLike, NDArray

from . import forward
from .api import Agent, Genome, Queue, Simulator, Space, Trace
from .closures import closure
from .moments import Moves
from .policy import Policy
from .recording import Stretches, stretches
from .simd.compiled import inlined


@intrinsic
def take(typing, counter):
    """Add 1 to counter[0], int64[1], and return what it was, in one atomic step."""

    def emit(context, builder, sig, args):
        data = context.make_array(sig.args[0])(context, builder, args[0]).data
        return builder.atomic_rmw("add", data, ir.Constant(ir.IntType(64), 1), "monotonic")

    return signature(types.int64, counter), emit


class Tape(NamedTuple):
    """Where episodes are recorded; with no row nothing is.

    Attributes:
        states: float64[n, cap + 1, size]; index 0: before the first step.
        observations: float32[n, cap, inputs].
        actions: float32[n, cap, outputs], or int64[n, cap].
        rewards: float64[n, cap].
    """

    states: NDArray[np.float64]
    observations: NDArray[np.float32]
    actions: NDArray[Any]
    rewards: NDArray[np.float64]


class Room(NamedTuple):
    """What a thread works in: state float64[size]; observation, outputs, memory and room of a policy, float32."""

    state: NDArray[np.float64]
    observation: NDArray[np.float32]
    outputs: NDArray[np.float32]
    memory: NDArray[np.float32]
    room: NDArray[np.float32]


@inlined
def all_outputs(code, outputs, key, step):
    return outputs


@inlined
def note_all(rows, i, t, values):
    for j in range(len(values)):
        rows[i, t, j] = values[j]


@inlined
def note_one(rows, i, t, value):
    rows[i, t] = value


def loop(reset: Any, observe: Any, step: Any, discrete: bool, progress: int) -> Any:
    """The compiled function that runs episodes of a queue; `progress`: see `simulator`."""
    chosen, note = (forward.chosen, note_one) if discrete else (all_outputs, note_all)

    @closure
    def work_off(tasks, code, agents, which, keys, cap, stall, returns, steps, ends, mine, taken, stop, room, tape):
        state, recorded = room.state, len(tape.rewards) > 0
        while stop[0] == 0:
            i = take(taken)
            if i >= len(which):
                return
            task, agent, key = tasks[which[i, 0]], agents[which[i, 1]], keys[i]
            state[:] = 0.0
            room.memory[:] = 0.0
            reset(task, key, state)
            total, t, idle, over, best = 0.0, 0, 0, False, -np.inf
            if progress >= 0:
                best = state[progress]
            while not over and t < cap:
                observe(task, state, room.observation)
                forward.act(code, agent, room.observation, room.memory, room.room, room.outputs)
                action = chosen(code, room.outputs, key, t)
                if recorded:
                    note_all(tape.states, i, t, state)
                    note_all(tape.observations, i, t, room.observation)
                    note(tape.actions, i, t, action)
                reward, over = step(task, key, state, action)
                if recorded:
                    tape.rewards[i, t] = reward
                total += reward
                t += 1
                if progress >= 0:
                    idle = 0 if state[progress] > best else idle + 1
                    best = max(best, state[progress])
                    over = over or 0 < stall <= idle
            if recorded:
                note_all(tape.states, i, t, state)
            for j in range(len(state)):
                ends[i, j] = state[j]
            mine[i] = True
            returns[i], steps[i] = total, t

    return work_off


@dataclass(frozen=True)
class Loop:
    """A simulator's functions: `work_off` is `loop`'s; the rest as in `simulator`."""

    work_off: Any
    row: Callable[[Genome], Sequence[float]]
    size: int
    observations: Space
    actions: Space
    facts: Mapping[str, tuple[DTypeLike, int]]

    def prepare(self, genomes: Sequence[Genome]) -> NDArray[np.float64]:
        return np.array([self.row(genome) for genome in genomes], np.float64)

    def tape(self, episodes: int, cap: int) -> Tape:
        action = () if self.actions.discrete else (self.actions.size,)
        return Tape(
            np.zeros((episodes, cap + 1, self.size)),
            np.zeros((episodes, cap, self.observations.size), np.float32),
            np.zeros((episodes, cap, *action), np.int64 if self.actions.discrete else np.float32),
            np.zeros((episodes, cap)),
        )

    def rollouts(self, queue: Queue) -> None:
        self.run(queue, self.tape(0, 0))

    def trace(self, genome: Genome, policy: Policy, agent: Agent, key: int, cap: int) -> Trace:
        one, tape = np.zeros((1, 2), np.int32), self.tape(1, cap)
        queue = Queue(self.prepare([genome]), policy, agent[None], one, np.array([key], np.uint64), cap)
        self.run(queue, tape)
        steps = int(queue.steps[0])
        return Trace(
            tape.rewards[0, :steps],
            tape.observations[0, :steps],
            tape.actions[0, :steps],
            {"state": tape.states[0, : steps + 1]},
            {name: float(values[0]) for name, values in queue.facts.items()},
        )

    def run(self, queue: Queue, tape: Tape) -> None:
        """Work on the queue; of the facts that threads share, each fills those of its own episodes."""
        policy, count = queue.policy, len(queue.which)
        facts = {name: queue.facts.setdefault(name, np.zeros(count, dtype)) for name, (dtype, _) in self.facts.items()}
        vectors = (np.zeros(size, np.float32) for size in (policy.inputs, policy.outputs, policy.memory))
        room, ends = Room(np.zeros(self.size), *vectors, forward.room_for(policy)), np.zeros((count, self.size))
        mine = np.zeros(count, np.bool_)
        self.work_off(
            queue.tasks, policy.code, np.ascontiguousarray(queue.agents), queue.which, queue.keys, queue.cap,
            queue.stall, queue.returns, queue.steps, ends, mine, queue.taken, queue.stop, room, tape,
        )  # fmt: skip
        for name, (_, place) in self.facts.items():
            facts[name][mine] = ends[mine, place]


def simulator(
    reset: Any,
    observe: Any,
    step: Any,
    *,
    row: Callable[[Genome], Sequence[float]],
    size: int,
    observations: Space,
    actions: Space,
    facts: Mapping[str, tuple[DTypeLike, int]],
    lowest_return: float,
    deterministic: bool = True,
    progress: int = -1,
) -> Simulator:
    """The simulator of three functions.

    Args:
        reset: see the module.
        observe: likewise.
        step: likewise.
        row: the numbers of a genome that the functions need.
        size: numbers in a state.
        observations: what agents see.
        actions: what they do.
        facts: dtype of each fact, and the place in the state where it stands when an episode ends.
        lowest_return: see `envs.api.Simulator`.
        deterministic: likewise.
        progress: the place in the state that must exceed all its earlier values for a step to count as progress; -1:
            the stall limit has no effect.
    """
    made = Loop(loop(reset, observe, step, actions.discrete, progress), row, size, observations, actions, facts)
    moves = Moves(reset, observe, step, row, size, observations, actions, facts)
    record_all = stretches(reset, observe, step, actions.discrete, progress)
    return Simulator(
        prepare=made.prepare,
        rollouts=made.rollouts,
        trace=made.trace,
        begin=moves.begin,
        experience=lambda asked: Stretches(asked, record_all[asked.policy.memory > 0], size, actions.discrete, facts),
        remembers=True,
        facts={name: np.dtype(dtype) for name, (dtype, _) in facts.items()},
        observations=observations,
        actions=actions,
        deterministic=deterministic,
        lowest_return=lowest_return,
    )
