"""The command line with the toy domain `point-v1` registered, as a script for tests: `python toy.py run ...`."""

import sys
from pathlib import Path

SETTINGS = """
question = "Does a point find its way against the wind?"
domain = "point-v1"
generations = 12

[archive]
cells = [6]

[learner]
population = 32
learning_rate = 0.1

[criterion]
low = -50

[reproduction]
every = 2
threshold = 0
children = 4

[transfer]
every = 2

[active]
count = 4
"""
"""A recipe that reproduces, transfers and fills several niches within a second."""


def main() -> None:
    from openended import cli, envs

    envs.DOMAINS["point-v1"] = "tests.support.point:POINT"
    cli.main()


if __name__ == "__main__":
    sys.path[:0] = [str(Path(__file__).parents[2])]
    main()
