"""Compares sites in Chromium with the simulator, step by step: `python web_chromium.py --sites 2000 --part 1/2`.

Sites of unselected chains of mutations and, with `--run`, as many of the elites of run files take turns (these with new
seeds when all have had their turn). Each is visited on two requests of its session by a random agent, by a network (its
elite's, or a random one) and by the oracle. `--out FILE` gets a line for every site and is continued where it ends.
Prints one JSON line; differences go to stderr.
"""

import argparse
import json
import sys
import time
from dataclasses import replace
from hashlib import sha256
from itertools import count, islice
from pathlib import Path

import numpy as np

from openended.envs.web.browser.chromium import BrowserError, chromium, program
from openended.envs.web.browser.parity import compare
from openended.envs.web.policy import DEFAULT
from openended.envs.web.sessions import prepare
from openended.envs.web.simulation.episode import CANDIDATES, begin, choose, new_room, turn
from openended.envs.web.simulation.oracle import advise, new_advice
from openended.envs.web.sites.limits import REQUESTS, SEEDS
from openended.envs.web.sites.mutation import mutate
from openended.envs.web.sites.task import encode, first_task
from openended.file.reader import Reader
from openended.file.snapshot import snapshot

FRESH = 100
"""Sites that one browser shows before a new one takes its place."""


def random(features):
    """Any candidate, a function of what is seen."""
    return int.from_bytes(sha256(features.tobytes()).digest()[:8]) % len(features)


def network(agent):
    """What a network does."""
    room, agent = new_room(DEFAULT), np.ascontiguousarray(agent)
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


def archived(paths):
    """The sites of all elites ever found in run files, each with its last elite; then again with other seeds."""
    known = []
    for path in paths:
        view = snapshot(path)
        last = {find.task: find.id for find in view.finds}
        with Reader(path) as run:
            found = run.elites(last.values())
        known += [(view.tasks[task].genome, found[id].agent) for task, id in last.items()]
    for shift in count() if known else ():
        for site, agent in known:
            yield replace(site, seed=(site.seed + shift) % SEEDS), agent


def mutated(first):
    """Sites of chains of mutations, each with a random network."""
    for chain in count(first):
        site = first_task()
        for step in range(40):
            site = mutate(site, chain * 1000 + step)
            if step % 4 == 0:
                yield site, DEFAULT.init(chain)


def turns(one, other):
    """Of both in turn; of the other alone if there is none of `one`."""
    for first in one:
        yield first
        yield next(other)
    yield from other


def visit(page, place, site, agent):
    """Compare a site; returns a line for the output."""
    told = {"site": place, "requests": 0, "steps": 0, "differences": 0}
    for number in (place % REQUESTS, (place + REQUESTS // 2) % REQUESTS):
        for chosen in (random, network(agent), oracle(site, number)):
            more, found = compare(page, site, number, chosen)
            told["requests"] += 1
            told["steps"] += more
            if found:
                told["differences"] += 1
                print(found.request, found.step, found.what, encode(site), file=sys.stderr, flush=True)
    return told


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sites", type=int, default=100)
    parser.add_argument("--run", type=Path, action="append", default=[])
    parser.add_argument("--first", type=int, default=0, help="the first chain of mutations")
    parser.add_argument("--part", default="1/1", help="of the sites, the first of two: 1/2")
    parser.add_argument("--out", type=Path)
    asked = parser.parse_args()
    part, parts = map(int, asked.part.split("/"))
    try:
        program()
    except BrowserError as error:
        print(error, file=sys.stderr)
        raise SystemExit(5) from None
    lines = asked.out.read_text().splitlines() if asked.out and asked.out.exists() else []
    done = [json.loads(line) for line in lines]
    sites = enumerate(islice(turns(archived(asked.run), mutated(asked.first)), asked.sites))
    rest = [each for each in sites if each[0] % parts == part - 1][len(done) :]
    before, start, broken = sum(line["steps"] for line in done), time.monotonic(), 0
    while rest:
        try:
            with chromium() as page:
                for _ in range(min(FRESH, len(rest))):
                    place, (site, agent) = rest[0]
                    done.append(visit(page, place, site, agent))
                    del rest[0]
                    if asked.out:
                        with asked.out.open("a") as file:
                            print(json.dumps(done[-1]), file=file)
        except BrowserError as error:
            broken += 1
            print(rest[0][0], error, file=sys.stderr, flush=True)
            if broken > 10:
                raise
    told = {name: sum(line[name] for line in done) for name in ("requests", "steps", "differences")}
    speed = (told["steps"] - before) / (time.monotonic() - start)
    print(json.dumps({"sites": len(done)} | told | {"broken": broken, "steps_per_second": round(speed, 1)}))


if __name__ == "__main__":
    main()
