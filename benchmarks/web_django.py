"""What agents do in Django's administration of a small shop: `python web_django.py --run RUN --niche N --episodes 10`.

Visitors are those of `web_miniwob.py`. The shop runs on the loopback interface; its database is copied anew for every
episode, and the verdict is read from it: success is that all rows are as wanted. At most 30 actions. Prints a JSON line
for every family of tasks and visitor, and one of the means; needs `pip install openended[web]` and a browser.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from django_shop import tasks
from web_miniwob import visitors

from openended.envs.web.browser.chromium import BrowserError, chromium, program
from openended.envs.web.browser.look import Visitor
from openended.envs.web.browser.miniwob import LIMIT
from openended.envs.web.browser.render import script


@contextmanager
def shop(folder):
    """The shop at work; gives its address and its database."""
    database = folder / "shop.sqlite3"
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(Path(__file__).parent), *filter(None, sys.path)])}
    command = [sys.executable, "-m", "django_shop", str(database)]
    with subprocess.Popen(command, stdin=-1, stdout=-1, env=environment, text=True) as server:
        port = server.stdout.readline().strip()
        try:
            yield f"http://127.0.0.1:{port}/admin/", database
        finally:
            server.stdin.close()


class Episode:
    """A task under way in a new copy of the database."""

    def __init__(self, page, address, template, database, task):
        self.task, self.database = task, database
        shutil.copyfile(template, database)
        tasks.write(database, task.rows)
        self.sessions = tasks.read(database)[1]
        page.call("Network.clearBrowserCookies")
        if not task.login:
            key = Path(f"{database}.session").read_text()
            page.call("Network.setCookie", name="sessionid", value=key, url=address)
        page.open(address)
        self.visitor = Visitor(page, task.text)

    def over(self):
        return tasks.done(self.task, self.database, self.sessions)

    success = over


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--run", type=Path)
    parser.add_argument("--niche", type=int)
    parser.add_argument("--episodes", type=int, default=10)
    parser.add_argument("--family", action="append", choices=tasks.FAMILIES)
    asked = parser.parse_args()
    if find_spec("django") is None:
        print("Django is missing; install it with: pip install openended[web]", file=sys.stderr)
        raise SystemExit(5)
    try:
        program()
    except BrowserError as error:
        print(error, file=sys.stderr)
        raise SystemExit(5) from None
    rates, plays = {}, visitors(asked)
    with tempfile.TemporaryDirectory() as folder, shop(Path(folder)) as (address, database):
        template = shutil.copyfile(database, f"{database}.template")
        for family in asked.family or tasks.FAMILIES:
            for name, play in plays.items():
                told = {"task": family, "visitor": name, "episodes": asked.episodes}
                told |= course(address, template, database, family, play, asked.episodes)
                print(json.dumps(told), flush=True)
                rates.setdefault(name, []).append(told["success"] / asked.episodes)
    print(json.dumps({"success": {name: round(float(np.mean(rate)), 4) for name, rate in rates.items()}}))


def course(address, template, database, family, play, episodes):
    """The results of some episodes of a family: actions, successes, and pages that did not settle."""
    told = {"actions": 0, "success": 0, "unsettled": 0}
    with chromium() as page:
        page.first(script("listen.js"))
        page.first(script("extract.js"))
        page.patience = LIMIT
        page.call("Network.enable")
        for seed in range(episodes):
            episode = Episode(page, address, template, database, tasks.draw(family, seed))
            try:
                told["actions"] += play(episode, seed)
            except BrowserError as error:
                told["unsettled"] += 1
                print(family, seed, error, file=sys.stderr, flush=True)
            told["success"] += episode.success()
    return told


if __name__ == "__main__":
    main()
