"""A learner for tests of `openended.Curriculum`: what it tells is a function of the task and the generation.

python pupil.py FILE GENERATIONS    plays until generation GENERATIONS is half told, prints its tasks, and dies
"""

import json
import os
import signal
import sys
from pathlib import Path

RECIPE = """
question = "Which errands teach a pupil?"
domain = "point-v1"
algorithm = "curriculum"
generations = 25

[archive]
cells = [6]

[potential]
kind = "variance"

[replay]
probability = 0.7
capacity = 12
fill = 0.5
batch = 4
distinct = true
robust = true
edits = 3
staleness = 0.3
temperature = 0.3
"""


def register(domains):
    domains["point-v1"] = "tests.support.errands:ERRANDS"


def recipe(folder, text=RECIPE):
    """The path of the recipe, written to a folder."""
    path = Path(folder) / "pupil.toml"
    path.write_text(text)
    return str(path)


def episodes(task):
    """Returns of three episodes: the farther the goal and the stronger the wind, the later they get better."""
    errand = json.loads(task.json)
    skill = task.generation / 10
    reached = 300 / (1 + max(0.0, errand["x"] + 10 * errand["wind"] - skill))
    return [reached * share / 4 for share in (2, 3, 4)]


def go(curriculum, until):
    """Tell of everything up to this generation; gives (generation, use) of each play."""
    played = []
    while curriculum.generation < until:
        tasks = curriculum.sample()
        played.append((tasks[0].generation, tasks[0].use))
        curriculum.update(tasks, [episodes(task) for task in tasks], steps=[7] * len(tasks))
    return played


def main():
    from openended import Curriculum, envs

    register(envs.DOMAINS)
    file = Path(sys.argv[1])
    curriculum = Curriculum(recipe(file.parent), file=file)
    go(curriculum, int(sys.argv[2]) - 1)
    tasks = curriculum.sample()
    half = tasks[: len(tasks) // 2]
    curriculum.update(half, [episodes(task) for task in half])
    print(json.dumps([task.json for task in tasks]), flush=True)
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    main()
