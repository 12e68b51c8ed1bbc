"""The toy domain with a specification that grows: stronger and stronger winds, the last ones hopeless.

As a script, the command line with it: `python winds.py run winds.toml`.
"""

import sys
from dataclasses import replace
from functools import partial
from pathlib import Path

SETTINGS = """
question = "How strong may the wind be?"
domain = "winds-v1"
generations = 30

[archive]
cells = [6]

[learner]
population = 32
learning_rate = 0.1

[criterion]
low = -50

[reproduction]
every = 1
threshold = 0
children = 8

[transfer]
every = 2

[active]
count = 4

[specification]
stall = 3
trial = 4
pause = 8
"""
"""A recipe whose trials are kept and refused within seconds."""
OF_PAIRS = ("reproduction", "transfer", "active")
"""Its tables that a curriculum lacks."""


def make():
    from openended.envs.api import Specification
    from tests.support.point import POINT, Errand

    def at_most(wind, errand):
        return errand.wind <= wind

    def drawn(wind, key):
        return Errand(1.0 + key % 7 / 2, 0.0, round(key % (round(wind * 20) + 1) / 20, 2))

    versions = tuple(
        Specification(f"wind {wind:g}", partial(at_most, wind), random=partial(drawn, wind))
        for wind in (0.1, 0.3, 0.45, 0.6)
    )
    tasks = replace(POINT.tasks, random=partial(drawn, 0.6), specifications=versions)
    return replace(POINT, id="winds-v1", tasks=tasks)


def main() -> None:
    from openended import cli, envs

    envs.DOMAINS["winds-v1"] = "tests.support.winds:WINDS"
    cli.main()


if __name__ == "__main__":
    sys.path[:0] = [str(Path(__file__).parents[2])]
    main()
else:
    WINDS = make()
