"""The domain `walker-v1`: Gymnasium's bipedal walker, bit for bit in Box2D's physics, on POET's obstacle courses."""

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from ..api import Axis, Episodes, Policy, Trace
from ..cache import compiled_before
from .course import course, courses
from .describe import AXES, describe
from .task import DEFAULT_MUTATION, Mutation, WalkerTask, decode, encode, first_task, mutate


class Walker:
    """See `envs.api.Domain`. `mutation` says which parameters children change; all else is fixed by the id."""

    id = "walker-v1"
    axes: tuple[Axis, ...] = AXES
    policy = Policy((24, 40, 40, 4))
    facts: ClassVar[dict[str, np.dtype[Any]]] = {"finished": np.dtype(bool), "distance": np.dtype(np.float32)}
    deterministic = True
    lowest_return = -100.0
    steps_per_second = 50

    def __init__(self, mutation: Mutation = DEFAULT_MUTATION):
        self.mutation = mutation

    def first_task(self) -> WalkerTask:
        return first_task()

    def mutate(self, task: WalkerTask, key: int) -> WalkerTask:
        return mutate(task, key, self.mutation)

    def describe(self, task: WalkerTask) -> NDArray[np.float64]:
        return describe(course(task))

    def encode(self, task: WalkerTask) -> str:
        return encode(task)

    def decode(self, text: str) -> WalkerTask:
        return decode(text)

    def prepare(self, tasks: Sequence[WalkerTask]) -> Any:
        from .ground import grounds

        return grounds(courses(tasks))

    def compiled(self) -> bool:
        """True if this machine has compiled the kernels of `rollouts` from these very sources."""
        return compiled_before("work_off")

    def warm_up(self, report: Callable[[int, int], None]) -> None:
        """Compile what `rollouts` needs; calls report(functions done, about how many in all) on the way."""
        from . import warm

        warm.warm_up(report)

    def rollouts(self, queue: Episodes) -> None:
        from . import episode

        for name, dtype in self.facts.items():
            queue.facts.setdefault(name, np.zeros(len(queue.which), dtype))
        episode.run(queue)

    def trace(self, task: WalkerTask, agent: NDArray[np.float32], key: int, cap: int) -> Trace:
        from . import episode

        return episode.trace(course(task), agent, cap)

    def draw(self, task: WalkerTask, trace: Trace, step: int, width: int, height: int) -> NDArray[np.uint8]:
        from .draw import draw

        return draw(course(task), trace, step, width, height)

    def strip(self, task: WalkerTask, trace: Trace, width: int, height: int) -> NDArray[np.uint8]:
        """The whole course in one picture, with the robot at regular distances."""
        from .draw import strip

        return strip(course(task), trace, width, height)
