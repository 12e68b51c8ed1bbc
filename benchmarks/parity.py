"""Our walkers against live Gymnasium or Box2D, at length: the numbers in `docs/physics.md` come from here.

    python -m benchmarks.parity --course normal --episodes 2000 --width 16
    python -m benchmarks.parity --course hardcore --episodes 2000 --width 16
    python -m benchmarks.parity --course own --episodes 300 --width 16

and with `--width 1` (200 episodes), 4 and 8. Episode k has seed (or task) k and controller k modulo 7: uniform noise,
Gymnasium's heuristic, the same with noise, a random linear policy, sines, sines beyond the limits, zeros. On
Gymnasium's courses seven episodes of 28 have float64 actions, the others float32. Every episode has a fresh
environment. Compared to the bit: observation, reward and end at every step, bodies at every 16th and the last.

`own` are courses of the domain walker-v1 of any difficulty, with Box2D driven directly; of each 14, seven come 8 tiles
closer, so that their first obstacle stands at the walker's feet.

Prints one JSON line; differences go to stderr as they are found, each with what reproduces it. Exit code 1 if there
are any. About 4,000 steps per second: 2,000 episodes of Gymnasium's courses take 5 to 10 minutes.
"""

import argparse
import json
import sys
import time

from tests.support.controllers import CONTROLLERS
from tests.support.harsh import NEAREST, any_task
from tests.support.side_by_side import Episode, Outcome, compare

BATCH = 20
"""Episodes per lane between two looks at the clock."""


def episode(course: str, k: int, names: list[str]) -> Episode:
    """Episode k of the campaign on these courses."""
    name, turn = names[k % len(names)], k // len(names)
    if course == "own":
        return Episode(any_task(k), near=turn % 2 * NEAREST, controller=name, key=k)
    return Episode(k, course == "hardcore", controller=name, key=k, double=turn % 4 == 3)


def campaign(options: argparse.Namespace) -> Outcome:
    """Episodes in batches, until there are enough or time is over."""
    total = Outcome()
    end = time.monotonic() + 60 * options.minutes
    for start in range(options.first, options.first + options.episodes, BATCH * options.width):
        if time.monotonic() > end:
            break
        last = min(start + BATCH * options.width, options.first + options.episodes)
        batch = [episode(options.course, k, options.controllers) for k in range(start, last)]
        seen = compare(batch, options.width, options.cap)
        print(*seen.differences, sep="\n", end="\n" if seen.differences else "", file=sys.stderr, flush=True)
        for name in ("episodes", "steps", "finished", "fallen", "distances", "differences"):
            setattr(total, name, getattr(total, name) + getattr(seen, name))
    return total


def main() -> int:
    """Read the options, compare, report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--course", choices=("normal", "hardcore", "own"), default="normal")
    parser.add_argument("--episodes", type=int, default=2000)
    parser.add_argument("--first", type=int, default=0, help="number of the first episode (default 0)")
    parser.add_argument("--width", type=int, choices=(1, 2, 4, 8, 16, 32), default=16, help="lanes (default 16)")
    parser.add_argument("--cap", type=int, default=2000, help="most steps of an episode (default 2000)")
    parser.add_argument("--minutes", type=float, default=60.0, help="start no batch after this time (default 60)")
    parser.add_argument("--controllers", nargs="+", choices=sorted(CONTROLLERS), default=list(CONTROLLERS))
    options = parser.parse_args()
    began = time.monotonic()
    outcome = campaign(options)
    report = {
        "course": options.course,
        "width": options.width,
        "episodes": outcome.episodes,
        "steps": outcome.steps,
        "differences": len(outcome.differences),
        "finished": outcome.finished,
        "fallen": outcome.fallen,
        "farthest": round(max(outcome.distances, default=0.0), 1),
        "seconds": round(time.monotonic() - began, 1),
    }
    print(json.dumps(report))
    return 1 if outcome.differences else 0


if __name__ == "__main__":
    sys.exit(main())
