import shutil
import signal
from pathlib import Path

import pytest

from openended.core import learners
from openended.core.learners import Snes, es
from openended.envs import domain
from openended.file import filesystem, machine
from openended.file.difference import difference
from openended.file.errors import Damaged, Interrupted, Owned, Resources
from openended.file.reader import Reader
from openended.file.verify import verify
from openended.file.writer import Writer, create
from openended.run import driver
from tests.support import point as point_support
from tests.support.altered import altered
from tests.support.run_content import digest

GENERATIONS = 12
commit = Writer.commit


@pytest.fixture
def straight(point, grown_toy, tmp_path):
    """The run of the toy recipe, on one thread and never stopped, as a run file."""
    return Path(shutil.copy(grown_toy(GENERATIONS), tmp_path / "straight.run"))


def test_a_run_reproduces_transfers_and_fills_niches(straight):
    with Reader(straight) as run:
        last = run.generations()[-1]
        assert last["generation"] == GENERATIONS
        assert last["elites"] > 2
        assert len(run.transfers()) > 10
        assert {task.outcome for task in run.tasks().values()} > {"admitted"}
        assert [event.kind for event in run.events()] == ["start", "stop"]
    assert verify(straight) == []


def test_two_threads_give_the_digest_of_one(straight, config, tmp_path):
    path = tmp_path / "two.run"
    driver.run(path, config(), threads=2)
    assert digest(path) == digest(straight)


def test_stopped_after_every_generation_and_resumed_the_digest_is_that_of_the_straight_run(straight, config, tmp_path):
    path = tmp_path / "stopped.run"
    for generation in range(GENERATIONS + 1):
        state = driver.run(path, config(f"generations={generation}"), threads=1 + generation % 2)
        assert state.generation == generation
    assert digest(path) == digest(straight)
    with Reader(path) as run:
        assert run.config["generations"] == GENERATIONS


@pytest.mark.parametrize("stop", [0, 5, GENERATIONS - 1])
def test_stopped_once_and_resumed_the_digest_is_that_of_the_straight_run(straight, config, tmp_path, stop):
    path = tmp_path / "stopped.run"
    driver.run(path, config(f"generations={stop}"), threads=2)
    driver.run(path, driver.load_config(path, GENERATIONS), threads=2)
    assert digest(path) == digest(straight)


def test_a_run_that_began_before_a_setting_existed_goes_on_with_its_default(straight, config, tmp_path):
    path = tmp_path / "earlier.run"
    settings = config().settings()
    assert settings["transfer"].pop("margin") == 0
    create(path, config().name, settings, machine.fingerprint(config().head.domain))
    with pytest.raises(Damaged, match=r"transfer.margin is 0.0 there and 1.0 here"):
        driver.run(path, config("transfer.margin=1.0"), threads=1)
    driver.run(path, config("generations=3"), threads=1)
    driver.run(path, config(), threads=1)
    assert verify(path) == []
    assert difference(path, straight) == ""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGUSR1], ids=lambda number: number.name)
def test_a_signal_drops_the_generation_in_flight_and_the_run_resumes(straight, config, tmp_path, number):
    path = tmp_path / "signalled.run"

    def send(state, changes, timing):
        if changes.generation in {0, 5}:
            signal.raise_signal(number)

    for expected in (0, 5):
        with pytest.raises(Interrupted, match=r"openended resume .* continues") as error:
            driver.run(path, config(), threads=1, observe=send)
        assert error.value.code == 75
        with Reader(path) as run:
            assert run.last()[0] == expected
            assert run.owner() is None
    driver.run(path, config(), threads=1)
    assert digest(path) == digest(straight)


def test_a_run_stops_by_itself_when_the_job_has_no_time_for_another_generation(straight, config, tmp_path, monkeypatch):
    path = tmp_path / "job.run"
    left = iter([100.0, 100.0, 100.0, 14.9])
    clock = iter(range(0, 1000, 10))
    with monkeypatch.context() as ending:
        ending.setattr(machine, "remaining", lambda environment: next(left))
        ending.setattr(driver.time, "perf_counter", lambda: float(next(clock)))
        ending.setattr(Writer, "commit", lambda self, *arguments: commit(self, *arguments) * 0)
        with pytest.raises(Interrupted, match=r"job's time is nearly used up; `openended resume .* continues") as error:
            driver.run(path, config(), threads=1)
    assert error.value.code == 75
    with Reader(path) as run:
        assert run.last()[0] == 2
    driver.run(path, config(), threads=1)
    assert digest(path) == digest(straight)


def test_a_job_too_short_for_a_single_generation_is_said_instead_of_requeued_for_ever(straight, config, monkeypatch):
    monkeypatch.setattr(machine, "remaining", lambda environment: 0.001)
    monkeypatch.setattr(Reader, "recent", lambda self: [20.0])
    monkeypatch.setattr(Writer, "recent", lambda self: [20.0])
    with pytest.raises(Resources, match=r"ends in 0 s, but a generation needs 30 s; ask Slurm for more --time"):
        driver.run(straight, config("generations=20"), threads=1)


def test_a_live_run_can_be_stolen(straight, config):
    first = Writer(straight)
    with pytest.raises(Owned, match="--steal"):
        driver.run(straight, config("generations=13"), threads=1)
    assert driver.run(straight, config("generations=13"), threads=1, steal=True).generation == 13
    first.database.close()


def test_what_the_file_system_cannot_do_is_said_before_anything_is_computed(config, tmp_path, monkeypatch):
    said = []
    monkeypatch.setattr(filesystem, "probe", lambda path: f"{path.name} lies badly.")
    driver.run(tmp_path / "x.run", config("generations=0"), threads=1, say=said.append)
    assert said == ["x.run lies badly."]


def test_a_policy_without_memory_is_said_to_be_one_where_memory_helps(config, tmp_path, monkeypatch):
    said = []
    monkeypatch.setattr(point_support, "POINT", altered(point_support.POINT, policies={"partial": True}))
    driver.run(tmp_path / "x.run", config("generations=0"), threads=1, say=said.append)
    (sentence,) = said
    assert "the policy mlp remembers nothing" in sentence
    assert not domain("walker-v1").policies.partial
    assert domain("maze-v1").policies.partial


def test_the_observer_sees_every_commit_with_its_clock(config, tmp_path):
    seen = []
    path = tmp_path / "seen.run"
    driver.run(path, config("generations=3"), observe=lambda *value: seen.append(value))
    assert [changes.generation for _, changes, _ in seen] == [0, 1, 2, 3]
    assert sum(timing.steps for _, _, timing in seen) == seen[-1][0].counters.env_steps
    assert all(timing.seconds > 0 and timing.commit_seconds > 0 for _, _, timing in seen)


def test_a_run_file_of_other_settings_is_refused_by_key_and_left_untouched(straight, config):
    before = straight.read_bytes()
    with pytest.raises(
        Damaged, match=r"learner\.sigma is 0\.1 there and 0\.2 here; seed is 1 there and 3 here"
    ) as error:
        driver.run(straight, config("learner.sigma=0.2", "seed=3"))
    assert "--out" in str(error.value)
    assert straight.read_bytes() == before


def test_a_finished_run_has_nothing_left_to_do_and_can_be_extended(straight, config):
    before = digest(straight)
    assert driver.run(straight, config()).generation == GENERATIONS
    assert digest(straight) == before
    assert driver.run(straight, driver.load_config(straight, 14)).generation == 14
    with Reader(straight) as run:
        assert run.config["generations"] == 14
    assert verify(straight) == []


def test_a_second_process_on_a_live_run_file_is_refused(straight, config):
    with Writer(straight), pytest.raises(Owned, match="is being run by process"):
        driver.run(straight, config("generations=20"))


def test_a_changed_machine_is_said_and_noted_once(straight, config, monkeypatch):
    versions = machine.fingerprint("point-v1") | {"numpy": "0.0", "cpu": "abacus"}
    monkeypatch.setattr(machine, "fingerprint", lambda domain: versions)
    said = []
    for generations in (13, 14):
        driver.run(straight, config(f"generations={generations}"), say=said.append)
    assert len(said) == 1
    assert "-> 0.0" in said[0]
    assert "CPU" not in said[0], "the evolution strategy has the same bits on every CPU"
    with Reader(straight) as run:
        noted = [event.detail for event in run.events() if event.kind == "fingerprint"]
    assert noted == [{"numpy": "0.0", "cpu": "abacus"}]


@pytest.mark.parametrize("depends", [False, True])
def test_another_cpu_is_noted_and_reported_only_where_bits_depend_on_it(straight, config, monkeypatch, depends):
    versions, said = machine.fingerprint("point-v1") | {"cpu": "abacus"}, []
    monkeypatch.setattr(machine, "fingerprint", lambda domain: versions)
    monkeypatch.setattr(es, "NOTE", "These bits depend on the CPU." if depends else "")
    driver.run(straight, config("generations=13"), say=said.append)
    assert any("other CPU features" in line for line in said) == depends
    with Reader(straight) as run:
        assert [event.detail for event in run.events() if event.kind == "fingerprint"] == [{"cpu": "abacus"}]


def test_a_damaged_row_is_not_resumed_from(straight, config):
    import sqlite3

    database = sqlite3.connect(straight)
    database.execute("UPDATE learner SET steps = 99 WHERE id = 0")
    database.commit()
    database.close()
    with pytest.raises(Damaged, match="learner 0 does not match its digest"):
        driver.run(straight, config("generations=20"))


def test_a_failed_commit_stops_the_run_and_the_file_stays_resumable(straight, config, tmp_path, monkeypatch):
    path = tmp_path / "full.run"

    def limited(self, changes, *arguments):
        if changes.generation == 6:
            pages = self.database.execute("PRAGMA page_count").fetchone()[0]
            self.database.execute(f"PRAGMA max_page_count = {pages}")
        return commit(self, changes, *arguments)

    with monkeypatch.context() as patch:
        patch.setattr(Writer, "commit", limited)
        with pytest.raises(Resources, match="No space is left"):
            driver.run(path, config("archive.cells=[20]"))
    assert verify(path) == []
    with Reader(path) as run:
        assert 6 <= run.last()[0] < GENERATIONS
    driver.run(path, config("archive.cells=[20]"))
    whole = tmp_path / "whole.run"
    driver.run(whole, config("archive.cells=[20]"))
    assert digest(path) == digest(whole)


def test_used_up_memory_is_told_as_such(config, tmp_path, monkeypatch):
    def allocate(*_):
        raise MemoryError("8 GiB")

    monkeypatch.setattr(Writer, "commit", allocate)
    with pytest.raises(Resources, match="memory is used up"):
        driver.run(tmp_path / "m.run", config())


def test_a_copy_taken_between_generations_is_a_run_of_its_own(straight, config, tmp_path):
    copy = tmp_path / "copy.run"
    shutil.copy(straight, copy)
    for path in (straight, copy):
        driver.run(path, driver.load_config(path, 15))
    assert digest(copy) == digest(straight)


def test_a_kind_of_learner_whose_bits_depend_on_the_cpu_is_said_at_the_start(config, tmp_path):
    for kind, expected in (("es", []), ("snes", [learners.kind(Snes()).NOTE])):
        said = []
        chosen = config("generations=1", f"learner.kind={kind}")
        driver.run(tmp_path / f"{kind}.run", chosen, threads=1, say=said.append)
        assert [sentence for sentence in said if "learner" in sentence] == expected
