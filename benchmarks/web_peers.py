"""The same loop in a browser, for `benchmarks.web --peers`: our sites in Chromium, and MiniWoB++'s own environment."""

import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np

from openended.envs.web.browser.chromium import chromium
from openended.envs.web.browser.foreign import by_features, network
from openended.envs.web.browser.look import Visitor
from openended.envs.web.browser.miniwob import OPEN
from openended.envs.web.browser.render import page as render
from openended.envs.web.policy import DEFAULT
from openended.envs.web.sites.build import build
from openended.envs.web.sites.limits import REQUESTS
from openended.envs.web.sites.task import Site

OVER = "(document.documentElement.dataset.verdict || '0') !== '0'"
"""Whether a request was answered, rightly or not."""
ACTIONS = 10
"""Most random actions of an episode."""


def in_chromium(sites: Sequence[Site], agents: Any, seconds: float) -> dict[str, float]:
    """Requests and steps per second of the elites on their own sites in one Chromium, pages opened anew for each
    request; wall clock.
    """
    requests, steps, place = 0, 0, 0
    with chromium() as browser, tempfile.TemporaryDirectory() as folder:
        begun = time.monotonic()
        while (spent := time.monotonic() - begun) < seconds:
            number = place % len(sites)
            file = Path(folder) / "site.html"
            file.write_text(render(build(sites[number], place // len(sites) % REQUESTS)))
            browser.open(file.as_uri())
            visitor = Visitor(browser, browser.run("document.getElementById('request').textContent"), settling="tasks")
            steps += by_features(visitor, network(DEFAULT, agents[number]), lambda: bool(browser.run(OVER)))
            requests, place = requests + 1, place + 1
    return {"requests_per_second": round(requests / spent, 2), "steps_per_second": round(steps / spent, 1)}


@contextmanager
def environment(task: str) -> Iterator[Any]:
    import gymnasium
    import miniwob

    gymnasium.register_envs(miniwob)
    made = gymnasium.make(f"miniwob/{task}-v1", disable_env_checker=True)
    try:
        yield made
    finally:
        made.close()


def in_miniwob(seconds: float) -> dict[str, float] | None:
    """Episodes and steps per second of random clicks on elements in MiniWoB++'s environment, over its tasks of the open
    half, without screenshots; wall clock. None where it, Selenium or chromedriver is not installed.
    """
    try:
        import selenium.common
        from miniwob.action import ActionTypes
    except ImportError:
        return None
    episodes, steps, spent, elements = 0, 0, 0.0, []
    draws = np.random.Generator(np.random.Philox(0))
    for task in OPEN:
        try:
            with environment(task) as env:
                begun = time.monotonic()
                for seed in count():
                    if (passed := time.monotonic() - begun) >= seconds / len(OPEN):
                        break
                    seen, _ = env.reset(seed=seed, options={"record_screenshots": False})
                    episodes += 1
                    for _ in range(ACTIONS):
                        leaves = [element["ref"] for element in seen["dom_elements"] if element["ref"] > 0]
                        elements.append(len(leaves))
                        action = env.unwrapped.create_action(ActionTypes.CLICK_ELEMENT, ref=int(draws.choice(leaves)))
                        seen, _, ended, cut, _ = env.step(action)
                        steps += 1
                        if ended or cut:
                            break
                spent += passed
        except selenium.common.WebDriverException:
            return None
    return {
        "episodes_per_second": round(episodes / spent, 2), "steps_per_second": round(steps / spent, 1),
        "elements": round(float(np.mean(elements)), 1),
    }  # fmt: skip
