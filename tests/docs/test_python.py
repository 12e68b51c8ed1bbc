"""The Python of the tutorial and the how-tos runs, on a run of walkers that nobody has trained."""

import runpy
from dataclasses import replace
from pathlib import Path

import matplotlib
import numpy as np
import pytest

from openended import envs
from openended.core.types import Changes, Counters, Elite, Learner, Task
from openended.envs.api import Queue
from openended.envs.walker.courses.task import WalkerTask
from openended.envs.walker.domain import WALKER
from openended.envs.walker.drawn.task import Obstacle
from openended.file.reader import Reader
from openended.file.verify import verify
from openended.file.writer import Writer, create
from tests.view.conftest import pair, settings

CAP = 60


@pytest.fixture
def run(tmp_path, monkeypatch):
    """A run file where the pages expect one, of one generation and two niches."""
    monkeypatch.chdir(tmp_path)
    matplotlib.use("agg")
    walker, path = WALKER, Path("runs", "results", "quickstart.run")
    tasks = [walker.tasks.first(), WalkerTask(stump_height=(4.0, 4.0))]
    agents = np.stack([walker.policies.default.init(key) for key in (0, 1)])
    which = np.array([(0, 0), (1, 1)], np.int32)
    queue = Queue(walker.simulator.prepare(tasks), walker.policies.default, agents, which, np.zeros(2, np.uint64), CAP)
    walker.simulator.rollouts(queue)
    path.parent.mkdir(parents=True)
    create(path, "quickstart", settings((4,)) | {"domain": walker.id, "episodes": {"cap": CAP}}, {})
    made = [
        Task(i, task, i - 1, 0, tuple(walker.tasks.describe(task).tolist()), i, "admitted", 0.0, "mutation")
        for i, task in enumerate(tasks)
    ]
    pairs = [pair(i, i, float(queue.returns[i])) for i in range(2)]
    learners = tuple(Learner(i, agents[i], {}, 0) for i in range(2))
    elites = tuple(Elite(i, i, 0, float(queue.returns[i]), -1, agents[i]) for i in range(2))
    changes = Changes(0, tuple(made), tuple(pairs), learners, elites)
    with Writer(path) as file:
        counted = {"counters": Counters(env_steps=5), "metrics": {"elites": 2, "solved": 0}}
        file.commit(replace(changes, **counted), seconds=1.0)
    return path


def execute(code):
    """Run a page's code as a script; gives its names."""
    Path("script.py").write_text(code)
    return runpy.run_path("script.py")


def test_the_tutorials_figure_is_drawn(run, blocks):
    (figure,) = blocks("tutorial.md", "python")
    execute(figure)
    assert Path("mine.png").stat().st_size > 10_000


@pytest.fixture
def how_tos(blocks):
    """The pieces of Python in the how-tos, by name."""
    names = ("pyribs", "walk", "train", "curriculum", "baselines", "loop", "draw")
    return dict(zip(names, blocks("howto.md", "python"), strict=True))


def test_a_run_is_opened_and_given_to_pyribs(run, how_tos):
    assert len(execute(how_tos["pyribs"])["archive"]) == 2


def test_an_agent_earns_in_its_environment_what_the_run_file_says(run, how_tos, capsys):
    execute(how_tos["walk"])
    assert capsys.readouterr().out == "True\n"


def test_an_elites_course_is_drawn_and_changed(run, how_tos):
    execute(how_tos["draw"])
    task = envs.read_task(envs.domain("walker-drawn-v1"), Path("task.json").read_text())
    assert task.obstacles == (Obstacle("stump", 150, 60),)


def test_stable_baselines_trains_on_a_course(run, how_tos):
    code = how_tos["train"].replace("learn(10_000)", "learn(1)")
    code = code.replace('"MlpPolicy", env', '"MlpPolicy", env, n_steps=64').replace("PPO(", "agent = PPO(")
    assert execute(code)["agent"].num_timesteps == 64


def test_a_curriculum_draws_its_own_courses(run, how_tos):
    assert execute(how_tos["curriculum"])["env"].tasks == [None]


def smaller(code, *changes):
    """The code with smaller numbers."""
    for before, after in changes:
        assert code.count(before) == 1
        code = code.replace(before, after)
    return code


def test_stable_baselines_follows_a_curriculum(run, how_tos):
    code = smaller(
        how_tos["baselines"],
        ("batch=16", "batch=2"),
        ("edits=16", "edits=1"),
        ('"replay.parents=4"', '"replay.parents=1", "replay.capacity=4", "replay.fill=0.1"'),
        ("PlayVecEnv(16, play)", "PlayVecEnv(4, play, 24)"),
        ("n_steps=2048", "n_steps=16, batch_size=64, n_epochs=1"),
        ("50_000_000", "640"),
    )
    names = execute(code)
    assert names["model"].num_timesteps >= 640
    assert names["curriculum"].generation >= 4
    assert verify(Path("accel.run")) == []


def test_a_loop_of_ones_own_climbs_and_resumes(run, how_tos):
    tiny = ("PlayWalkerVector(64, play)", "PlayWalkerVector(4, play, 24)")
    batch = ('"potential.kind=regret"', '"potential.kind=regret", "replay.batch=3", "replay.capacity=4"')
    once = execute(smaller(how_tos["loop"], tiny, batch, ("generations=50", "generations=6")))
    assert once["curriculum"].generation == 6
    Path("straight").mkdir()
    for file in ("climber.run", "climber.npy"):
        Path(file).rename(Path("straight", file))
    for generations in (2, 6):
        twice = execute(smaller(how_tos["loop"], tiny, batch, ("generations=50", f"generations={generations}")))
    assert (twice["weights"] == once["weights"]).all()
    with Reader(Path("straight", "climber.run")) as first, Reader(Path("climber.run")) as second:
        assert first.digest == second.digest
