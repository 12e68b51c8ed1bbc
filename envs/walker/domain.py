"""The domains `walker-v1` and `walker-poet-v1`: Gymnasium's bipedal walker, bit for bit in Box2D's physics, on POET's
obstacle courses.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from .. import warm
from ..api import (
    Agent,
    Axis,
    Domain,
    Environment,
    Genome,
    Picture,
    Pictures,
    Policies,
    Queue,
    Simulator,
    Space,
    Tasks,
    Trace,
    Warm,
    World,
)
from ..cache import compiled_before
from ..controls import Control
from ..nets.recorded import Recorder, Rehearsal
from ..people import People
from ..policy import Mlp, Policy, make
from ..simd.tanh import TANH
from ..sketch import Sketch
from . import people
from .courses import draws
from .courses import task as tasks
from .courses.course import Course, course, stack
from .courses.describe import AXES, describe
from .courses.suites import band, suite
from .courses.task import DEFAULT_MUTATION, Mutation
from .courses.vectors import VECTORS
from .kinds import KINDS
from .shrinking import SHRINKING
from .specifications import versions

FUNCTIONS = 200
"""About how many functions `rollouts` needs compiled."""
FACTS = {"finished": np.dtype(bool), "distance": np.dtype(np.float32)}
DEFAULT = Mlp((24, 40, 40, 4), tanh=TANH)
"""POET's network (its reference code)."""


@dataclass(frozen=True, kw_only=True)
class CourseSimulator(Simulator):
    """The simulator of all domains of walkers. Where only episodes are asked for, a `Course` serves as a genome.

    Attributes:
        course: what the simulator makes of a genome.
    """

    course: Callable[[Genome], Course]


def walkers(
    id: str,
    axes: tuple[Axis, ...],
    tasks: Tasks,
    course: Callable[[Genome], Course],
    metrics: Mapping[str, Callable[[Genome], int]],
    controls: Callable[[Genome], tuple[Control, ...]] | None = None,
    kinds: Mapping[str, Callable[[int], Genome]] | None = None,
) -> Domain:
    """A domain of walkers: its tasks, and how they become courses. `metrics`, `kinds`: see `envs.api.Domain`;
    `controls`: see `envs.people.People`.
    """

    def laid(genome: Genome | Course) -> Course:
        return genome if isinstance(genome, Course) else course(genome)

    simulator = CourseSimulator(
        prepare=partial(prepare, laid),
        rollouts=rollouts,
        trace=partial(trace, laid),
        begin=partial(begin, laid),
        facts=FACTS,
        observations=Space(DEFAULT.inputs),
        actions=Space(DEFAULT.outputs),
        deterministic=True,
        lowest_return=-100.0,
        experience=experience,
        warm=Warm(partial(compiled_before, "work_off"), partial(warm_up, laid, tasks.first)),
        course=laid,
    )
    return Domain(
        id=id,
        axes=axes,
        tasks=tasks,
        simulator=simulator,
        policies=Policies(DEFAULT, policy),
        pictures=Pictures(
            draw=partial(draw, laid),
            strip=partial(strip, laid),
            profile=partial(profile, laid),
            sketch=partial(sketched, laid),
            steps_per_second=50.0,
        ),
        suites={"walker-suite-v1": suite},
        kinds=kinds or {},
        metrics=metrics,
        environment=Environment(
            "openended.gymnasium:openended/Course-v0", lambda genome: {"task": tasks.encode(genome), "domain": id}
        ),
        people=People(
            controls=controls, drawn=partial(drawn, laid), blanks={"flat ground": tasks.first}, keys=people.KEYS
        ),
    )


Laid = Callable[[Genome], Course]


def policy(kind: str, hidden: tuple[int, ...]) -> Policy:
    """See `envs.api.Policies`."""
    return make(kind, DEFAULT.inputs, hidden, DEFAULT.outputs, tanh=TANH)


def prepare(laid: Laid, genomes: Sequence[Genome]) -> Any:
    from .simulation.ground import grounds

    return grounds(stack([laid(genome) for genome in genomes]))


def warm_up(laid: Laid, first: Callable[[], Genome], report: Callable[[int, int], None]) -> None:
    warm.warm_up(lambda: prepare(laid, [first()]), rollouts, DEFAULT, report, FUNCTIONS)


def rollouts(queue: Queue) -> None:
    from .simulation import episode

    for name, dtype in FACTS.items():
        queue.facts.setdefault(name, np.zeros(len(queue.which), dtype))
    episode.run(queue)


def experience(asked: Rehearsal) -> Recorder:
    from .simulation.experience import Experience

    return Experience(asked)


def trace(laid: Laid, genome: Genome, policy: Policy, agent: Agent, key: int, cap: int) -> Trace:
    from .simulation.trace import trace

    return trace(laid(genome), policy, agent, cap)


def begin(laid: Laid, genome: Genome, key: int) -> World:
    from .playing import Walk

    return Walk(laid(genome))


def draw(laid: Laid, genome: Genome, trace: Trace, step: int, width: int, height: int) -> Picture:
    from .pictures.draw import draw

    return draw(laid(genome), trace, step, width, height)


def strip(laid: Laid, genome: Genome, trace: Trace, width: int, height: int) -> Picture:
    """The whole course in one picture, with the robot at regular distances."""
    from .pictures.draw import strip

    return strip(laid(genome), trace, width, height)


def profile(laid: Laid, genome: Genome, width: int, height: int) -> Picture:
    """The whole course without a robot."""
    from .pictures.draw import profile

    return profile(laid(genome), width, height)


def sketched(laid: Laid, genome: Genome, trace: Trace) -> Sketch:
    from .pictures.sketch import sketch

    return sketch(laid(genome), trace)


def drawn(laid: Laid, genome: Genome) -> Sketch:
    """The whole course without a robot, as shapes."""
    from .pictures.sketch import still

    return still(laid(genome))


def obstacles(id: str, mutation: Mutation) -> Domain:
    """Walkers on POET's obstacle courses. `mutation` says which parameters children change."""
    family = Tasks(
        first=tasks.first_task,
        mutate=lambda genome, key: tasks.mutate(genome, key, mutation),
        describe=lambda genome: describe(course(genome)),
        encode=tasks.encode,
        decode=tasks.decode,
        read=tasks.read,
        random=draws.random,
        features=tasks.features,
        toward=tasks.toward,
        easy=draws.easy,
        edit=draws.edit,
        reseed=draws.reseed,
        ranges=draws.RANGES,
        shrinking=SHRINKING,
        specifications=versions(mutation),
        vectors=VECTORS,
    )
    return walkers(id, AXES, family, course, {"band": band}, people.controls, KINDS)


WALKER = obstacles("walker-v1", DEFAULT_MUTATION)
WALKER_POET = obstacles("walker-poet-v1", Mutation(1.0, ("roughness", "pit", "stump")))
"""The walker with POET's mutation: every child changes roughness, pits and stumps at once; there are no stairs."""
