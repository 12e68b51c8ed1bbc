"""What agents do on MiniWoB++: `python web_miniwob.py --run RUN --niche N --episodes 20 --out FILE`, all tasks.

Visitors: random, the matcher and, with `--run`, the elite of a niche; choose it on `web-validation-v1`. A seed is the
same for all of them. `--open`: the tasks alone on which the extractor may be debugged; `--closed`: all others.
`--out FILE` gets a line for every task and visitor and is continued where it ends. Prints one JSON line; needs
`pip install openended[web]` and a browser.
"""

import argparse
import json
import sys
import time
from hashlib import sha256
from pathlib import Path

import numpy as np

from openended.envs.random import mix
from openended.envs.web import baselines
from openended.envs.web.browser import miniwob
from openended.envs.web.browser.chromium import BrowserError, chromium
from openended.envs.web.browser.foreign import by_features, by_words, network
from openended.envs.web.browser.render import script
from openended.envs.web.sites.draws import Draws
from openended.file.snapshot import chosen, snapshot

SCRIPTS = ("extract.js", "listen.js")


def visitors(asked):
    """How an episode is played, by the visitor's name."""
    made = {
        name: lambda episode, seed, name=name: by_words(
            episode.visitor, getattr(baselines, name), Draws(int(mix(seed))), episode.over
        )
        for name in ("random", "matcher")
    }
    if asked.run:
        view = snapshot(asked.run)
        agent = view.best_agents([chosen(view, asked.niche, best=asked.niche is None)])[0]
        choice = network(view.policy, agent)
        made["elite"] = lambda episode, seed: by_features(episode.visitor, choice, episode.over)
    return made


def run(todo, out):
    """Play all episodes of some courses: each is a line to be filled, how it is played, and its seeds."""
    while todo:
        with chromium() as page:
            miniwob.prepare(page)
            while todo:
                line, play, seeds = todo[0]
                if not seeds:
                    out(line)
                    del todo[0]
                    continue
                seed = seeds.pop(0)
                try:
                    episode = miniwob.begin(page, line["task"], seed)
                    line["actions"] += play(episode, seed)
                    line["success"] += episode.success()
                except BrowserError as error:
                    line["unsettled"] += 1
                    print(line["task"], line["visitor"], seed, error, file=sys.stderr, flush=True)
                    break


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--run", type=Path)
    parser.add_argument("--niche", type=int)
    parser.add_argument("--episodes", type=int, default=20)
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--open", action="store_true")
    parser.add_argument("--closed", action="store_true")
    parser.add_argument("--task", action="append")
    parser.add_argument("--part", default="1/1")
    parser.add_argument("--out", type=Path)
    asked = parser.parse_args()
    part, parts = map(int, asked.part.split("/"))
    try:
        names = asked.task or [name for name in miniwob.tasks() if not (asked.closed and name in miniwob.OPEN)]
    except BrowserError as error:
        print(error, file=sys.stderr)
        raise SystemExit(5) from None
    if asked.open:
        names = [name for name in names if name in miniwob.OPEN]
    lines = asked.out.read_text().splitlines() if asked.out and asked.out.exists() else []
    done = {(line["task"], line["visitor"]): line for line in map(json.loads, lines)}
    start, code = time.monotonic(), sha256("".join(map(script, SCRIPTS)).encode()).hexdigest()[:12]
    plays = visitors(asked)
    todo = [
        (
            {"task": task, "visitor": name, "episodes": asked.episodes, "first": asked.first, "extractor": code,
             "actions": 0, "success": 0, "unsettled": 0},
            play, list(range(asked.first, asked.first + asked.episodes)),
        )
        for task in names[part - 1 :: parts] for name, play in plays.items() if (task, name) not in done
    ]  # fmt: skip

    def out(line):
        done[line["task"], line["visitor"]] = line
        if asked.out:
            with asked.out.open("a") as file:
                print(json.dumps(line), file=file)

    try:
        run(todo, out)
    except BrowserError as error:
        print(error, file=sys.stderr)
        raise SystemExit(5) from None
    rates = {}
    for (_, name), line in done.items():
        rates.setdefault(name, []).append(line["success"] / line["episodes"])
    told = {name: round(float(np.mean(rate)), 4) for name, rate in rates.items()}
    print(
        json.dumps(
            {"tasks": len({task for task, _ in done}), "success": told, "seconds": round(time.monotonic() - start)}
        )
    )


if __name__ == "__main__":
    main()
