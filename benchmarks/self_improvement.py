"""What a filter of self-made labels is worth: how much longer numbers agents master, and how many labels are right.

    python -m benchmarks.self_improvement [--arms own majority ...] [--seeds 1 2 3] [--to runs/results/self_improvement]

Every arm is the recipe `digits_ARM`, typed as commands (`benchmarks.evidence`), one seed after the other, so that all
arms have as many if time ends. The folder is the memory: what is done is not done again. Learner 0 is tried, as it was
at the end of each round, on 4,096 fresh examples of every length, the same for all arms of a seed. Prints a JSON line a
run: `exact` and `digits`, shares of examples without a fault and of right digits, by round and length; `kept` and
`right`, shares of the questions of a round that became labels and of labels that are right; `answers`, the share of
learner 0's own answers that are right; `longest`, the length up to which, from 1 on, .9 of the examples are without a
fault; `longest_digits`, the same with .95 of right digits; `env_steps` of all learners. Then one line an arm: means
over seeds with bootstrap intervals of 95 %, and a table in Markdown.
"""

import argparse
import json
from itertools import takewhile
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.evidence import grow
from openended.core.keys import generator, key
from openended.core.measures.statistics import interval
from openended.core.work import Batch, Limits
from openended.file.reader import Reader
from openended.run.threads import ThreadExecutor

ARMS = ("own", "majority", "verified", "program", "length", "both")
EPISODES = 16
"""Of 256 examples each."""
FAULTLESS, DIGITS = 0.9, 0.95


def judged(path: Path, seed: int, threads: int) -> dict[str, Any]:
    """What a run's learner 0 reached, and what it was told."""
    with Reader(path) as run:
        rows, snapshots, domain, policy = run.generations(), run.snapshots(), run.domain, run.policy
        genomes = [task.genome for _, task in sorted(run.tasks().items())]
    agents = np.stack([snapshot.agent for snapshot in snapshots])
    stream, wanted = generator(key(seed, 0, "judged")), len(genomes) * EPISODES
    each = [(task, agent) for agent in range(len(agents)) for task in range(len(genomes)) for _ in range(EPISODES)]
    keys = np.tile(stream.integers(0, 2**64, wanted, np.uint64), len(agents))
    with ThreadExecutor(domain, policy, threads, np.zeros(1, np.uint8)) as executor:
        outcome = executor.evaluate(Batch(genomes, agents, np.array(each, np.int32), keys, Limits(100_000)))
    shape = (len(agents), len(genomes), EPISODES)
    exact, digits = (values.reshape(shape).mean(axis=2) for values in (outcome.facts["exact"], outcome.returns))
    rounds = [row for row in rows if "labels_kept" in row]
    return {
        "exact": exact.round(4).tolist(),
        "digits": digits.round(4).tolist(),
        "kept": [row["labels_kept"] for row in rounds],
        "right": [row["labels_right"] for row in rounds],
        "answers": [row["answers_right"] for row in rounds],
        "longest": longest(exact[-1], FAULTLESS),
        "longest_digits": longest(digits[-1], DIGITS),
        "env_steps": rows[-1]["env_steps"],
        "seconds": round(sum(row["seconds"] for row in rows), 1),
    }


def longest(shares: Any, least: float) -> int:
    """How many shares in a row, from the first on, are at least so large."""
    return len(list(takewhile(lambda share: share >= least, shares)))


def told(values: list[float]) -> str:
    """The mean and its interval over seeds."""
    found = interval(np.mean, np.array(values, np.float64)[:, None], key=1)
    return f"{found.value:.2f} [{found.low:.2f}, {found.high:.2f}]"


def summary(runs: list[dict[str, Any]]) -> dict[str, Any]:
    """Of an arm: its lengths, what it is right in at the end, by length, and its labels, by round."""
    rounds = range(len(runs[0]["kept"]))
    return {
        "seeds": len(runs),
        "longest": told([run["longest"] for run in runs]),
        "longest_digits": told([run["longest_digits"] for run in runs]),
        "exact": [told([run["exact"][-1][place] for run in runs]) for place in range(len(runs[0]["exact"][0]))],
        "kept": [told([run["kept"][number] for run in runs]) for number in rounds],
        "right": [told([run["right"][number] or 0.0 for run in runs]) for number in rounds],
        "answers": [told([run["answers"][number] for run in runs]) for number in rounds],
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--arms", nargs="+", choices=ARMS, default=list(ARMS))
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--generations", type=int, default=0, help="of a run, if not those of the recipe")
    parser.add_argument("--to", type=Path, default=Path("runs/results/self_improvement"))
    options = parser.parse_args()
    options.steps = 0
    options.to.mkdir(parents=True, exist_ok=True)
    found: dict[str, list[dict[str, Any]]] = {arm: [] for arm in options.arms}
    for seed in options.seeds:
        for arm in options.arms:
            path = options.to / f"{arm}.{seed}.run"
            grow(f"digits_{arm}", seed, path, options)
            found[arm].append(judged(path, seed, options.threads))
            print(json.dumps({"arm": arm, "seed": seed} | found[arm][-1]), flush=True)
    table = ["| labels | longest | faultless at each length | labels right in each round |", "|---|---|---|---|"]
    for arm, runs in found.items():
        made = summary(runs)
        print(json.dumps({"arm": arm} | made), flush=True)
        short = [", ".join(text.split()[0].removeprefix("0") for text in made[name]) for name in ("exact", "right")]
        table.append(f"| {arm} | {made['longest']} | {short[0]} | {short[1]} |")
    (options.to / "table.md").write_text("\n".join(table) + "\n")
    print("\n".join(table))


if __name__ == "__main__":
    main()
