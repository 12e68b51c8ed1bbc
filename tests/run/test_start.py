"""Runs that begin with what another had come to, on the toy domain."""

import shutil

import numpy as np
import pytest

from openended import envs
from openended.file.errors import Damaged, Usage
from openended.file.reader import Reader
from openended.file.settings import identity
from openended.file.verify import verify
from openended.run import driver, recipe
from tests.support import toy
from tests.support.altered import altered
from tests.support.errands import RANGES
from tests.support.point import POINT
from tests.support.run_content import digest

SHARED = """
question = "?"
domain = "point-v1"
algorithm = "{algorithm}"
generations = {generations}
archive = {{cells = [6]}}
learner = {{kind = "es", population = 64, learning_rate = 0.1}}
criterion = {{low = -60}}
potential = {{kind = "variance"}}
{more}
"""
CURRICULUM = "[replay]\nprobability = 0.7\ncapacity = 12\nbatch = 4\n"
GENERALIST = "[invention]\ncount = 6\n[replay]\nbatch = 8\n"


@pytest.fixture(autouse=True)
def errands(monkeypatch):
    monkeypatch.setitem(envs.DOMAINS, "point-v1", "tests.support.errands:ERRANDS")


@pytest.fixture
def shared(tmp_path):
    """Makes the config of a run whose tasks share a learner."""

    def made(algorithm, generations, *overrides):
        path = tmp_path / f"{algorithm}.toml"
        more = GENERALIST if algorithm == "generalist" else CURRICULUM
        path.write_text(SHARED.format(algorithm=algorithm, generations=generations, more=more))
        return recipe.load(str(path), overrides)

    return made


@pytest.fixture
def archive(grown_toy, tmp_path):
    """The run file of a MAP-Elites archive."""
    return shutil.copy(grown_toy(12), tmp_path / "archive.run")


@pytest.fixture
def toys(tmp_path):
    """Makes the config of the toy recipe."""
    path = tmp_path / "toy.toml"
    path.write_text(toy.SETTINGS)
    return lambda *overrides: recipe.load(str(path), overrides)


def state(path):
    with Reader(path) as run:
        return run.state()


def best(path):
    """By the text of every task its best fitness, for those with an agent."""
    found = state(path)
    return {
        POINT.tasks.encode(found.tasks[pair.task].genome): pair.best_fitness
        for pair in found.pairs.values()
        if pair.elite is not None
    }


def run(path, config, generations=0, threads=1):
    return driver.run(path, config, threads=threads)


def test_an_archive_begins_with_the_elites_of_another_each_in_its_niche(archive, toys, tmp_path):
    path = tmp_path / "next.run"
    run(path, toys(f"start.run={archive}", "generations=0", "seed=7"))
    before, after = state(archive), state(path)
    assert best(path) == best(archive)
    assert len(after.pairs) > 2
    for id, pair in after.pairs.items():
        (old,) = [task for task in before.tasks.values() if task.genome == after.tasks[id].genome]
        np.testing.assert_array_equal(after.elites[pair.elite].agent, before.elites[before.pairs[old.id].elite].agent)
        np.testing.assert_array_equal(after.learners[id].agent, after.elites[pair.elite].agent)
        assert after.learners[id].steps == 0
        assert (after.tasks[id].niche, after.tasks[id].maker) == (old.niche, "copied")
    parents = {id: task.parent for id, task in after.tasks.items()}
    assert any(parent >= 0 for parent in parents.values())
    for id, parent in parents.items():
        old = {task.genome: task for task in before.tasks.values()}[after.tasks[id].genome]
        kept = parent >= 0 and after.tasks[parent].genome == before.tasks[old.parent].genome
        assert kept or (parent == -1 and (old.parent < 0 or old.parent not in before.pairs))
    assert verify(path) == []


def test_it_goes_on_without_the_other_run_and_with_one_digest(archive, toys, tmp_path):
    straight, broken = tmp_path / "straight.run", tmp_path / "broken.run"
    setting = f"start.run={archive}"
    run(straight, toys(setting, "generations=6"), threads=2)
    run(broken, toys(setting, "generations=2"))
    archive.unlink()
    run(broken, toys(setting, "generations=4"))  # the same command again
    driver.run(broken, driver.load_config(broken, 6), threads=1)
    assert digest(straight) == digest(broken)
    assert len(state(straight).tasks) > len(state(straight).pairs) - 1


def test_where_the_other_run_lies_is_no_part_of_a_run_but_its_digest_is(archive, toys, tmp_path):
    moved = shutil.copy(archive, tmp_path / "moved.run")
    files = {}
    for name, source in (("one", archive), ("other", moved)):
        files[name] = tmp_path / f"{name}.run"
        run(files[name], toys(f"start.run={source}", "generations=1"))
    with Reader(files["one"]) as one, Reader(files["other"]) as other, Reader(archive) as source:
        assert one.config["start"] | {"run": str(archive), "digest": source.digest} == one.config["start"]
        assert one.digest == other.digest
        assert identity(one.config) == identity(other.config)
    run(files["one"], toys(f"start.run={moved}", "generations=2"))
    driver.run(archive, driver.load_config(archive, 13), threads=1)
    with pytest.raises(Damaged, match=r"belongs to another run \(start is"):
        run(archive, toys(f"start.run={moved}", "generations=14"))
    with pytest.raises(Usage, match=r"start.run is .*archive.run, whose digest is \w+, where \w+ is wanted"):
        run(tmp_path / "late.run", toys(f"start.run={archive}", f"start.digest={digest(moved)[1]}"))
    assert not (tmp_path / "late.run").exists()


def test_poet_begins_with_the_newest_of_a_population(archive, toys, tmp_path):
    settings = (f"start.run={archive}", "generations=2", "seed=3")
    for algorithm in ("poet", "enhanced-poet"):
        path = tmp_path / f"{algorithm}.run"
        poet = recipe.check(
            {key: value for key, value in toys(*settings).settings().items() if key not in ("archive", "transfer")}
            | {"algorithm": algorithm, "reproduction": {"every": 2}, "active": {"count": 3}},
            "poet",
            "poet.toml",
        )
        run(path, poet)
        first = [pair for pair in state(path).pairs.values() if pair.admitted == 0]
        assert len(first) == 3
        alive = [pair.task for pair in state(archive).pairs.values() if pair.retired < 0]
        newest = {state(archive).tasks[task].genome for task in sorted(alive)[-3:]}
        assert {state(path).tasks[pair.task].genome for pair in first} == newest


def test_a_curriculum_goes_on_with_the_learner_and_the_buffer_of_another(shared, tmp_path):
    source, path = tmp_path / "source.run", tmp_path / "next.run"
    run(source, shared("curriculum", 20))
    settings = (f"start.run={source}", "seed=5", "replay.capacity=20")
    run(path, shared("curriculum", 0, *settings))
    before, after = state(source), state(path)
    np.testing.assert_array_equal(after.learners[0].agent, before.learners[0].agent)
    for name, array in before.learners[0].memory.items():
        np.testing.assert_array_equal(after.learners[0].memory[name], array)
    living = {before.tasks[pair.task].genome for pair in before.pairs.values() if pair.retired < 0}
    buffer = {after.tasks[pair.task].genome for pair in after.pairs.values() if pair.active}
    assert len(living) > 5
    assert buffer == living | {POINT.tasks.first()}
    seen = [pair for pair in after.pairs.values() if after.tasks[pair.task].maker == "copied"]
    assert all(pair.seen == 0 and pair.visits == 1 for pair in seen)
    assert any(pair.potential > 0 for pair in seen)
    run(path, shared("curriculum", 6, *settings))
    assert state(path).learners[0].steps == 6
    assert verify(path) == []


def test_another_kind_of_learner_takes_the_agent_alone(shared, tmp_path):
    source, path = tmp_path / "source.run", tmp_path / "next.run"
    run(source, shared("curriculum", 5))
    run(path, shared("curriculum", 0, f"start.run={source}", "learner.kind=snes"))
    before, after = state(source), state(path)
    np.testing.assert_array_equal(after.learners[0].agent, before.learners[0].agent)
    assert set(after.learners[0].memory) != set(before.learners[0].memory)


def test_a_curriculum_without_a_buffer_takes_the_learner_alone(shared, tmp_path):
    source, path = tmp_path / "source.run", tmp_path / "next.run"
    run(source, shared("curriculum", 5))
    run(path, shared("curriculum", 2, f"start.run={source}", "replay.probability=0.0"))
    assert set(state(path).tasks) == {0}


@pytest.mark.parametrize("algorithm", ["curriculum", "generalist"])
def test_levels_go_on_where_those_of_the_other_run_stand(shared, archive, tmp_path, algorithm):
    source, path = tmp_path / "source.run", tmp_path / "next.run"
    shrinking = ("growth.below=1.0", "growth.above=1.0", "growth.focus=0.5")
    run(source, shared("curriculum", 7, "source.kind=ranges", *shrinking))
    reached = state(source).arrays
    assert (reached["levels"] < RANGES.first).all()
    ours = "source.kind=ranges" if algorithm == "curriculum" else "invention.ranges=0.5"
    run(path, shared(algorithm, 0, f"start.run={source}", ours, "growth.focus=0.5"))
    for name in ("levels", "failed"):
        np.testing.assert_array_equal(state(path).arrays[name], reached[name])
    plain, fresh = tmp_path / "plain.run", tmp_path / "fresh.run"
    run(plain, shared(algorithm, 0, f"start.run={source}", ours))
    assert "failed" not in state(plain).arrays
    run(fresh, shared(algorithm, 0, f"start.run={archive}", ours))
    np.testing.assert_array_equal(state(fresh).arrays["levels"], RANGES.first)


def test_a_generalist_takes_one_task_for_each_niche_and_the_elites_that_are_known(shared, archive, tmp_path):
    source, path = tmp_path / "source.run", tmp_path / "next.run"
    run(source, shared("generalist", 25))
    run(path, shared("generalist", 0, f"start.run={source}"))
    before, after = state(source), state(path)
    niches = [pair.niche for pair in after.pairs.values() if pair.active]
    assert len(niches) == len(set(niches)) >= 4
    assert set(niches) >= {pair.niche for pair in before.pairs.values() if pair.retired < 0}
    known = {before.tasks[pair.task].genome: pair for pair in before.pairs.values() if pair.retired < 0}
    for pair in after.pairs.values():
        old = known.get(after.tasks[pair.task].genome)
        if old is not None and old.elite is not None:
            assert pair.best_fitness == old.best_fitness
    run(path, shared("generalist", 5, f"start.run={source}"))
    elsewhere = tmp_path / "elsewhere.run"
    run(elsewhere, shared("generalist", 2, f"start.run={archive}"))
    random = state(elsewhere).learners[0]
    assert random.steps == 2
    assert best(archive).items() <= best(elsewhere).items() | {
        (text, fitness) for text, fitness in best(archive).items() if best(elsewhere).get(text, -np.inf) > fitness
    }


def refused(path, config):
    """The sentence of what cannot be begun; nothing is written."""
    with pytest.raises((Usage, Damaged)) as error:
        run(path, config)
    assert not path.exists()
    return error.value


def test_what_cannot_be_begun_from_gets_one_sentence(archive, toys, shared, tmp_path, monkeypatch):
    path = tmp_path / "next.run"
    error = refused(path, toys("start.run=nowhere.run"))
    assert (error.code, str(error)) == (
        2, "start.run is nowhere.run, which does not exist; name the run file to begin from.",
    )  # fmt: skip
    broken = tmp_path / "broken.run"
    data = bytearray(archive.read_bytes())
    data[len(data) // 2 : len(data) // 2 + 4000] = bytes(4000)
    broken.write_bytes(data)
    assert refused(path, toys(f"start.run={broken}")).code == 3
    (tmp_path / "text.run").write_text("no run file at all")
    assert refused(path, toys(f"start.run={tmp_path / 'text.run'}")).code == 3
    monkeypatch.setitem(envs.DOMAINS, "other-v1", "tests.run.test_start:OTHER")
    error = refused(path, toys(f"start.run={archive}", "domain=other-v1"))
    assert "whose domain is 'point-v1', where this recipe has 'other-v1'" in str(error)
    with pytest.raises(Usage, match="direct optimisation begins with a random agent: leave it out"):
        recipe.check(
            {"question": "?", "domain": "point-v1", "algorithm": "direct", "task": "{}", "start": {"run": "x"}},
            "x",
            "x",
        )
    with pytest.raises(Usage, match="those of an external learner are elsewhere"):
        shared("curriculum", 1, "start.run=x", "learner={kind='external'}")


def test_agents_of_another_size_are_refused(archive, toys, tmp_path, monkeypatch):
    wide = altered(POINT, policies={"make": lambda kind, hidden: envs.policy.Mlp((2, *hidden, 2))})
    monkeypatch.setattr("tests.support.errands.ERRANDS", wide)
    config = toys(f"start.run={archive}", "policy.hidden=[9]")
    error = refused(tmp_path / "next.run", config)
    assert "whose agents are mlp 2-4-2, where those of this recipe are mlp 2-9-2; give [policy] as it is" in str(error)


OTHER = altered(POINT, id="other-v1")
