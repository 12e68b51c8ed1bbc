"""The domain `gymnasium`: any environment of Gymnasium with numbers, such as gravity, that can be varied.

Episodes run in processes of their own, one for each thread of the run, or in the calling thread if there is only one.
What an episode gives depends on task, policy, agent and key alone, as far as the environment does: its arithmetic is
not ours, so its bits may depend on the machine.
"""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any

import numpy as np

from ..api import Agent, Axis, Domain, Family, Genome, Policies, Queue, Simulator, Trace
from ..nets.recorded import Recorder, Rehearsal
from ..numbers import Values, controls, tasks
from ..people import People
from ..policy import Policy, make
from ..simd.tanh import TANH
from .settings import Settings, parsed

if TYPE_CHECKING:
    from .episode import Episodes

HIDDEN = (32, 32)
"""Hidden layers of the policy where the recipe does not choose."""
CHUNK = 16
"""Most episodes that a process is sent at once."""
LOCK = threading.Lock()
FACTS = {"terminated": np.dtype(bool)}


@dataclass(frozen=True)
class Runner:
    """The functions of the simulator."""

    settings: Settings
    episodes: "Episodes"

    def prepare(self, genomes: Sequence[Genome]) -> list[Values]:
        return list(genomes)

    def rollouts(self, queue: Queue) -> None:
        from . import workers

        count = len(queue.which)
        terminated = queue.facts.setdefault("terminated", np.zeros(count, np.bool_))
        size = min(max(count // (8 * queue.threads), 1), CHUNK)
        while not queue.stop[0]:
            with LOCK:
                first = int(queue.taken[0])
                last = min(first + size, count)
                queue.taken[0] = max(first, last)
            if first >= last:
                return
            if queue.threads == 1:
                self.run_here(queue, range(first, last))
                continue
            work = [
                (queue.tasks[task], queue.agents[agent].tobytes(), int(key))
                for (task, agent), key in zip(queue.which[first:last], queue.keys[first:last], strict=True)
            ]
            done = workers.run(self.settings.table, queue.policy, work, queue.cap, lambda: bool(queue.stop[0]))
            for i, result in zip(range(first, last), done or (), strict=False):
                queue.returns[i], queue.steps[i], terminated[i] = result

    def run_here(self, queue: Queue, which: range) -> None:
        for i in which:
            task, agent = queue.which[i]
            total, steps, end = 0.0, 0, False
            for step in self.episodes.steps(
                queue.tasks[task], queue.policy, queue.agents[agent], int(queue.keys[i]), queue.cap
            ):
                if queue.stop[0]:
                    return
                total, steps, end = total + step.reward, steps + 1, step.terminated
            queue.returns[i], queue.steps[i], queue.facts["terminated"][i] = total, steps, end

    def trace(self, genome: Genome, policy: Policy, agent: Agent, key: int, cap: int) -> Trace:
        steps = list(self.episodes.steps(genome, policy, agent, key, cap))
        return Trace(
            rewards=np.array([step.reward for step in steps]),
            observations=np.array([step.observation for step in steps]),
            actions=np.array([step.action for step in steps]),
            scene={"key": np.full(len(steps) + 1, key, np.uint64)},  # `draw` plays the episode again
            facts={"terminated": float(steps[-1].terminated)},
        )

    def experience(self, asked: Rehearsal) -> Recorder:
        from .experience import experience

        return experience(self.episodes, asked)


def made(table: Mapping[str, Any]) -> Domain:
    """The domain of a recipe's table `[environment]`; see `settings`.

    Raises:
        ValueError: a key that is wrong, an environment that does not exist, cannot be made (a package that is missing,
            values that it refuses) or whose spaces agents cannot act in. One sentence.
    """
    settings = parsed(table)
    episodes = opened(settings)
    parameters, names = settings.parameters, list(settings.parameters)
    ends = [(axis, parameters[axis]) for axis in settings.axes]
    places = [names.index(axis) for axis in settings.axes]
    observations, actions = episodes.observations, episodes.actions
    runner = Runner(settings, episodes)

    def policy(kind: str, hidden: tuple[int, ...]) -> Policy:
        return make(kind, observations.size, hidden, actions.size, actions.discrete, TANH)

    from .pictures import pictures

    return Domain(
        id="gymnasium",
        axes=tuple(Axis(name, float(at.low), float(at.high), "1") for name, at in ends),
        tasks=tasks(parameters, lambda genome: np.array([genome[place] for place in places], np.float64)),
        simulator=Simulator(
            prepare=runner.prepare,
            rollouts=runner.rollouts,
            trace=runner.trace,
            experience=runner.experience,
            facts=FACTS,
            observations=observations,
            actions=actions,
            deterministic=False,
            lowest_return=settings.lowest_return,
        ),
        policies=Policies(policy("mlp", HIDDEN), policy),
        pictures=pictures(episodes),
        settings=dict(settings.table),
        people=People(controls=controls(parameters)),
    )


def opened(settings: Settings) -> "Episodes":
    """The settings' environments, made once at both ends of every range. Raises ValueError, see `made`."""
    try:
        gymnasium = import_module("gymnasium")
    except ModuleNotFoundError:
        raise ValueError("environments need Gymnasium: pip install 'openended[gymnasium]'") from None
    from .episode import Episodes

    episodes = Episodes(settings)
    ends = {name: (bound.low, bound.high) for name, bound in settings.parameters.items()}
    first = {name: low for name, (low, _) in ends.items()}
    for name, values in ends.items():
        for value in values:
            try:
                episodes.made(tuple((first | {name: value}).values())).close()
            except gymnasium.error.DependencyNotInstalled as error:
                raise ValueError(f"{settings.id} needs more packages ({' '.join(str(error).split())})") from None
            except (gymnasium.error.Error, ModuleNotFoundError) as error:
                raise ValueError(f"environment.id is {settings.id!r}: {' '.join(str(error).split())}") from None
            except Exception as error:
                said = " ".join(str(error).split()) or type(error).__name__
                raise ValueError(f"{settings.id} refuses {name} = {value}: {said}") from None
    return episodes


GYMNASIUM = Family(made, {"id": "CartPole-v1", "attributes": {"gravity": [5.0, 15.0], "force_mag": [5.0, 15.0]}})
"""The example needs no package beside Gymnasium."""
