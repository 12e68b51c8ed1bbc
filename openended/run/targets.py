"""What generation 0 of a run takes from other files: the agent that is attacked, and its witnesses; tasks of interest.

They are copied into the run file as arrays, so its digest covers them, and no later generation needs the files again.
"""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from openended import envs
from openended.core import witnesses
from openended.core.interest import LARGEST, Interest, identity, judged_by
from openended.core.interest import SUFFIX as LINES
from openended.core.novelty import scaled
from openended.core.testing import Target
from openended.core.types import Agent, Arrays
from openended.envs.api import Domain
from openended.envs.policy import Policy
from openended.file.errors import Usage
from openended.file.given import read_tasks
from openended.file.reader import Reader
from openended.file.settings import Config
from openended.file.snapshot import Snapshot, chosen, snapshot
from openended.run.networks import network

SUFFIX = ".onnx"
"""How the name of a network's file ends; all others are run files."""


def given(config: Config) -> Arrays:
    """The arrays that generation 0 is given by name; none for most algorithms.

    Raises:
        Usage: a file that is not there, of another domain, or whose networks do not fit.
        Failure: a run file that cannot be read.
    """
    target = getattr(config.params, "attack", None)
    if not isinstance(target, Target):
        return {}
    domain = envs.domain(config.head.domain, config.head.environment)
    agent, policy, digest = attacked(target, domain)
    known, digests = stood(target, domain, config.params.policy.of(domain), config.params.criterion.solved)
    return known | {
        witnesses.TARGET: agent,
        witnesses.LAYOUT: policy.code,
        witnesses.SOURCES: np.stack([np.frombuffer(each, "<i8") for each in (digest, digests)]),
    }


def interest(config: Config) -> tuple[Any, ...]:
    """The tasks of interest that a recipe names a file of, each once; none for most recipes.

    Raises:
        Usage: a file that cannot be read, lines that are no tasks of the domain, a task of a suite, too many or none.
    """
    settings = getattr(config.params, "interest", None)
    if not isinstance(settings, Interest) or not settings.tasks.endswith(LINES):
        return ()
    domain = envs.domain(config.head.domain, config.head.environment)
    path = Path(settings.tasks)
    tasks = list({identity(domain, task): task for task in read_tasks(domain, path)}.values())
    if not 1 <= len(tasks) <= LARGEST:
        raise Usage(f"{path} has {len(tasks)} different tasks; give 1 to {LARGEST} tasks of interest.")
    judges = judged_by(domain)
    if known := [number for number, task in enumerate(tasks, 1) if identity(domain, task) in judges]:
        raise Usage(
            f"{path}: task {known[0]} of {len(tasks)} is one of a suite of {domain.id}, by which agents are judged and "
            "which none is trained on; leave it out."
        )
    return tuple(tasks)


def attacked(target: Target, domain: Domain) -> tuple[Agent, Policy, bytes]:
    """The agent, its network, and the digest of the file that it comes from."""
    place = Path(target.agent)
    if place.suffix == SUFFIX:
        return network(place, domain)
    if place.suffix == ".zip":
        raise Usage(f"{place} is an archive, whose pickled parts are not opened; docs/attack.md turns it into ONNX.")
    view, digest = source(target.agent, "attack.agent", domain)
    if target.niche >= 0:
        return view.best_agent(chosen(view, target.niche, best=False)), view.policy, digest
    if target.snapshot >= 0:
        kept = [each for each in view.snapshots() if each.learner == target.learner]
        found = [each.agent for each in kept if each.generation == target.snapshot]
        if not found:
            there = ", ".join(str(each.generation) for each in kept) or "none"
            raise Usage(
                f"{place} has no snapshot of learner {target.learner} in generation {target.snapshot}; "
                f"attack.snapshot can be one of: {there}."
            )
        return found[0], view.policy, digest
    view.check_agents()
    with Reader(place) as run:
        return run.learner(target.learner).agent, view.policy, digest


def stood(target: Target, domain: Domain, policy: Policy, solved: float) -> tuple[dict[str, NDArray[Any]], bytes]:
    """The witnesses, each once, and where they stand: the tasks that they solve."""
    if not target.witnesses and Path(target.agent).suffix == SUFFIX:
        raise Usage(
            f"{target.agent} is a network alone, which has no witnesses; name a run: attack.witnesses=FILE.run."
        )
    view, digest = source(target.witnesses or target.agent, "attack.witnesses", domain)
    if view.policy.code.tolist() != policy.code.tolist():
        hidden = view.policy.code[3:-1].tolist()
        raise Usage(
            f"the witnesses of {view.path} have another network than the recipe; set policy.hidden={hidden}"
            f"{'' if view.policy.kind == policy.kind else f' and policy.kind={view.policy.kind}'}."
        )
    pairs = [pair for _, pair in sorted(view.state.pairs.items()) if pair.elite is not None]
    pairs = [pair for pair in pairs if pair.best_fitness >= solved]
    if not pairs:
        raise Usage(f"{view.path} has no elite that returns {solved:g}, so none can be a witness; name another run.")
    agents = view.best_agents(pairs)
    numbers: dict[bytes, int] = {}
    of = [numbers.setdefault(agent.tobytes(), len(numbers)) for agent in agents]
    firsts = [of.index(number) for number in range(len(numbers))]
    return {
        witnesses.AGENTS: np.stack([agents[first] for first in firsts]),
        witnesses.OF: np.array(of, np.int64),
        witnesses.POINTS: scaled([view.state.tasks[pair.task].descriptor for pair in pairs], domain.axes),
    }, digest


def source(path: str, key: str, domain: Domain) -> tuple[Snapshot, bytes]:
    """A run file of the domain, and its digest. Raises Usage if there is none."""
    if not Path(path).is_file():
        raise Usage(f"{key} is {path!r}, which is no file; name a run file of {domain.id}.")
    view = snapshot(path)
    if view.domain.id != domain.id:
        raise Usage(f"{path} is a run of {view.domain.id}, but the recipe's domain is {domain.id}; name another run.")
    if view.generation < 0:
        raise Usage(f"{path} holds no generation yet; let it run first.")
    return view, bytes.fromhex(str(view.metrics["digest"]))
