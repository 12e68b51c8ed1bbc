"""How fast web sites are visited, on the sites archived in a run file by their own elites, or, without one, on sites of
chains of mutations by random networks; resets included. Prints one JSON line for one core.

    python -m benchmarks.web [RUN] [--peers]

`--peers` does the same loop in Chromium and takes random actions in MiniWoB++'s own environment (`pip install miniwob`
and chromedriver), one after the other, each for some seconds.
"""

import argparse
import json
import sys
import time

import numpy as np

from openended.envs.api import Queue
from openended.envs.web.browser.chromium import BrowserError
from openended.envs.web.domain import WEB
from openended.envs.web.policy import DEFAULT
from openended.envs.web.sites.limits import REQUESTS
from openended.envs.web.sites.mutation import mutate
from openended.envs.web.sites.task import first_task

from .web_peers import in_chromium, in_miniwob

SECONDS = 10.0
REPEATS = 8
PEERS = 60.0
"""Seconds of each peer."""


def archived(path):
    """Sites and their elites."""
    from openended.file.snapshot import snapshot

    view = snapshot(path)
    pairs = list(view.elites.values())
    return [view.state.tasks[pair.task].genome for pair in pairs], np.stack(view.best_agents(pairs))


def mutated():
    """Sites of chains of 20 mutations, and random networks."""
    sites = []
    for chain in range(40):
        site = first_task()
        for step in range(20):
            site = mutate(site, chain * 1000 + step)
        sites.append(site)
    return sites, np.stack([DEFAULT.init(key) for key in range(len(sites))])


def visit(tables, agents, which):
    """Run sessions; returns their steps."""
    queue = Queue(tables, DEFAULT, agents, which, np.zeros(len(which), np.uint64), 40 * REQUESTS)
    WEB.simulator.rollouts(queue)
    return int(queue.steps.sum())


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("run", nargs="?")
    parser.add_argument("--peers", action="store_true")
    asked = parser.parse_args()
    sites, agents = archived(asked.run) if asked.run else mutated()
    begun = time.process_time()
    tables = WEB.simulator.prepare(sites)
    prepared = time.process_time() - begun
    which = np.repeat(np.array([(i, i) for i in range(len(sites))], np.int32), REPEATS, axis=0)
    visit(tables, agents, which[:1])  # compiles
    steps, sessions, spent = 0, 0, 0.0
    while spent < SECONDS:
        before = time.process_time()
        steps += visit(tables, agents, which)
        spent += time.process_time() - before
        sessions += len(which)
    elements = np.diff(tables.look.start)
    told = {
        "sites": len(sites), "archived": asked.run is not None, "elements": round(float(elements.mean()), 1),
        "steps_per_request": round(steps / sessions / REQUESTS, 2),
        "requests_per_second": round(REQUESTS * sessions / spent),
        "steps_per_second": round(steps / spent), "build_ms_per_site": round(1000 * prepared / len(sites), 2),
    }  # fmt: skip
    if asked.peers:
        try:
            told |= {"chromium": in_chromium(sites, agents, PEERS), "miniwob": in_miniwob(PEERS)}
        except BrowserError as error:
            print(error, file=sys.stderr)
            raise SystemExit(5) from None
    print(json.dumps(told))


if __name__ == "__main__":
    main()
