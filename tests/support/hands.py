"""The toy domain with all that people can do, and the command line with it: `python hands.py studio ...`."""

import os
import sys
from pathlib import Path

INSTALLED = Path(__file__).with_name("installed")
"""A folder that makes the toy domain look like that of an installed package to processes that this one starts."""


def main() -> None:
    from openended import cli, envs

    envs.DOMAINS["point-v1"] = "tests.support.handmade_point:HANDS"
    os.environ["PYTHONPATH"] = os.pathsep.join(map(str, (INSTALLED, INSTALLED.parents[2])))
    cli.main()


if __name__ == "__main__":
    sys.path[:0] = [str(Path(__file__).parents[2])]
    main()
