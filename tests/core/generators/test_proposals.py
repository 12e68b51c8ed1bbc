"""Generators within runs of the toy domain."""

import numpy as np
import pytest

from openended.core.algorithms import curriculum, generalist
from openended.core.criterion import Bounds
from openended.core.generators import Latent, Random, check, note
from openended.core.learners import Strategy
from openended.core.niches import Niches
from openended.core.niching import Invention
from openended.core.potentials import Potential
from openended.core.replay import Replay
from openended.file.errors import Usage
from openended.file.reader import Reader
from openended.run import driver, recipe
from tests.support import serial
from tests.support.altered import altered
from tests.support.errands import ERRANDS
from tests.support.point import POINT
from tests.support.short_runs import RUNS

LATENT = RUNS["latent"]


def latent(**changes):
    return LATENT | {"generator": LATENT["generator"] | changes}


def run(path, settings, generations, **options):
    driver.run(path, recipe.check(settings | {"generations": generations}, "short", "short.toml"), **options)
    with Reader(path) as file:
        return file.digest, list(file.tasks().values()), file.generations()


@pytest.mark.parametrize(
    "changes", [{}, *(pytest.param(each, marks=pytest.mark.slow) for each in ({"emitter": "cma_me"}, {"model": "vae"}))]
)
def test_a_run_that_is_taken_up_again_and_one_with_two_threads_do_the_same(point, tmp_path, changes):
    settings = latent(**changes)
    straight, tasks, measured = run(tmp_path / "straight.run", settings, 12, threads=1)
    for last in (9, 12):
        taken_up, _, _ = run(tmp_path / "taken up.run", settings, last, threads=2)
    assert taken_up == straight
    made = [task.maker for task in tasks if task.generation == 12]
    assert made.count("latent") == 5
    assert made.count("mutation") == 3
    assert measured[-1]["generator_tasks"] >= 5
    assert measured[-1]["generator_waits_for"] == 0


def test_until_there_are_enough_tasks_it_waits_and_says_for_how_many(point, tmp_path):
    _, tasks, measured = run(tmp_path / "waits.run", latent(fewest=200), 6, threads=1)
    assert {task.maker for task in tasks} == {"first", "mutation"}
    admitted = sum(task.outcome == "admitted" and task.generation < 6 for task in tasks)
    assert (measured[-1]["generator_tasks"], measured[-1]["generator_waits_for"]) == (0, 200 - admitted)


def test_the_parent_of_a_decoded_task_may_be_a_parent_and_invalid_ones_are_counted(point, tmp_path):
    _, tasks, measured = run(tmp_path / "wild.run", latent(iso=3.0, redraws=1), 12, threads=1)
    made = [task for task in tasks if task.maker == "latent"]
    admitted = {task.id for task in tasks if task.outcome == "admitted"}
    assert made
    assert {task.parent for task in made} <= admitted
    assert sum(row.get("generator_invalid") or 0 for row in measured) > 0


def test_random_draws_come_beside_a_third_of_mutations_and_have_no_parent(point, tmp_path, monkeypatch):
    drawn = altered(POINT, tasks={"random": lambda key: POINT.tasks.mutate(POINT.tasks.first(), key)})
    monkeypatch.setattr("tests.support.point.POINT", drawn)
    _, tasks, _ = run(tmp_path / "random.run", LATENT | {"generator": {"kind": "random"}}, 8, threads=1)
    random = [task for task in tasks if task.maker == "random"]
    assert random
    assert {task.parent for task in random} == {-1}
    assert any(task.outcome == "admitted" for task in random)


@pytest.mark.parametrize(
    ("table", "sentence"),
    [
        ({"kind": "dreams"}, 'generator.kind is "dreams"'),
        ({"kind": "latent", "model": "gan"}, 'generator.model is "gan"'),
        ({"kind": "latent", "emitter": "none"}, 'generator.emitter is "none"'),
        ({"kind": "latent", "dimensions": 4}, "generator.dimensions is 4, but tasks of point-v1 have vectors of 3"),
        ({"kind": "latent", "dimensions": 3, "fewest": 3}, "3 dimensions need 4 tasks at least"),
        ({"kind": "latent", "dimensions": 3, "most": 9}, "most must not be below fewest"),
        ({"kind": "random"}, "point-v1 cannot draw tasks"),
    ],
)
def test_a_wrong_generator_is_refused_in_one_sentence(point, table, sentence):
    with pytest.raises(Usage) as refused:
        recipe.check(LATENT | {"generator": table}, "short", "short.toml")
    assert sentence in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_domain_without_vectors_is_refused():
    with pytest.raises(ValueError, match="tasks of point-v1 have no vectors"):
        check(Latent(dimensions=2), altered(POINT, tasks={"vectors": None}))


def test_only_what_depends_on_the_cpu_says_so():
    assert "LAPACK" in note(Latent(emitter="cma_me"))
    assert not note(Latent())
    assert not note(Random())


def test_settings_that_go_without_saying_leave_a_run_what_it_was(point):
    plain = recipe.check({name: table for name, table in LATENT.items() if name != "generator"}, "short", "short.toml")
    said = recipe.check(LATENT | {"generator": {"kind": "mutation"}}, "short", "short.toml")
    assert plain.settings() == said.settings()
    assert "generator" not in plain.settings()
    assert np.isclose(recipe.check(LATENT, "short", "short.toml").params.generator.floor, 1 / 3)


@pytest.mark.parametrize("module", [curriculum, generalist])
def test_a_search_with_one_learner_trains_on_decoded_tasks_beside_its_own_and_goes_on_from_any_state(module):
    others = {
        curriculum: {"replay": Replay(probability=0.5, capacity=12, fill=0.3, batch=6)},
        generalist: {"invention": Invention(count=6), "criterion": Bounds(low=-60, high=295)},
    }
    params = module.Params(
        learner=Strategy(population=32, learning_rate=0.1),
        archive=Niches(cells=(8,)),
        potential=Potential("variance"),
        generator=Latent(dimensions=2, fewest=5, every=4),
        **others[module],
    )
    module.check(params, ERRANDS)
    history = serial.advance(module, serial.means(params, ERRANDS), 15)
    made = [task for _, changes in history for task in changes.tasks if task.generation > 0]
    makers = {task.maker for task in made}
    assert "latent" in makers
    assert makers - {"latent"}
    assert history[-1][1].metrics["generator_tasks"] >= 5
    state, _ = history[12]
    _, again = module.step(serial.means(params, ERRANDS), state)
    assert [vars(task) for task in again.tasks] == [vars(task) for task in history[13][1].tasks]


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({}, "set replay.probability"),
        ({"replay": Replay(probability=0.5), "generator": Latent(dimensions=2, emitter="cma_me")}, 'choose "iso_line"'),
    ],
)
def test_a_curriculum_refuses_what_it_cannot_feed(settings, sentence):
    params = curriculum.Params(**{"learner": Strategy(), "generator": Latent(dimensions=2)} | settings)
    with pytest.raises(ValueError, match=sentence):
        curriculum.check(params, ERRANDS)
