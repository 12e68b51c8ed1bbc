"""Runs whose specification grows: at given generations, and on trial."""

import json
import tomllib

import pytest

from openended import envs
from openended.file import backup
from openended.file.difference import difference
from openended.file.errors import Owned, Resources, Usage
from openended.file.reader import Reader
from openended.file.trials import beside, trials
from openended.file.verify import verify
from openended.file.writer import Writer
from openended.run import driver, recipe
from openended.view import status
from tests.support import winds

GENERATIONS = 24
"""A trial is kept at generation 7 to 11, one is refused after 17."""
ALWAYS = {"first": "wind 0.3", "stall": 2, "trial": 2, "pause": 2}
"""Settings of trials that are all refused."""


@pytest.fixture(autouse=True)
def registered(monkeypatch):
    monkeypatch.setitem(envs.DOMAINS, "winds-v1", "tests.support.winds:WINDS")


def wanted(generations=GENERATIONS, **specification):
    tree = tomllib.loads(winds.SETTINGS) | {"generations": generations}
    tree["specification"] = tree["specification"] | specification
    return recipe.check(tree, "winds", "winds.toml")


def found(path):
    """The digest, and the trials."""
    assert verify(path) == []
    with Reader(path) as run:
        return run.digest, trials(run)


@pytest.fixture(scope="module")
def straight(tmp_path_factory):
    """The run that was never stopped, its digest and its trials."""
    path = tmp_path_factory.mktemp("winds") / "straight.run"
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(envs.DOMAINS, "winds-v1", "tests.support.winds:WINDS")
        driver.run(path, wanted(), threads=1)
        return path, *found(path)


def test_a_kept_trial_gives_the_run_in_which_the_version_opened_there_and_refused_ones_leave_no_trace(
    straight, tmp_path
):
    path, digest, over = straight
    kept, *refused = over
    assert (kept.version, kept.begun, kept.ended, kept.kept) == ("wind 0.3", 7, 11, True)
    assert kept.solved >= 1
    assert [(each.version, each.begun, each.kept) for each in refused] == [("wind 0.45", 17, False)]
    assert all(each.env_steps > 0 for each in over)
    driver.run(tmp_path / "at.run", wanted(grow="at", at=[8]), threads=2)
    assert difference(path, tmp_path / "at.run") == ""
    assert found(tmp_path / "at.run") == (digest, [])
    assert not beside(path).exists()


def test_a_run_whose_trials_are_all_undone_has_the_digest_of_one_that_never_tried(tmp_path):
    tried, never = tmp_path / "tried.run", tmp_path / "never.run"
    driver.run(tried, wanted(10, **ALWAYS), threads=1)
    driver.run(never, wanted(10, grow="never", first="wind 0.3"), threads=1)
    digest, over = found(tried)
    assert over
    assert not any(trial.kept for trial in over)
    assert found(never) == (digest, [])


def of_a_shared_learner(generations, **specification):
    """One agent for all tasks, which hardly learns in so few steps: its trials are refused."""
    tree = {key: value for key, value in tomllib.loads(winds.SETTINGS).items() if key not in winds.OF_PAIRS}
    tree |= {"algorithm": "curriculum", "generations": generations, "source": {"count": 8}}
    tree |= {"learner": {"kind": "es", "population": 32, "learning_rate": 0.1}, "policy": {"hidden": [4]}}
    tree |= {"potential": {"kind": "learnability"}, "replay": {"probability": 0.5, "capacity": 8, "batch": 4}}
    tree["specification"] = tree["specification"] | specification
    return recipe.check(tree, "winds", "winds.toml")


def test_a_refused_trial_of_a_shared_learner_gives_back_the_agent_of_before(tmp_path):
    tried, never, said = tmp_path / "tried.run", tmp_path / "never.run", []
    for generations in (7, 20):  # the first time within the trial
        driver.run(tried, of_a_shared_learner(generations), threads=1, say=said.append)
    assert any("goes on when the run gets more generations" in message for message in said)
    driver.run(never, of_a_shared_learner(20, grow="never"), threads=2)
    digest, over = found(tried)
    assert [(each.begun, each.ended, each.kept) for each in over] == [(5, 9, False), (13, 17, False)]
    assert all(each.older >= each.before > each.after for each in over)
    assert found(never) == (digest, [])


class Killed(Exception):
    """The process ends here."""


def test_killed_before_and_after_every_write_and_resumed_all_is_as_in_the_straight_run(straight, tmp_path, monkeypatch):
    path, writes, last = tmp_path / "killed.run", {"left": 0, "before": True}, None

    def mortal(method):
        def call(self, *arguments, **named):
            writes["left"] -= 1
            if writes["left"] == 0 and writes["before"]:
                raise Killed
            done = method(self, *arguments, **named)
            if writes["left"] == 0:
                raise Killed
            return done

        return call

    for name in ("commit", "adopt", "note"):
        monkeypatch.setattr(Writer, name, mortal(getattr(Writer, name)))
    for number in range(200):
        writes |= {"left": 3, "before": number % 2 == 0}  # two writes, and death at the third
        try:
            last = driver.run(path, wanted(), threads=1 + number % 2)
            break
        except Killed:
            assert verify(path) == []
    assert last is not None
    assert number >= GENERATIONS / 2
    assert found(path) == straight[1:]
    assert not beside(path).exists()


@pytest.mark.slow
def test_a_budget_that_ends_within_a_trial_leaves_it_to_be_gone_on_with(straight, tmp_path):
    path, said = tmp_path / "short.run", []
    for generations in (9, 10, 18, GENERATIONS):
        state = driver.run(path, wanted(generations), threads=1, say=said.append)
        assert state.generation == {9: 7, 10: 7, 18: 17}.get(generations, GENERATIONS)
        report = status.report(path)
        assert report["trial"] == {9: 9, 10: 10, 18: 18}.get(generations)
        assert "specification" in status.text(report)
    assert found(path) == straight[1:]
    assert any("goes on when the run gets more generations" in message for message in said)
    assert (report["specification"], report["trials_kept"], report["trials_refused"]) == (2, 1, 1)
    json.dumps(report)


@pytest.mark.slow
@pytest.mark.parametrize("spoilt", ["damaged", "of before"])
def test_a_copy_that_does_not_fit_is_made_again(straight, tmp_path, spoilt):
    path = tmp_path / "spoilt.run"
    driver.run(path, wanted(9), threads=1)
    if spoilt == "damaged":
        beside(path).write_bytes(b"no run file" * 1000)
    else:
        driver.run(tmp_path / "other.run", wanted(5), threads=1)
        backup.copy(tmp_path / "other.run", beside(path), owned=False)
    driver.run(path, wanted(), threads=1)
    assert found(path) == straight[1:]


@pytest.mark.slow
def test_a_full_disk_leaves_a_run_that_goes_on_with_the_same_bits(straight, tmp_path, monkeypatch):
    path, full = tmp_path / "full.run", {"adopt", "copy"}

    def failing(name, method):
        def call(*arguments, **named):
            if name in full:
                full.remove(name)
                raise Resources("No space is left")
            return method(*arguments, **named)

        return call

    monkeypatch.setattr(Writer, "adopt", failing("adopt", Writer.adopt))
    monkeypatch.setattr(backup, "copy", failing("copy", backup.copy))
    for _ in range(2):
        with pytest.raises(Resources):
            driver.run(path, wanted(), threads=1)
    driver.run(path, wanted(), threads=1)
    assert found(path) == straight[1:]


def test_a_second_process_is_refused_during_a_trial_and_one_that_steals_it_ends_the_first(tmp_path):
    path = tmp_path / "owned.run"

    def other(state, changes, timing):
        if beside(path).exists():
            with pytest.raises(Owned):
                driver.run(path, wanted(), threads=1)
            with Writer(path, steal=True):
                pass

    with pytest.raises(Owned):
        driver.run(path, wanted(), threads=1, observe=other)
    assert found(path)[1] == []


def test_settings_of_a_specification_are_part_of_the_run_file_and_cannot_change(straight):
    with pytest.raises(driver.Damaged, match=r"specification.stall is 3 there and 4 here"):
        driver.run(straight[0], wanted(stall=4))


def test_events_that_are_no_trials_are_refused(straight, tmp_path):
    path = tmp_path / "odd.run"
    backup.copy(straight[0], path, owned=False)
    with Writer(path) as file:
        file.note("trial", version="wind 0.3")
    with Reader(path) as run, pytest.raises(driver.Damaged):
        trials(run)


def test_a_curriculum_from_outside_makes_no_trials(tmp_path):
    from openended import Curriculum

    settings = winds.SETTINGS.replace("[archive]", 'algorithm = "curriculum"\n[archive]').split("[reproduction]")[0]
    (tmp_path / "winds.toml").write_text(settings + "\n[specification]\n")
    with pytest.raises(Usage, match='takes "at", "never" or "all"'):
        Curriculum(str(tmp_path / "winds.toml"), file=tmp_path / "outside.run")
