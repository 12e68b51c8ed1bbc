"""Data-generating programs that contradict each other: what one agent can learn of them, and what it wastes.

    python -m benchmarks.conflict ceilings   [--seeds 1 2 3] [--steps 1200] [--learner supervised|es] [--digits 2]
                                       [--mixes 5..10] [--seen shown hidden]
    python -m benchmarks.conflict transfer   [--seeds 1 2 3] [--steps 1000] [--after 60]
    python -m benchmarks.conflict television [--seeds 1 2 3] [--steps 1000]

`ceilings`: one agent learns sums in several bases, which are shown, hidden or shuffled; shares of examples without a
fault and of right digits on fresh examples, beside the best that any agent can reach (`envs.digits.conflict.ceiling`)
and, as `guessed`, the share without a fault of one that writes the likeliest digits.

`transfer`: an agent learns one of seven programs, whose base and tree are hidden, then another one for `--after`
steps. The conflict k of the two programs beside `untrained`, the share of the second's examples that it solves at
once; `gained`, that share after those steps less that of an agent which began with nothing; `kept`, the share of the
first's that it still solves. Spearman's rank correlations with k over the ordered pairs, with intervals: a bootstrap
over programs, so that a program's pairs stay together.

`television`: one agent learns eight tasks whose bases are shown and six that contradict each other, by potentials,
four tasks a step by rank; `wasted`, the share of training in the last half that contradictory tasks get (of the tasks
they are 6 in 14), and the share of examples of the shown tasks that it solves in the end. Prints one JSON line a seed,
then one of them all.
"""

import argparse
import json
import math
from dataclasses import replace
from itertools import permutations

import numpy as np

from openended.core import learners, potentials
from openended.core.drawing import draw
from openended.core.keys import generator, key
from openended.core.replay import Law, weights
from openended.core.work import Batch, Job, Limits
from openended.envs.digits.conflict import ceiling, conflict, guessed
from openended.envs.digits.domain import DIGITS
from openended.envs.digits.exercise import SEEN, Exercise
from openended.run.threads import ThreadExecutor

SUM = ("add", "x", "y")
POLICY = DIGITS.policies.default
LIMITS = Limits(100_000)
RATE, DECAY = 3e-3, 0.999
EPISODES = 8
"""Of 256 examples each, of every task, in a test."""
MIXES = {"5..10": (range(5, 11), 16), "8, 10 below 8": ((8, 10), 8)}
KINDS = ("uniform", "learnability", "variance", "regret", "progress")


def sums(bases, digits: int, below: int = 16, **how) -> tuple[Exercise, ...]:
    return tuple(Exercise(SUM, base, digits, min(base, below), told=False, **how) for base in bases)


class School:
    """Learners of one seed."""

    def __init__(self, seed: int, settings, executor):
        self.seed, self.settings, self.executor = seed, settings, executor
        self.module = learners.kind(settings)
        self.ticks = 0

    def beginner(self):
        return self.module.start(self.settings, 0, self.module.first_agent(POLICY, key(self.seed, 0, "agent")))

    def step(self, learner, tasks, number: int, purpose: str, train: bool = True):
        job = Job(tuple(tasks), learner, key(self.seed, number, purpose), train=train)
        (learned,) = self.executor.learn([job], self.settings, LIMITS)
        self.ticks += learned.cost.env_steps
        return learned

    def taught(self, learner, tasks, steps: int, purpose: str):
        for number in range(steps):
            learner = self.step(learner, tasks, number, purpose).learner
        return learner

    def test(self, learner, tasks) -> tuple[float, float]:
        """Shares of examples without a fault, and of right digits, of fresh examples."""
        which = np.array([(task, 0) for task in range(len(tasks)) for _ in range(EPISODES)], np.int32)
        keys = generator(key(self.seed, 0, "test")).integers(0, 2**64, len(which), np.uint64)
        outcome = self.executor.evaluate(Batch(tasks, learner.agent[None], which, keys, LIMITS))
        return float(outcome.facts["exact"].mean()), float(outcome.returns.mean())


def ceilings(school: School, options) -> dict:
    found = {}
    for mix in options.mixes:
        bases, below = MIXES[mix]
        for seen in options.seen:
            tasks, before = sums(bases, options.digits, below, seen=seen), school.ticks
            learner = school.taught(school.beginner(), tasks, options.steps, f"{mix} {seen}")
            same = tasks if seen == "shown" else [replace(task, seen="hidden") for task in tasks]  # as good, fewer
            best, (exact, digits) = ceiling(same), school.test(learner, tasks)
            found[f"{mix} {seen}"] = {
                "exact": exact, "digits": digits, "best exact": best[0], "best digits": best[1],
                "guessed": guessed(same),
                "ticks": school.ticks - before,
            }  # fmt: skip
    return found


def programs() -> dict[str, Exercise]:
    """Programs that ask the same questions: two digits below 6, tree and base unseen."""
    trees = {
        "sum in 6": (SUM, 6), "sum in 8": (SUM, 8), "sum in 10": (SUM, 10), "sum in 16": (SUM, 16),
        "distance in 10": (("subtract", "x", "y"), 10), "larger in 10": (("max", "x", "y"), 10),
        "twice x in 10": (("times", "x", 2), 10),
    }  # fmt: skip
    return {name: Exercise(tree, base, 2, 6, seen="hidden", told=False) for name, (tree, base) in trees.items()}


def transfer(school: School, options) -> dict:
    tasks, rows = programs(), []
    masters = {name: school.taught(school.beginner(), [task], options.steps, name) for name, task in tasks.items()}
    fresh = {
        name: school.test(school.taught(school.beginner(), [task], options.after, f"fresh {name}"), [task])[0]
        for name, task in tasks.items()
    }
    for one, other in permutations(tasks, 2):
        after = school.taught(
            school.module.heir(school.settings, 0, masters[one]), [tasks[other]], options.after, f"{one} to {other}"
        )
        rows.append(
            {
                "from": one, "to": other, "k": conflict(tasks[one], tasks[other]),
                "untrained": school.test(masters[one], [tasks[other]])[0],
                "gained": school.test(after, [tasks[other]])[0] - fresh[other],
                "kept": school.test(after, [tasks[one]])[0],
            }
        )  # fmt: skip
    return {"pairs": rows, "mastered": {name: school.test(masters[name], [task])[0] for name, task in tasks.items()}}


def spearman(x, y) -> float:
    """Rank correlation; ties get their mean rank."""
    ranks = [
        np.array([(values < value).sum() + ((values == value).sum() - 1) / 2 for value in values])
        for values in (np.asarray(x), np.asarray(y))
    ]
    a, b = (rank - rank.mean() for rank in ranks)
    scale = math.sqrt((a * a).sum() * (b * b).sum())
    return float((a * b).sum() / scale) if scale else math.nan


def correlation(rows: list[dict], what: str, resamples: int = 2000) -> list[float]:
    """Of k and a column: over all pairs, and its 95 % interval by resampling programs."""
    names = sorted({row["from"] for row in rows})
    pairs: dict[tuple[str, str], list[dict]] = {}
    for row in rows:
        pairs.setdefault((row["from"], row["to"]), []).append(row)
    stream, found = np.random.default_rng(1), []
    for _ in range(resamples):
        chosen = stream.choice(names, len(names))
        some = [row for one in chosen for other in chosen for row in pairs.get((one, other), ())]
        if len({row["k"] for row in some}) > 1:
            found.append(spearman([row["k"] for row in some], [row[what] for row in some]))
    whole = spearman([row["k"] for row in rows], [row[what] for row in rows])
    return [round(value, 3) for value in (whole, *np.nanpercentile(found, (2.5, 97.5)))]


def television(school: School, options) -> dict:
    consistent, contradictory = sums(range(3, 11), 2), sums(range(5, 11), 2, seen="hidden")
    tasks, law = (*consistent, *contradictory), Law(temperature=0.3, staleness=0.1, batch=4)
    found = {}
    for kind in KINDS:
        learner, spent = school.beginner(), np.zeros(len(tasks))
        scores, means, seen = np.zeros(len(tasks)), np.full(len(tasks), np.nan), np.zeros(len(tasks), np.int64)
        for number in range(options.steps):
            if number % 10 == 0:  # a look at all, for the scores
                looked = school.step(learner, tasks, number, f"look {kind}", train=False)
                for task, visit in enumerate(looked.visits):
                    known = potentials.Seen(visit, means[task], float(visit.returns.max()), 0.0, 1.0, 1.0)
                    scores[task], means[task] = potentials.potential(kind, known), known.mean
            chances = weights(law, scores, number - seen) if kind != "uniform" else np.ones(len(tasks))
            chosen = np.sort(draw(chances, law.batch, generator(key(school.seed, number, kind))))
            learner = school.step(learner, [tasks[task] for task in chosen], number, f"train {kind}").learner
            seen[chosen] = number
            spent[chosen] += number >= options.steps // 2
        exact = school.test(learner, consistent)[0]
        wasted = float(spent[len(consistent) :].sum() / spent.sum())
        found[kind] = {"wasted": wasted, "exact": exact, "exact hidden": school.test(learner, contradictory)[0]}
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=("ceilings", "transfer", "television"))
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--steps", type=int, default=0)
    parser.add_argument("--after", type=int, default=60)
    parser.add_argument("--digits", type=int, default=2)
    parser.add_argument("--mixes", nargs="+", choices=MIXES, default=list(MIXES))
    parser.add_argument("--seen", nargs="+", choices=SEEN, default=list(SEEN))
    parser.add_argument("--learner", choices=("supervised", "es"), default="supervised")
    options = parser.parse_args()
    options.steps = options.steps or {"ceilings": 1200, "transfer": 1000, "television": 1000}[options.what]
    settings = {
        "supervised": learners.Supervised(learning_rate=RATE, learning_rate_decay=DECAY),
        "es": learners.Strategy(population=256, learning_rate=0.02, sigma=0.1, weight_decay=0.0),
    }[options.learner]
    measure = {"ceilings": ceilings, "transfer": transfer, "television": television}[options.what]
    every = []
    with ThreadExecutor(DIGITS, POLICY, 1, np.zeros(1, np.uint8)) as executor:
        for seed in options.seeds:
            every.append(measure(School(seed, settings, executor), options))
            print(json.dumps({"seed": seed} | every[-1]), flush=True)
    told = vars(options)
    if options.what == "transfer":
        rows = [row for each in every for row in each["pairs"]]
        told |= {what: correlation(rows, what) for what in ("untrained", "gained", "kept")}
    else:
        for name in every[0]:
            told[name] = {
                what: [round(f(each[name][what] for each in every), 4) for f in (mean, min, max)]
                for what in every[0][name]
            }
    print(json.dumps(told))


def mean(values) -> float:
    return float(np.mean(list(values)))


if __name__ == "__main__":
    main()
