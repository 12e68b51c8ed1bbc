"""The toy domain with all that people can do, and the command line with it: `python hands.py studio ...`."""

import sys
from pathlib import Path


def main() -> None:
    from openended import cli, envs

    envs.DOMAINS["point-v1"] = "tests.support.handmade_point:HANDS"
    cli.main()


if __name__ == "__main__":
    sys.path[:0] = [str(Path(__file__).parents[2])]
    main()
