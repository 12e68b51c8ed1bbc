"""The domains `walker-v1` and `walker-poet-v1`: Gymnasium's bipedal walker, bit for bit in Box2D's physics, on POET's
obstacle courses.
"""

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from .. import warm
from ..api import Axis, Episodes, Policy, Sketch, Trace
from ..cache import compiled_before
from ..simd.tanh import TANH
from .courses import task as tasks
from .courses.course import Course, course, stack
from .courses.describe import AXES, describe
from .courses.task import DEFAULT_MUTATION, Mutation, WalkerTask
from .simulation.policy import SIZES

FUNCTIONS = 200
"""About how many functions `rollouts` needs compiled."""


class CourseDomain:
    """What all domains of walkers share; see `envs.api.Domain`. Each adds its tasks and turns them into courses.

    A task may also be a `Course`, wherever nothing but episodes is asked for.
    """

    axes: tuple[Axis, ...]
    policy = Policy(SIZES, tanh=TANH)
    facts: ClassVar[dict[str, np.dtype[Any]]] = {"finished": np.dtype(bool), "distance": np.dtype(np.float32)}
    deterministic = True
    lowest_return = -100.0
    steps_per_second = 50

    def course(self, task: Any) -> Course:
        """What the simulator is given."""
        raise NotImplementedError

    def prepare(self, tasks: Sequence[Any]) -> Any:
        from .simulation.ground import grounds

        return grounds(stack([self.course(task) for task in tasks]))

    def compiled(self) -> bool:
        """True if this machine has compiled the kernels of `rollouts` from these very sources."""
        return compiled_before("work_off")

    def warm_up(self, report: Callable[[int, int], None]) -> None:
        """Compile what `rollouts` needs; calls report(functions done, about how many in all) on the way."""
        warm.warm_up(self, report, FUNCTIONS)

    def rollouts(self, queue: Episodes) -> None:
        from .simulation import episode

        for name, dtype in self.facts.items():
            queue.facts.setdefault(name, np.zeros(len(queue.which), dtype))
        episode.run(queue)

    def trace(self, task: Any, agent: NDArray[np.float32], key: int, cap: int) -> Trace:
        from .simulation.trace import trace

        return trace(self.course(task), agent, cap)

    def draw(self, task: Any, trace: Trace, step: int, width: int, height: int) -> NDArray[np.uint8]:
        from .pictures.draw import draw

        return draw(self.course(task), trace, step, width, height)

    def strip(self, task: Any, trace: Trace, width: int, height: int) -> NDArray[np.uint8]:
        """The whole course in one picture, with the robot at regular distances."""
        from .pictures.draw import strip

        return strip(self.course(task), trace, width, height)

    def profile(self, task: Any, width: int, height: int) -> NDArray[np.uint8]:
        """The whole course without a robot."""
        from .pictures.draw import profile

        return profile(self.course(task), width, height)

    def sketch(self, task: Any, trace: Trace) -> Sketch:
        """All that there is to see of the episode, as shapes."""
        from .pictures.sketch import sketch

        return sketch(self.course(task), trace)

    def suite(self, name: str) -> dict[str, list[Course]]:
        """A suite of fixed courses by its name; see `suites`."""
        from .courses.suites import suite

        return suite(name)


class Walker(CourseDomain):
    """Obstacle courses. `mutation` says which parameters children change; all else is fixed by the id."""

    id = "walker-v1"
    axes = AXES
    mutation: Mutation = DEFAULT_MUTATION

    def course(self, task: WalkerTask | Course) -> Course:
        return task if isinstance(task, Course) else course(task)

    def first_task(self) -> WalkerTask:
        return tasks.first_task()

    def mutate(self, task: WalkerTask, key: int) -> WalkerTask:
        return tasks.mutate(task, key, self.mutation)

    def describe(self, task: WalkerTask) -> NDArray[np.float64]:
        return describe(self.course(task))

    def features(self, task: WalkerTask) -> NDArray[np.float64]:
        return tasks.features(task)

    def toward(self, task: WalkerTask, target: WalkerTask) -> WalkerTask:
        return tasks.toward(task, target)

    def band(self, task: WalkerTask) -> int:
        """POET's difficulty of a task, 0 .. 3; see `suites`."""
        from .courses.suites import band

        return band(task)

    def encode(self, task: WalkerTask) -> str:
        return tasks.encode(task)

    def decode(self, text: str) -> WalkerTask:
        return tasks.decode(text)


class WalkerPoet(Walker):
    """The walker with POET's mutation: every child changes roughness, pits and stumps at once; there are no stairs."""

    id = "walker-poet-v1"
    mutation = Mutation(1.0, ("roughness", "pit", "stump"))
