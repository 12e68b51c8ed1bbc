"""Whether agents follow the request: `python web_controls.py RUN`, success of the solved elites of a run file.

On their own site; on its fresh seeds; and, as controls, with the request of another draw, with none, and with the names
of a page's elements dealt anew. A random visitor stands beside it. Prints one JSON line.
"""

import json
import sys
from dataclasses import replace

import numpy as np

from openended.envs.web.baselines import matcher, play, random
from openended.envs.web.simulation.episode import RIGHT, new_room, new_tape, session
from openended.envs.web.simulation.tables import stack, table
from openended.envs.web.sites.build import build
from openended.envs.web.sites.draws import Draws
from openended.envs.web.sites.limits import REQUESTS
from openended.envs.web.sites.reading import Request
from openended.envs.web.visit import Visit
from openended.file.snapshot import snapshot

FRESH = 10
"""Fresh seeds for each site."""


def as_it_is(site, number):
    return build(site, number)


def swapped(site, number):
    return replace(build(site, number), request=build(site, (number + 1) % REQUESTS).request)


def blank(site, number):
    return replace(build(site, number), request=Request((), ()))


def permuted(site, number):
    """Names are dealt anew within a page; what is wanted stays."""
    built, draws = build(site, number), Draws(number)
    elements = list(built.elements)
    for page in range(len(built.parents)):
        places = [place for place, element in enumerate(elements) if element.page == page]
        for place, other in zip(places, draws.shuffled(places), strict=True):
            elements[place] = elements[place]._replace(name=built.elements[other].name)
    return replace(built, elements=tuple(elements))


def success(view, sites, agents, built):
    """The share of requests that are done."""
    room, tape, done = new_room(view.policy), new_tape(0), 0
    for site, agent in zip(sites, agents, strict=True):
        tables = stack([table(built(site, number)) for number in range(REQUESTS)])
        session(tables.look, tables.rules, 0, view.policy.code, agent, 40 * REQUESTS, 0, room, tape)
        done += int(room.done[RIGHT])
    return round(done / (REQUESTS * len(sites)), 4)


def main():
    view = snapshot(sys.argv[1])
    pairs = [pair for pair in view.elites.values() if pair.best_fitness >= view.solved]
    sites = [view.state.tasks[pair.task].genome for pair in pairs]
    agents = [np.ascontiguousarray(agent) for agent in view.best_agents(pairs)]
    seeds = [replace(site, seed=(site.seed + 1 + shift) % 10**6) for site in sites for shift in range(FRESH)]
    fresh = [agent for agent in agents for _ in range(FRESH)]
    told = {"solved_elites": len(pairs), "own_seed": success(view, sites, agents, as_it_is)}
    told["fresh_seeds"] = success(view, seeds, fresh, as_it_is)
    for name, built in (("swapped", swapped), ("blank", blank), ("permuted", permuted)):
        told[name] = success(view, seeds, fresh, built)
    for name, baseline in (("random", random), ("matcher", matcher)):
        visits = [Visit(site, number) for site in seeds[::FRESH] for number in range(REQUESTS)]
        for place, visit in enumerate(visits):
            play(visit, baseline, Draws(place))
        told[name] = round(sum(visit.right for visit in visits) / len(visits), 4)
    print(json.dumps(told))


if __name__ == "__main__":
    main()
