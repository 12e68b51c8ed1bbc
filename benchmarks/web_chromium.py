"""Compares sites in Chromium with the simulator, step by step, for some time: `python web_chromium.py --seconds 300`.

Sites of unselected chains of mutations (and, with `--run`, those archived in a run file) are visited by a random agent,
a random network, the oracle, and, with `--run`, each site's elite. Prints one JSON line; differences go to stderr.
"""

import argparse
import json
import sys
import time
from hashlib import sha256
from itertools import count
from pathlib import Path

import numpy as np

from openended.envs.web.browser.chromium import chromium
from openended.envs.web.browser.parity import compare
from openended.envs.web.policy import DEFAULT
from openended.envs.web.sessions import prepare
from openended.envs.web.simulation.episode import CANDIDATES, begin, choose, new_room, turn
from openended.envs.web.simulation.oracle import advise, new_advice
from openended.envs.web.sites.mutation import mutate
from openended.envs.web.sites.task import encode, first_task


def random(features):
    """Any candidate, a function of what is seen."""
    return int.from_bytes(sha256(features.tobytes()).digest()[:8]) % len(features)


def network(agent):
    """What a network does."""
    room = new_room(DEFAULT)
    return lambda seen: choose(DEFAULT.code, agent, seen, len(seen), room.hidden, room.score)


def oracle(site, number):
    """The oracle's plan, made beforehand."""
    tables, room, plan = prepare([site]), new_room(DEFAULT), []
    begin(tables.look, tables.rules, number, room)
    over = False
    while not over:
        chosen = advise(tables.look, tables.rules, number, room, room.now[CANDIDATES], new_advice())
        plan.append(chosen)
        over = turn(tables.look, tables.rules, number, room, *room.seen.candidates[chosen])[1]
    steps = iter(plan)
    return lambda seen: next(steps)


def sites(run, first):
    """Sites with an agent each: archived ones with their elites, then mutated ones with a random network."""
    if run:
        from openended.file.snapshot import snapshot

        view = snapshot(run)
        for pair in view.elites.values():
            yield view.state.tasks[pair.task].genome, view.best_agent(pair)
    for chain in count(first):
        site = first_task()
        for step in range(40):
            site = mutate(site, chain * 1000 + step)
            if step % 4 == 0:
                yield site, DEFAULT.init(chain)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--run", type=Path)
    parser.add_argument("--first", type=int, default=0, help="the first chain of mutations")
    asked = parser.parse_args()
    steps, requests, differences, visited = 0, 0, 0, 0
    start = time.monotonic()
    with chromium() as page:
        for site, agent in sites(asked.run, asked.first):
            visited += 1
            for place, chosen in enumerate((random, network(np.ascontiguousarray(agent)), None)):
                number = (visited + place) % 8
                more, found = compare(page, site, number, chosen or oracle(site, number))
                steps, requests = steps + more, requests + 1
                if found:
                    differences += 1
                    print(found.request, found.step, found.what, encode(site), file=sys.stderr, flush=True)
            if time.monotonic() - start > asked.seconds:
                break
            if visited % 20 == 0:
                print(visited, steps, differences, file=sys.stderr, flush=True)
    seconds = time.monotonic() - start
    print(json.dumps({"sites": visited, "requests": requests, "steps": steps, "differences": differences,
                      "steps_per_second": round(steps / seconds, 1)}))  # fmt: skip


if __name__ == "__main__":
    main()
