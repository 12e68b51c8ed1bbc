"""Hosts: how the algorithms judge a task from outside (`core.invite`).

Where every pair has its agent, a task is judged by the best of the agents tried on it: that of the task it was edited
from, those that somebody says do well on it, and those of the nearest pairs. In a curriculum the shared learner plays
it without learning from it, and it enters the buffer by the law that the curriculum's own tasks obey.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any

import numpy as np

from .buffer import LEARNER, Entry, admit, leave, mean_return
from .criterion import judge
from .evaluation import Trial
from .generation import Generation
from .invite import Found, Guest, Host, Verdict, holder
from .novelty import mean_distance
from .plays import Choice, item
from .replay import Law
from .reproduction import best_source
from .types import Agent, Pair, Task
from .work import Job, Visit

AGAIN = 10
"""Generations of a curriculum after which parked tasks are judged again."""


@dataclass(frozen=True)
class Rules:
    """What is particular to an algorithm of pairs.

    Attributes:
        known: whether a genome counts as one that there is already.
        taken: whether a niche belongs to another task.
        near: the pairs whose agents are tried beside those named in the offer.
        agent: the agent of a pair that is tried.
        call: what follows for the named pairs where the niche is taken.
        welcome: enter an admitted task; its agent comes from the pair given.
        neighbours: the k of novelty.

    """

    known: Callable[[Any], bool]
    taken: Callable[[int], bool]
    near: Callable[[Task], Sequence[Pair]]
    agent: Callable[[Pair], Agent]
    call: Callable[[Guest, Sequence[Pair]], None]
    welcome: Callable[[Task, Pair, Agent], None]
    neighbours: int


def of_pairs(rules: Rules) -> Host:
    """The host of an algorithm whose every pair has an agent of its own."""

    def host(generation: Generation[Any], guests: Sequence[Guest]) -> Iterator[Verdict]:
        for guest in guests:
            before = generation.counters.env_steps
            verdict = judged(generation, guest, rules)
            steps = generation.counters.env_steps - before
            yield replace(verdict, found=verdict.found | {"env_steps": steps})

    return host


def judged(generation: Generation[Any], guest: Guest, rules: Rules) -> Verdict:
    """The verdict on one guest."""
    task, named = guest.task, named_pairs(generation, guest)
    if rules.known(task.genome):
        return Verdict("duplicate", found=beaten(generation, guest, named, rules.agent))
    if rules.taken(task.niche):
        rules.call(guest, named)
        return Verdict("niche taken", found=beaten(generation, guest, named, rules.agent))
    sources = list({pair.task: pair for pair in [*named, *rules.near(task)]}.values())
    agents = [rules.agent(pair) for pair in sources]
    fitness = generation.evaluate([Trial(task, agent) for agent in agents], "invited", guest.offer.number)
    source, score = best_source(sources, fitness)
    bounds = generation.means.params.criterion
    found: Found = {
        "source": source.task,
        "tried": len(sources),
        "solved": sum(value >= bounds.solved for value in fitness),
        "novelty": mean_distance(generation.archive.near(task, rules.neighbours)[1]),
    } | beaten(generation, guest)
    if (outcome := judge(score, bounds)) != "ok":
        return Verdict(outcome, score, found)
    agent = agents[sources.index(source)]
    return Verdict("admitted", score, found, lambda decided: rules.welcome(decided, source, agent))


def named_pairs(generation: Generation[Any], guest: Guest) -> list[Pair]:
    """The pairs that an offer names and that are there: of the task it was edited from, of the niches hinted at."""
    payload = guest.offer.payload or {}
    found = [holder(generation, niche) for niche in (payload["from"], *payload["hints"])]
    return list({pair.task: pair for pair in found if pair is not None}.values())


def beaten(
    generation: Generation[Any],
    guest: Guest,
    named: Sequence[Pair] = (),
    best: Callable[[Pair], Agent] | None = None,
) -> Found:
    """What the agent that the task was made to defeat reaches on it today: `target`; whether that is a failure:
    `beaten`; and whether it is another agent than the one that was seen: `moved`. Nothing where none was named, or at a
    later judgement.

    Where the task is not judged any further, the agents of the pairs named are tried, too, as somebody may solve it.
    """
    aim = (guest.offer.payload or {})["beat"]
    if aim is None or guest.again >= 0:
        return {}
    pair = holder(generation, aim["niche"])
    agent = None if pair is None else generation.best_agent(pair) if pair.elite is not None else generation.agent(pair)
    if agent is None or not len(agent):
        return {"target": None, "beaten": None, "moved": True}
    others = [best(each) for each in named] if best else []
    trials = [Trial(guest.task, each) for each in [agent, *others]]
    target, *fitness = generation.evaluate(trials, "beaten", guest.offer.number)
    mark = sha256(np.ascontiguousarray(agent, "<f4").tobytes()).hexdigest()[:16]
    bar = generation.means.params.criterion.solved
    found: Found = {"target": target, "beaten": not target >= bar, "moved": mark != aim["agent"]}
    return found | {"tried": len(others), "solved": sum(value >= bar for value in fitness)} if others else found


def of_buffer(entry: Entry, law: Law) -> Host:
    """The host of an algorithm whose learner is shared: all guests are played at once, in jobs of the size of a batch,
    so that each is seen as long as in training.
    """

    def host(generation: Generation[Any], guests: Sequence[Guest]) -> Iterator[Verdict]:
        before = generation.counters.env_steps
        names = [generation.archive.name(guest.task.genome) for guest in guests]
        fresh = [place for place, name in enumerate(names) if name not in generation.archive.names | {*names[:place]}]
        visits = dict(zip(fresh, look(generation, [guests[place] for place in fresh], law), strict=True))
        steps = (generation.counters.env_steps - before) // max(1, len(fresh))
        for place, guest in enumerate(guests):
            aim = beaten(generation, guest)
            if place not in visits:
                yield Verdict("duplicate", found=aim)
                continue
            visit, task = visits[place], replace(guest.task, score=mean_return(visits[place]))
            outcome, other = entry(generation, task, visit)
            found: Found = aim | {"tried": len(visit.returns), "env_steps": steps}
            solved = sum(value >= generation.means.params.criterion.solved for value in visit.returns.tolist())
            enter = entering(generation, other, visit) if outcome == "admitted" else None
            yield Verdict(outcome, task.score, found | {"solved": solved}, enter)

    return host


def entering(generation: Generation[Any], other: int | None, visit: Visit) -> Callable[[Task], None]:
    """How an admitted task enters the buffer, where the `other` one leaves for it."""

    def enter(task: Task) -> None:
        if other is not None:
            leave(generation, other)
        admit(generation, task, visit, trained=False)

    return enter


def look(generation: Generation[Any], guests: Sequence[Guest], law: Law) -> list[Visit]:
    """What the shared learner sees of the guests, without learning."""
    items = []
    for guest in guests:
        task, place = guest.task, (3, guest.offer.number)
        items.append(item(generation, task.genome, law.variants, *place, parent=task.parent, maker=task.maker))
    choice, shared = Choice("edit", tuple(items), train=False), generation.shared(LEARNER)
    genomes = choice.genomes
    jobs = [
        Job(genomes[first : first + law.batch], shared, generation.key("invited", first), train=False, appraise=True)
        for first in range(0, len(genomes), law.batch)
    ]
    return choice.seen([visit for each in generation.learn(jobs) for visit in each.visits])
