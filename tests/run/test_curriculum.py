"""Curricula for other people's learners, on the toy domain."""

import json
import math
import pickle
import shutil
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

import openended
from openended import envs
from openended.core.algorithms import curriculum as algorithm
from openended.core.criterion import Bounds
from openended.core.growth import LEVELS, Growth, grown
from openended.core.interest import drawn
from openended.core.learners import Strategy
from openended.core.niches import Niches
from openended.core.potentials import Potential
from openended.core.replay import Replay
from openended.file.errors import Damaged, Owned, Resources, Usage
from openended.file.reader import Reader
from openended.file.verify import verify
from openended.file.writer import Writer
from openended.run import driver
from openended.view import to_pyribs
from openended.view.export import export
from openended.view.plot import plot
from openended.view.report.page import report
from tests.support import ROOT, pupil, serial, short_runs
from tests.support.errands import ERRANDS
from tests.support.run_content import digest

GENERATIONS = 25
PINNED = "a53ff9af822a1c0f17419a61cadc925017a637f0bc1b3603a582882e9673caf2"
RANGES = (
    pupil.RECIPE
    + """
[source]
kind = "ranges"

[growth]
every = 2
trials = 3
above = 0.5
up = 1.5

[criterion]
solved = 120
"""
)


@pytest.fixture
def school(monkeypatch, tmp_path):
    """Makes a curriculum: `school("a.run", seed=2)`."""
    monkeypatch.setitem(envs.DOMAINS, "point-v1", "tests.support.errands:ERRANDS")

    def make(name="my.run", text=pupil.RECIPE, **options):
        return openended.Curriculum(pupil.recipe(tmp_path, text), file=tmp_path / name, **options)

    return make


@pytest.fixture
def straight(school):
    """A curriculum's run, never stopped."""
    with school("straight.run") as curriculum:
        pupil.go(curriculum, GENERATIONS)
    return curriculum.path


def test_a_run_is_one_like_any_other(school, straight):
    assert verify(straight) == []
    with Reader(straight) as run:
        assert run.config["learner"] == {"kind": "external"}
        last, state = run.generations()[-1], run.state()
        assert last["generation"] == GENERATIONS
        assert last["evaluations"] > last["tasks_created"] > 10
        assert last["env_steps"] == 7 * last["evaluations"] / 3
        assert [event.kind for event in run.events()] == ["start", "stop"]
        assert {task.maker for task in run.tasks().values()} == {"first", "random", "edit"}
        assert {pair.elite for pair in state.pairs.values()} == {None}
        assert (len(state.learners[0].agent), state.learners[0].memory) == (0, {})
    view = openended.open(straight)
    assert len(view.frame("generations")) == GENERATIONS + 1


def test_a_short_run_does_what_it_always_did(straight):
    """A digest that changes means that a curriculum does something else than before."""
    assert short_runs.done(straight) == PINNED


def test_only_training_counts_as_a_step_of_the_learner(school):
    with school() as curriculum:
        played = pupil.go(curriculum, GENERATIONS)
    assert {use for _, use in played} == {"train", "look"}
    with Reader(curriculum.path) as run:
        assert run.steps() == {0: [use for _, use in played].count("train")}


def test_resumed_after_every_generation_the_digest_is_that_of_the_straight_run(school, straight):
    for generation in range(1, GENERATIONS + 1):
        with school() as curriculum:
            pupil.go(curriculum, generation)
            assert curriculum.generation == generation
    assert digest(curriculum.path) == digest(straight)
    assert curriculum.done


def test_the_same_updates_in_any_order_and_any_parts_give_the_same_digest(school, straight):
    stream = np.random.Generator(np.random.Philox(key=5))
    with school() as curriculum:
        while not curriculum.done:
            tasks = [task for _ in range(2) for task in curriculum.sample(40)]
            tasks = [tasks[place] for place in stream.permutation(len(set(tasks)))]
            for task in tasks[:-1]:
                assert not curriculum.update([task], [pupil.episodes(task)], steps=[7])
            assert curriculum.update(tasks[-1:], [pupil.episodes(tasks[-1])], steps=[7])
    assert digest(curriculum.path) == digest(straight)


def test_another_seed_or_other_returns_give_another_digest(school, straight):
    with school("seed.run", seed=2) as other:
        pupil.go(other, GENERATIONS)
    with school("returns.run") as better:
        pupil.go(better, GENERATIONS - 1)
        tasks = better.sample()
        better.update(tasks, [[episode + 1 for episode in pupil.episodes(task)] for task in tasks])
    assert len({digest(path) for path in (straight, other.path, better.path)}) == 3


def test_killed_between_sample_and_update_the_same_tasks_are_sampled_again(school, straight, tmp_path):
    file = tmp_path / "killed.run"
    command = [sys.executable, "-m", "tests.support.pupil", file, "12"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.returncode == -9, done.stderr
    assert verify(file) == []
    with school(file.name) as curriculum:
        assert curriculum.generation == 11
        assert [task.json for task in curriculum.sample()] == json.loads(done.stdout)
        pupil.go(curriculum, GENERATIONS)
    assert digest(file) == digest(straight)


def test_it_does_what_the_same_recipe_does_with_a_learner_of_ours(school):
    """All tasks but the first, on which only a learner of ours is tried."""
    settings = Replay(
        probability=0.7, capacity=12, fill=0.5, batch=4, distinct=True, robust=True, edits=3, base="batch",
        staleness=0.3, temperature=0.3, variants=2,
    )  # fmt: skip
    params = algorithm.Params(
        archive=Niches(cells=(6,)), learner=Strategy(population=32, learning_rate=0.1), replay=settings,
        criterion=Bounds(), potential=Potential("variance"),
    )  # fmt: skip
    executor, seen = serial.SerialExecutor(ERRANDS), []
    learn = executor.learn

    def recorded(jobs, settings, limits):
        learned = learn(jobs, settings, limits)
        seen.append([visit.returns for each in learned for visit in each.visits])
        return learned

    executor.learn = recorded
    history = serial.advance(algorithm, serial.means(params, ERRANDS, executor=executor), GENERATIONS + 1)
    with school(overrides=["replay.base=batch", "replay.variants=2"]) as curriculum:
        for returns in seen:
            assert curriculum.update(curriculum.sample(), returns)
    with Reader(curriculum.path) as run:
        tasks, pairs = run.tasks(), run.state().pairs
    ours = {task.id: task for _, changes in history for task in changes.tasks}
    assert [replace(ours[id], score=0.0) for id in ours] == [replace(task, score=0.0) for task in tasks.values()]
    assert len(pairs) > 12
    assert {id: pair for id, pair in pairs.items() if id} == {
        id: pair for id, pair in history[-1][0].pairs.items() if id
    }


def test_a_sample_gives_what_is_not_told_of_and_not_handed_out(school):
    with school() as curriculum:
        tasks = curriculum.sample()
        assert [task.place for task in tasks] == list(range(4))
        assert curriculum.sample(3) == tasks[:3]
        assert curriculum.sample(3) == tasks[3:]
        curriculum.update(tasks[1:2], [0.0])
        assert curriculum.sample(2) == [tasks[0], tasks[2]]
        assert curriculum.sample() == tasks[3:]
        assert curriculum.sample() == [tasks[0], *tasks[2:]]
        assert pickle.loads(pickle.dumps(tasks)) == tasks
        assert all(ERRANDS.tasks.encode(task.genome) == task.json for task in tasks)


def test_ranges_hand_out_their_trials_as_tasks_that_are_not_learnt_from(school):
    with school(text=RANGES) as curriculum:
        played = pupil.go(curriculum, 12)
        assert [generation for generation, use in played if use == "trial"] == [2, 4, 6, 8, 10, 12]
        assert [generation for generation, use in played if use != "trial"] == list(range(1, 13))
    with Reader(curriculum.path) as run:
        levels = [level for _, name, level in run.read(openended.file.tables.ARRAY) if name == LEVELS]
        history = run.generations()
    expected = [1.0]
    for row in (row for row in history if "solved_distance" in row):
        expected += grown(Growth(above=0.5, up=1.5), expected[-1:], [row["solved_distance"]], [4.0])
    assert [float(level[0]) for level in levels] == expected
    assert expected[-1] > 1


def test_trials_half_told_when_killed_are_handed_out_again_after_the_play(school):
    with school("a.run", text=RANGES) as curriculum:
        pupil.go(curriculum, 1)
        first = curriculum.sample()
        curriculum.update(first, [pupil.episodes(task) for task in first])
        trials = curriculum.sample()
        assert {task.use for task in trials} == {"trial"}
        assert trials[0].place == len(first)
        curriculum.update(trials[:1], [1.0])
    with school("a.run", text=RANGES) as again:
        assert again.sample() == first
        again.update(first, [pupil.episodes(task) for task in first])
        assert again.sample() == trials


CRITIC = pupil.RECIPE.replace('"variance"', '"max_mc"')


def test_a_potential_that_needs_a_critic_takes_its_score(school):
    with school(text=CRITIC) as curriculum:
        tasks = curriculum.sample()
        with pytest.raises(Usage, match=r'needs a critic: give scores=\{"value": '):
            curriculum.update(tasks, [0.0] * 4)
        curriculum.update(tasks, [[1.0, 5.0]] * 4, scores={"value": [2.0, 3.0, 4.0, 5.0]})
    with Reader(curriculum.path) as run:
        pairs = [pair for id, pair in run.state().pairs.items() if id]
    assert [pair.potential for pair in pairs] == [3.0, 2.0, 1.0, 0.0]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda t: ([t[0], t[0]], [0.0, 0.0]), "^task 0 was told of before; give all episodes on a task at once"),
        (lambda t: ([replace(t[0], generation=0)], [0.0]), r"^task 0 is of generation 0, but this is 1: sample\(\)"),
        (lambda t: ([replace(t[0], place=9)], [0.0]), "^task 9 is not among those to be told of now; "),
        (lambda t: ([replace(t[0], json="{}")], [0.0]), "^task 0 is not among those to be told of now; "),
        (lambda t: ([7], [0.0]), "^a task of the type int was given; give those that sample"),
        (lambda t: (t[:2], [0.0]), "^1 returns were given for 2 tasks; give one for each.$"),
        (lambda t: (t[:1], [math.nan]), "^the return of task 0 is nan; give finite numbers"),
        (lambda t: (t[:1], [[1.0, math.inf]]), r"^the return of task 0 is \[1.0, inf\]; give finite numbers"),
        (lambda t: (t[:1], [[]]), r"^the return of task 0 is \[\]; give a number, or a list of at least one.$"),
        (lambda t: (t[:1], ["good"]), "^the return of task 0 is 'good'; give a number"),
        (lambda t: (t[:1], [[[1.0]]]), "^the return of task 0 is .*; give a number"),
        (lambda t: (t[:1], [0.0], {"value": [math.nan]}), "^the value of task 0 is nan; give a finite number.$"),
        (lambda t: (t[:1], [0.0], {"value": []}), "^0 value were given for 1 tasks"),
        (lambda t: (t[:1], [0.0], {"values": [1.0]}), "^the score 'values' is not known; give some of: disagreement, "),
        (lambda t: (t[:1], [0.0], {}, [0]), "^the steps of task 0 are 0; give a whole number above 0"),
    ],
)
def test_a_wrong_update_gets_one_sentence_and_tells_nothing(school, change, message):
    with school() as curriculum:
        tasks = curriculum.sample()
        told, returns, *more = change(tasks)
        with pytest.raises(Usage, match=message) as error:
            curriculum.update(told, returns, **dict(zip(("scores", "steps"), more, strict=False)))
        assert "\n" not in str(error.value)
        assert error.value.code == 2
        assert len(curriculum.sample()) == 4
        curriculum.update(tasks, [0.0] * 4)
        with pytest.raises(Usage, match=r"^task 0 is of generation 1, but this is 2: "):
            curriculum.update(tasks, [0.0] * 4)


def test_what_was_told_before_is_not_told_again(school):
    with school() as curriculum:
        tasks = curriculum.sample()
        curriculum.update(tasks[:2], [0.0, 0.0])
        with pytest.raises(Usage, match=r"^task 1 was told of before; "):
            curriculum.update(tasks[1:], [0.0] * 3)
        assert curriculum.sample() == tasks[2:]


def test_a_closed_curriculum_and_one_that_is_done_say_so(school):
    curriculum = school(generations=1)
    tasks = curriculum.sample()
    with pytest.raises(Usage, match=r"^sample\(0\) asks for no tasks"):
        curriculum.sample(0)
    curriculum.update(tasks, [0.0] * 4)
    assert curriculum.done
    with pytest.raises(Usage, match="has done its 1 generations; construct the curriculum with generations=N for more"):
        curriculum.sample()
    curriculum.close()
    for closed in (curriculum.sample, lambda: curriculum.update(tasks, [0.0] * 4)):
        with pytest.raises(Usage, match="is closed; make it again to continue the run"):
            closed()
    with school(generations=2) as more:
        assert more.sample()[0].generation == 2


def test_one_process_at_a_time_and_one_recipe_a_file(school, tmp_path):
    with school(), pytest.raises(Owned, match="is being run by process"):
        school()
    with pytest.raises(Damaged, match="seed is 1 there and 2 here"):
        school(seed=2)
    with pytest.raises(Damaged, match=r"replay.batch is 4 there and 5 here\); choose another file"):
        school(overrides=["replay.batch=5"])


def test_what_is_forgotten_gives_its_file_up(school):
    school().sample()
    with school() as again:
        assert again.generation == 0


def test_a_commit_that_failed_is_tried_again(school, monkeypatch, straight):
    def full(self, changes, seconds):
        raise Resources("no space")

    with school() as curriculum:
        pupil.go(curriculum, 5)
        tasks = curriculum.sample()
        with monkeypatch.context() as patch:
            patch.setattr(Writer, "commit", full)
            with pytest.raises(Resources):
                curriculum.update(tasks, [pupil.episodes(task) for task in tasks])
        assert curriculum.generation == 5
        assert curriculum.sample()[0].generation == 7
        pupil.go(curriculum, GENERATIONS)
    assert digest(curriculum.path) == digest(straight)


@pytest.mark.parametrize("text", ['algorithm = "poet"', ""], ids=["poet", "map-elites"])
def test_algorithms_that_keep_agents_are_refused(school, text):
    with pytest.raises(Usage, match=r"which keeps and tries agents itself; openended.Curriculum takes recipes of the"):
        school(text=f'question = "?"\ndomain = "point-v1"\n{text}\n')


def test_the_commands_that_need_an_agent_say_that_there_is_none(school, straight):
    shutil.copy(straight, straight.with_name("copy.run"))
    with pytest.raises(Usage, match=r"is driven from Python.*openended.Curriculum\('pupil', file='.*straight.run'\)"):
        driver.run(straight, driver.load_config(straight))
    assert straight.read_bytes() == straight.with_name("copy.run").read_bytes()
    from openended.run.evaluate import evaluate

    task = straight.with_name("task.json")
    task.write_text(ERRANDS.tasks.encode(ERRANDS.tasks.first()))
    for options in ({}, {"learner": 0}, {"everyone": True}):
        with pytest.raises(Usage, match=r"straight.run holds no agents: its learner is external"):
            evaluate(straight, str(task), **options)
    view = openended.open(straight)
    with pytest.raises(Usage, match=r"straight.run holds no agents: its learner is external"):
        view.agent(next(iter(view.elites)))


def test_what_needs_no_agent_is_shown_and_exported(school, straight, tmp_path):
    assert len(to_pyribs(openended.open(straight))) == 0
    page = report(straight, tmp_path / "page.html").read_text()
    assert "The run has no elites yet." in page
    folder = export(straight, tmp_path / "out", ("csv", "json", "npz", "onnx"))
    assert len((folder / "tasks.csv").read_text().splitlines()) > 10
    assert len(list((folder / "tasks").iterdir())) == len(openended.open(straight).elites)
    assert np.load(folder / "agents.npz")["agents"].shape == (0, 22)
    for kind in ("heatmap", "progress", "potentials"):
        assert plot([straight], tmp_path / f"{kind}.png", kind).stat().st_size > 5_000


def test_a_run_of_our_own_learner_is_not_continued_from_outside_and_shows_the_agents_that_it_has(school, tmp_path):
    own = ["learner.kind=es", "learner.population=8", "generations=3"]
    path = tmp_path / "my.run"
    driver.run(path, openended.run.recipe.load(pupil.recipe(tmp_path), own), threads=1)
    with pytest.raises(Damaged, match=r'\(learner.kind is "es" there and "external" here\)'):
        school()
    view = openended.open(path)
    assert [pair.task for pair in view.agents] == [0]
    assert len(view.elites) > 1
    folder = export(path, tmp_path / "out", ("npz", "onnx"))
    assert np.load(folder / "agents.npz")["tasks"].tolist() == [0]
    assert len(list((folder / "agents").iterdir())) == len(to_pyribs(view)) == 1


def test_tasks_of_interest_are_looked_at_first_and_stay(school):
    interested = pupil.RECIPE + '\n[interest]\ntasks = "far"\ncount = 3\nweight = 0.5\nevery = 1\n'
    wanted = [ERRANDS.tasks.encode(task) for task in drawn(ERRANDS, "far", 3)]
    with school("whole.run", interested) as curriculum:
        first = curriculum.sample()
        assert [task.json for task in first] == wanted
        assert not any(task.train for task in first)
        pupil.go(curriculum, GENERATIONS)
    with Reader(curriculum.path) as run:
        pairs = run.state().pairs
    assert all(pairs[task].active and pairs[task].visits for task in (1, 2, 3))
    for generation in (0, 7, GENERATIONS):
        with school("parts.run", interested) as curriculum:
            pupil.go(curriculum, generation)
    assert digest(curriculum.path) == digest(curriculum.path.with_name("whole.run"))
