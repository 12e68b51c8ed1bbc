"""Whether an agent that was trained on its faults has mended them, and what else became of it.

    python -m benchmarks.mended ATTACK.run BEFORE.run AFTER.run... [--fresh 8] [--graded 500] [--threads N]

Of the shared agent of each run: the share of the attack's faults that it solves; the same on fresh seeds of their
parameters, which nobody has been trained on; on tasks drawn from easy to hard; and on the domain's newest suites. The
attacked agent itself solves none of the faults, by their definition. Prints one JSON line for each run.
"""

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np

from openended.core.keys import key
from openended.core.measures.suites import graded, play, results
from openended.file.atlas import atlas
from openended.file.errors import Usage
from openended.file.reader import Reader
from openended.file.snapshot import Snapshot, snapshot
from openended.run.evaluate import CAP
from openended.run.threads import ThreadExecutor

EPISODES = 10
"""On each task where episodes vary."""


def courses(view: Snapshot, fresh: int, drawn: int) -> dict[str, list[Any]]:
    """The tasks of the attack and the others, lists by name."""
    faults = [view.state.tasks[fault.test.pair.task].genome for fault in atlas(view).faults.values()]
    found = {"faults": faults}
    if reseed := view.domain.tasks.reseed:
        found["fresh seeds of faults"] = [
            reseed(genome, key(0, place, "mended", number))
            for place, genome in enumerate(faults)
            for number in range(fresh)
        ]
    if drawn:
        found["graded"] = graded(view.domain.tasks, drawn)
    for name in sorted({name.rpartition("-v")[0] for name in view.domain.suites}):
        found |= view.domain.suite(name)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("attack", type=Path)
    parser.add_argument("runs", type=Path, nargs="+")
    parser.add_argument("--fresh", type=int, default=8, help="seeds for each fault")
    parser.add_argument("--graded", type=int, default=500)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    view = snapshot(options.attack)
    tasks = courses(view, options.fresh, options.graded)
    if not tasks["faults"]:
        raise SystemExit(f"{options.attack} has found no fault yet, so there is nothing to mend.")
    flat = [task for course in tasks.values() for task in course]
    episodes = 1 if view.domain.simulator.deterministic else EPISODES
    for run in options.runs:
        with Reader(run) as file:
            if file.policy.code.tolist() != view.policy.code.tolist():
                raise Usage(f"{run} has another network than {options.attack}; name a run that went on from its agent.")
            agent, steps = file.learner(0).agent, file.counters().env_steps
        with ThreadExecutor(view.domain, view.policy, options.threads, np.zeros(1, np.uint8)) as executor:
            returns = play(flat, episodes, [agent], executor, CAP)[0]
        solved = {each.course: round(each.solved_rate, 4) for each in results(tasks, returns, view.solved)}
        print(json.dumps({"run": str(run), "env_steps": steps, "solved": solved}), flush=True)


if __name__ == "__main__":
    main()
