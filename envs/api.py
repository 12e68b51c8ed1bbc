"""The domain contract: what a simulator must offer so that the search can use it.

A domain is a family of tasks with its simulator: a frozen value whose parts hold pure functions and constants. A part
or function that a domain does not have is None. The id carries a version that changes whenever the domain's behaviour
changes, because results stop being comparable then. `envs.check.check_domain` tests any domain against this contract.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .episodes import Agent, Genome, Queue, Space, Trace, World
from .labels import Labelled
from .nets.recorded import Recorder, Rehearsal
from .people import People
from .policy import Policy
from .ranges import Ranges
from .shrinking import Shrinking
from .sketch import Sketch
from .specifications import Specification
from .vectors import Vectors

__all__ = [
    "Agent",
    "Axis",
    "Domain",
    "Environment",
    "Family",
    "Genome",
    "Picture",
    "Pictures",
    "Policies",
    "Queue",
    "Simulator",
    "Space",
    "Specification",
    "Tasks",
    "Trace",
    "Warm",
    "World",
]

Picture = NDArray[np.uint8]
"""Red, green, blue, uint8[height, width, 3]."""


@dataclass(frozen=True)
class Axis:
    """One descriptor: its name, the range that the archive spans, and its unit ("m", "rad", "1")."""

    name: str
    low: float
    high: float
    unit: str


@dataclass(frozen=True, kw_only=True)
class Tasks:
    """The family of tasks.

    Attributes:
        first: the simplest task.
        mutate: a valid child of a genome, a function of genome and key; never invalid, however often repeated.
        describe: the descriptor float64[m], measured on what the simulator generates, not copied from the genome.
        encode: canonical JSON: equal genomes give equal texts. The digest of the text is the task's identity.
        decode: the genome of a canonical text. Raises ValueError, naming the place, for anything else.
        read: the same of a text as people and browsers write it: a whole number for 1.0, lists in another order; None:
            `decode` does it. `envs.read_task` also takes care of spaces and of the order of keys.
        random: a genome drawn from the whole family, a function of the key.
        features: float64[n], the numbers that mutation changes (POET's novelty); tasks with equal features count as
            the same.
        toward: the first genome one step nearer to the second (direct-path curricula).
        easy: a genome drawn from the range where a curriculum begins, a function of the key.
        edit: a genome with some of its parameters changed by a step (ACCEL), a function of genome and key.
        reseed: a genome with the same parameters and its chance (a terrain seed) drawn anew, a function of genome and
            key.
        ranges: how tasks are drawn from ranges that grow.
        shrinking: how tasks become smaller, part by part.
        specifications: what tasks may contain, by versions that follow each other; none: no such limits are known.
        vectors: tasks as vectors, and back (models of tasks).
        solvable: whether a task can be solved at all; None where that cannot be known. Agents are judged on fresh tasks
            that can.
    """

    first: Callable[[], Genome]
    mutate: Callable[[Genome, int], Genome]
    describe: Callable[[Genome], NDArray[np.float64]]
    encode: Callable[[Genome], str]
    decode: Callable[[str], Genome]
    read: Callable[[str], Genome] | None = None
    random: Callable[[int], Genome] | None = None
    features: Callable[[Genome], NDArray[np.float64]] | None = None
    toward: Callable[[Genome, Genome], Genome] | None = None
    easy: Callable[[int], Genome] | None = None
    edit: Callable[[Genome, int], Genome] | None = None
    reseed: Callable[[Genome, int], Genome] | None = None
    ranges: Ranges | None = None
    shrinking: Shrinking | None = None
    specifications: tuple[Specification, ...] = ()
    vectors: Vectors | None = None
    solvable: Callable[[Genome], bool] | None = None


@dataclass(frozen=True)
class Warm:
    """Compilation before the first episode, with its progress reported.

    Attributes:
        compiled: whether this machine has compiled all that `rollouts` needs.
        warm_up: compiles it; calls its argument with (functions done, about how many in all) on the way.
    """

    compiled: Callable[[], bool]
    warm_up: Callable[[Callable[[int, int], None]], None]


@dataclass(frozen=True, kw_only=True)
class Simulator:
    """What runs episodes.

    Attributes:
        prepare: what `rollouts` needs of some genomes, made once per queue.
        rollouts: runs episodes of a queue until it is empty or stopped. Threads share it: it releases Python's lock.
        trace: one episode, of (genome, policy, agent, key, cap); its rewards sum to the bit to `rollouts`' return.
        begin: an episode to be moved on step by step, of (genome, key): the same to the bit where actions are the same.
        facts: names and dtypes of what `rollouts` reports of an episode beside return and length.
        observations, actions: what agents see and do.
        deterministic: whether task, policy and agent fix an episode, so that evaluating it twice is waste.
        lowest_return: the return of an agent that fails at once; the zero of the QD score (pyribs: `qd_score_offset`).
        experience: environments whose every step is recorded, for learners that need more than returns.
        remembers: whether `experience` also runs policies with memory.
        labels: examples with right answers, of (what `prepare` made, which task each is of, int64[n], keys uint64[n]);
            each a function of its task and key.
        warm: compiling beforehand.
    """

    prepare: Callable[[Sequence[Genome]], Any]
    rollouts: Callable[[Queue], None]
    trace: Callable[[Genome, Policy, Agent, int, int], Trace]
    facts: Mapping[str, np.dtype[Any]]
    observations: Space
    actions: Space
    deterministic: bool
    lowest_return: float
    experience: Callable[[Rehearsal], Recorder] | None = None
    remembers: bool = False
    labels: Callable[[Any, NDArray[np.int64], NDArray[np.uint64]], Labelled] | None = None
    begin: Callable[[Genome, int], World] | None = None
    warm: Warm | None = None


@dataclass(frozen=True)
class Policies:
    """Which networks can act.

    Attributes:
        default: what agents are where a recipe does not choose.
        make: the policy of a kind and sizes of hidden layers, for instance ("mlp", (40, 40)). Raises ValueError, in one
            sentence, for what the simulator cannot run.
        partial: whether an observation leaves out what an agent must remember to do well.
    """

    default: Policy
    make: Callable[[str, tuple[int, ...]], Policy]
    partial: bool = False


@dataclass(frozen=True, kw_only=True)
class Pictures:
    """What people can see.

    Attributes:
        draw: the scene before action `step` (0 .. t), of (genome, trace, step, width, height).
        strip: a whole episode in one picture, of (genome, trace, width, height).
        profile: the task alone, long and flat, of (genome, width, height).
        sketch: the episode as shapes, for players that are no Python.
        page: the episode as an HTML page that is complete in itself, of (genome, trace).
        steps_per_second: how fast an episode is in life.
        aspect: width over height of a scene that leaves no margins; 0: any.
    """

    draw: Callable[[Genome, Trace, int, int, int], Picture]
    strip: Callable[[Genome, Trace, int, int], Picture] | None = None
    profile: Callable[[Genome, int, int], Picture] | None = None
    sketch: Callable[[Genome, Trace], Sketch] | None = None
    page: Callable[[Genome, Trace], str] | None = None
    steps_per_second: float = 25.0
    aspect: float = 0.0


@dataclass(frozen=True)
class Environment:
    """The domain's tasks as Gymnasium environments.

    Attributes:
        id: what `gymnasium.make` takes, with the module that registers it.
        arguments: the keyword arguments of a task.
    """

    id: str
    arguments: Callable[[Genome], Mapping[str, Any]]


@dataclass(frozen=True, kw_only=True)
class Domain:
    """A family of tasks with its simulator. All functions are pure: same arguments, same result, nothing remembered.

    Attributes:
        id: name and version, such as `walker-v1`.
        axes: the descriptors, in the order in which `tasks.describe` gives them.
        suites: functions that make fixed tasks to judge by, lists by name, under the suite's versioned name; a name
            without a version means the newest.
        metrics: numbers that say how difficult a task is, by name; a run reports the largest among solved tasks.
        kinds: rules that draw tasks of some kind, functions of the key, by name: what a run may be told to be
            interested in. Unlike those of a suite they are genomes, and may be trained on.
        settings: what a family of domains, such as `gymnasium`, was given to make this one, JSON values.
        people: what people can do by hand: change tasks, play.
    """

    id: str
    axes: tuple[Axis, ...]
    tasks: Tasks
    simulator: Simulator
    policies: Policies
    pictures: Pictures | None = None
    suites: Mapping[str, Callable[[], dict[str, list[Genome]]]] = field(default_factory=dict)
    metrics: Mapping[str, Callable[[Genome], int | float]] = field(default_factory=dict)
    kinds: Mapping[str, Callable[[int], Genome]] = field(default_factory=dict)
    environment: Environment | None = None
    settings: Mapping[str, Any] | None = None
    people: People | None = None

    def suite(self, name: str) -> dict[str, list[Genome]]:
        """The tasks of a suite, lists by name; without a version, those of the newest. Raises ValueError for none."""
        made = self.suites.get(name)
        if made is None:
            versions = [known for known in self.suites if known.rpartition("-v")[0] == name]
            if not versions:
                known = f"choose {' or '.join(self.suites)}" if self.suites else f"{self.id} has none"
                raise ValueError(f"there is no suite {name!r}; {known}")
            made = self.suites[max(versions, key=lambda known: int(known.rpartition("-v")[2]))]
        return made()


@dataclass(frozen=True)
class Family:
    """A domain with settings of its own: a table of the recipe, named `[environment]`.

    Attributes:
        make: the domain of a table. Raises ValueError, in one sentence, for a table that is wrong.
        example: a table that is right.
    """

    make: Callable[[Mapping[str, Any]], Domain]
    example: Mapping[str, Any]
