"""What votes do to a search: simulated people vote on the toy domain's tasks while it runs, by the run's inbox.

    python -m benchmarks.preference [--generations 40] [--seeds 8] [--votes 4] [--noise 0.1]

Before each generation a voter is asked `votes` questions (`core.questions`) about the tasks there are and answers which
one has the stronger wind for its distance; with the probability `noise` it says the contrary. Per seed and `preference`
(0: votes are recorded only; 0.5; 1): `liked`, the mean over admitted tasks of what the voter likes, in standard
deviations of the first run's tasks; `elites`, how many niches are held; `solved`. Prints one JSON line with medians
over seeds, and in how many seeds a preference of 1 made tasks that are liked more than one of 0.
"""

import argparse
import json
import tempfile
from pathlib import Path
from statistics import median, pstdev

import numpy as np

from openended import envs
from openended.core import questions
from openended.core.archive import Archive
from openended.core.keys import generator, key
from openended.core.liking import ANSWERS, known
from openended.core.preference import fit
from openended.file import inbox
from openended.run import driver, recipe
from tests.support.short_runs import TOY

STRENGTHS = (0.0, 0.5, 1.0)


def likes(task) -> float:
    """What the voter thinks of a task: wind, and a short way."""
    distance, wind = task.descriptor
    return wind / 0.6 - distance / 8


class Voter:
    """Votes by the inbox of a run after each of its generations."""

    def __init__(self, path: Path, config, seed: int, votes: int, noise: float):
        self.path, self.seed, self.votes, self.noise = path, seed, votes, noise
        self.archive = Archive(config.params.archive, envs.domain(config.head.domain))
        self.state = None

    def __call__(self, state, changes, timing) -> None:
        self.state, archive = state, self.archive.at(state)
        rows, ids = known(archive), archive.rows["task"]
        pairs = np.array([(archive.row(vote.left), archive.row(vote.right)) for vote in state.votes], np.int64)
        answers = np.array([ANSWERS[vote.choice] for vote in state.votes], np.int64)
        model = fit(rows, pairs.reshape(-1, 2), answers)
        for number in range(self.votes):
            name = key(self.seed, state.generation, "voter", number)
            asked = questions.question(model, rows, name)
            if asked is None:
                return
            left, right = (int(ids[row]) for row in asked)
            rather_left = likes(state.tasks[left]) > likes(state.tasks[right])
            contrary = generator(name).random() < self.noise
            choice = "left" if rather_left != contrary else "right"
            inbox.offer(self.path, "vote", "voter", {"left": left, "right": right, "choice": choice}, str(name))


def ran(strength: float, seed: int, options) -> dict[str, float]:
    settings = TOY | {
        "generations": options.generations,
        "seed": seed,
        "archive": {"cells": [16, 12]},
        "people": {"preference": strength},
    }
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "voted.run"
        config = recipe.check(settings, "voted", "voted.toml")
        voter = Voter(path, config, seed, options.votes, options.noise)
        driver.run(path, config, threads=1, observe=voter)
    tasks = [task for id, task in sorted(voter.state.tasks.items()) if id]
    solved = sum(pair.best_fitness >= config.params.criterion.solved for pair in voter.state.pairs.values())
    values = [likes(task) for task in tasks]
    return {"liked": sum(values) / len(values), "spread": pstdev(values), "elites": len(tasks) + 1, "solved": solved}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--generations", type=int, default=40)
    parser.add_argument("--seeds", type=int, default=8)
    parser.add_argument("--votes", type=int, default=4)
    parser.add_argument("--noise", type=float, default=0.1)
    options = parser.parse_args()
    envs.DOMAINS["point-v1"] = "tests.support.point:POINT"
    found = {strength: [ran(strength, seed, options) for seed in range(options.seeds)] for strength in STRENGTHS}
    plain = found[0.0]
    told = {
        str(strength): {
            "liked": round(
                median((each["liked"] - at["liked"]) / at["spread"] for each, at in zip(runs, plain, strict=True)), 2
            ),
            "elites": median(each["elites"] for each in runs),
            "solved": median(each["solved"] for each in runs),
        }
        for strength, runs in found.items()
    }
    better = sum(each["liked"] > at["liked"] for each, at in zip(found[1.0], plain, strict=True))
    print(json.dumps({"preference": told, "seeds in which 1 beats 0": better} | vars(options)))


if __name__ == "__main__":
    main()
