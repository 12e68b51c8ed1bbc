"""What authors brought to a run, on files whose rows were written by hand."""

import json
from dataclasses import replace

import numpy as np
import pytest

import openended
from openended.core.measures.milestones import Milestone
from openended.core.measures.potentials import Potentials
from openended.core.offers import Taken
from openended.core.types import Changes, Counters, Score, Task, Transfer
from openended.file.errors import Damaged
from openended.file.snapshot import snapshot
from openended.file.writer import Writer, create
from openended.view.export import export
from openended.view.people import report
from openended.view.people.authors import annecs
from openended.view.people.learning import difference, gains, matched
from openended.view.people.sent import sent
from openended.view.people.votes import votes
from openended.view.report import figures
from openended.view.report.page import report as page
from tests.support.point import Errand
from tests.view.conftest import CELLS, agents, changes, pair, settings

SCORE = 120.0
"""Of every task at admission; the criterion's width is 250."""


def task(id, maker="mutation", parent=0, generation=1, outcome="admitted", score=SCORE):
    place = (id + 0.5, 0.05)
    return Task(id, Errand(id + 0.5, 0.0, 0.05), parent, generation, place, id * CELLS[1], outcome, score, maker)


def offered(name, author, outcome, task=-1, kind="task", payload=None, **found):
    payload = {"task": "", "from": None, "beat": None, "hints": []} if payload is None else payload
    return Taken(1, kind, f"{name:064x}", author, outcome, task, found, payload)


def said(name, author, kind, about, outcome="counted", verdict="yes"):
    payload = {"task": about} | ({"actions": []} if kind == "witness" else {"verdict": verdict, "reason": ""})
    return offered(name, author, outcome, kind=kind, payload=payload)


@pytest.fixture
def write(point, tmp_path):
    """Writes a run: the first task, then one generation that has all the rows."""

    def write(tasks=(), offers=(), milestones=(), best=(), transfers=(), potentials=()):
        path = tmp_path / "people.run"
        path.unlink(missing_ok=True)
        create(path, "made", settings(CELLS), {})
        fitness = dict(best)
        pairs = tuple(
            pair(each.id, each.niche, fitness.get(each.id, SCORE)) for each in tasks if each.outcome == "admitted"
        )
        with Writer(path) as run:
            run.commit(changes(0, (task(0, "first", -1, 0),), (pair(0, 0, 100.0),)), seconds=1.0)
            rows = {"transfers": transfers, "offers": offers, "milestones": milestones, "potentials": potentials}
            made = Changes(1, tuple(tasks), pairs, **agents(pairs, 1), counters=Counters(evaluations=9))
            run.commit(replace(made, **rows), seconds=1.0)
        return path

    return write


def found(path, author):
    return next(each for each in report.report(path)["authors"] if each["author"] == author)


def test_the_funnel_counts_how_far_tasks_got(write):
    offers = (
        offered(1, "ann", "admitted", 1, score=SCORE, novelty=0.5, env_steps=7, tried=4, solved=1),
        offered(2, "ann", "parked"),
        offered(3, "ann", "duplicate", 2),
        offered(4, "ann", "invalid: no errand"),
        offered(5, "ann", "too easy", 3),
        offered(6, "ann", "parked"),
        offered(7, "ann", "admitted", 4, kind="again", payload={"offer": f"{2:064x}"}, env_steps=5, novelty=0.1),
        offered(8, "", "invalid: it is not JSON", kind="unknown"),
    )
    tasks = (task(1, "person"), task(2, "person", outcome="duplicate"), task(3, "person", outcome="too easy"), task(4))
    path = write((*tasks, task(5), task(6, outcome="too hard")), offers, best=[(4, 250.0)])
    ann, machine = found(path, "ann"), found(path, "machine")
    assert ann["funnel"] == {
        "sent": 6, "valid": 5, "new": 4, "learnable": 1, "parked": 2, "admitted": 2, "solved": 1
    }  # fmt: skip
    assert ann["outcomes"] == {"admitted": 2, "duplicate": 1, "invalid": 1, "parked": 1, "too easy": 1}
    assert (ann["kind"], ann["env_steps"], ann["novelty"], ann["spread"]) == ("person", 12, pytest.approx(0.3), 3 / 16)
    assert machine["funnel"] | {"solved": 0} == {
        "sent": 4, "valid": 4, "new": 4, "learnable": 3, "parked": 0, "admitted": 3, "solved": 0
    }  # fmt: skip
    assert report.report(path)["unread"] == 1
    assert "1 files in the inbox were no offers." in report.text(report.report(path))


def test_an_attempt_counts_as_verified_if_something_solves_it_or_two_others_say_so(write):
    offers = [offered(number, "ann", "niche taken", beaten=True, target=3.0, moved=False) for number in range(8)]
    offers[1] = replace(offers[1], found=offers[1].found | {"solved": 2, "tried": 9})
    offers[2] = replace(offers[2], outcome="admitted", task=1)
    offers[7] = replace(offers[7], found={"beaten": False, "target": 250.0, "moved": False})
    names = [offer.name for offer in offers]
    offers += [
        said(20, "bob", "witness", names[0], "verified"),
        said(21, "bob", "witness", names[3], "refuted"),
        said(22, "bob", "check", names[3]),
        said(23, "cid", "check", names[3]),
        said(24, "bob", "check", names[4]),
        said(25, "ann", "check", names[4]),  # her own
        said(26, "bob", "check", names[5], verdict="no"),
        said(27, "cid", "check", names[5], verdict="no"),
        said(28, "bob", "check", names[6]),
        said(29, "cid", "check", names[6], verdict="no"),
        said(30, "dan", "check", names[6]),
        offered(31, "eve", "niche taken"),  # no attempt
    ]
    path = write((task(1, "person"),), offers, best=[(1, 240.0)])
    ann = found(path, "ann")
    assert (ann["attempts"], ann["beaten"], ann["verified"], ann["refuted"]) == (8, 7, 4, 1)
    assert [each.verified for each in sent(snapshot(path), offers)][:8] == [True] * 4 + [False] * 4
    assert ann["mer"]["value"] == 7 / 8
    assert ann["vmer"]["low"] == pytest.approx(0.2152, abs=1e-4)
    assert (found(path, "eve")["attempts"], found(path, "eve")["mer"]) == (0, None)
    assert "88% [53, 98]" in report.text(report.report(path))


def test_learning_potential_is_the_gain_in_units_of_the_criterion_beside_tasks_of_the_search_that_match(write):
    makers = ["person"] * 2 + ["mutation"] * 4
    tasks = [task(id, maker) for id, maker in enumerate(makers, 1)]
    tasks[4:] = [task(5, score=200.0), task(6, generation=1, outcome="too hard")]
    milestones = [
        Milestone(1, id, steps, SCORE + gain * steps)
        for id, gain in {1: 2.5, 2: 1.0, 3: 0.5, 4: 1.5, 5: 9.0}.items()
        for steps in (10, 30)
    ]
    path = write(tasks, [offered(id, "ann", "admitted", id) for id in (1, 2)], milestones)
    view = snapshot(path)
    gained = gains(view)
    assert gained[30] == {1: 0.3, 2: 0.12, 3: 0.06, 4: 0.18, 5: pytest.approx((SCORE + 270 - 200) / 250)}
    assert gained[100] == {}
    beside = matched(view, [1, 2], gained[30])
    assert beside["value"] == pytest.approx(0.21 - 0.12)
    assert (beside["tasks"], beside["enough"]) == (2, False)
    assert beside["low"] <= beside["value"] <= beside["high"]
    assert found(path, "ann")["learning_potential"]["30"]["value"] == pytest.approx(0.21)
    assert "prove nothing" in report.text(report.report(path))
    assert matched(view, [6], gained[30]) is None


def test_what_differs_in_pairs_is_resampled_in_pairs():
    ours = [0.1 * place for place in range(40)]
    found = difference(np.array(ours), np.array(ours) - 1)
    assert (found.value, found.low, found.high) == pytest.approx((1, 1, 1))


def test_in_a_curriculum_the_steps_are_visits_on_which_the_learner_was_trained(write):
    visits = [Potentials(1, 1, trained, float(number), 0.0, {}) for number in range(12) for trained in (True, False)]
    path = write((task(1, "person"),), [offered(1, "ann", "admitted", 1)], potentials=tuple(visits))
    assert gains(snapshot(path))[10] == {1: (9.0 - SCORE) / 250}


def test_where_agents_and_tasks_went(write):
    tasks = (task(1, "person"), task(2, parent=1), task(3, parent=2), task(4), task(5, "person", parent=3))
    moves = [
        Transfer(1, source, 0, "direct", 1.0, 0.0, accepted) for source, accepted in ((1, True), (1, False), (2, True))
    ]
    path = write(tasks, [offered(id, "ann", "admitted", id, beaten=True) for id in (1, 5)], transfers=moves)
    ann = found(path, "ann")
    assert (ann["transfers_out"], ann["descendants"], ann["niches_opened"]) == (1, 2, 2)
    assert ann["distance"] == pytest.approx((1 / 8 + 2 / 8) / 2)


def test_the_annecs_of_all_tasks_are_the_runs(grown_toy, point):
    view = snapshot(grown_toy(12))
    assert annecs(view, set(view.tasks)) == view.metrics["annecs"] > 0


def test_what_an_agent_had_mastered_before_adds_nothing_to_annecs(write):
    tasks = tuple(task(id, "person") for id in (1, 2, 3))
    best = [(id, 240.0) for id in (1, 2, 3)]
    view = snapshot(write(tasks, [offered(id, "ann", "admitted", id) for id in (1, 2, 3)], best=best))
    high = view.config["criterion"]["high"]
    gone = {id: replace(view.state.pairs[id], retired=retired) for id, retired in ((0, 0), (2, 1))}
    scores = (Score(1, 0, 2, high + 1), Score(1, 0, 3, high), Score(1, 2, 1, high + 1))  # 2 retired when 1 was there
    view = replace(view, state=replace(view.state, pairs=view.state.pairs | gone), scores=scores)
    assert [annecs(view, {id}) for id in (1, 2, 3)] == [1, 0, 1]
    assert annecs(view, {1, 2, 3}) == 2


def vote(number, author, left, right, choice):
    return offered(number, author, "counted", kind="vote", payload={"left": left, "right": right, "choice": choice})


def test_votes_tell_how_sure_and_of_one_mind_their_authors_are(write):
    given = [
        vote(1, "ann", 0, 1, "right"),
        vote(2, "ann", 1, 0, "left"),
        vote(3, "bob", 0, 1, "left"),
        vote(4, "bob", 0, 2, "equal"),
        vote(5, "ann", 0, 2, "none"),
    ]
    path = write((task(1), task(2)), given)
    assert votes(snapshot(path), given) == {
        "votes": 5, "guesses": 0, "guessed": None, "ties": 0.2,
        "undecided": 0.2, "left": 2 / 3, "newer": 2 / 3, "harder": 2 / 3, "same_again": 1.0,
        "agreement": 0.0,
    }  # fmt: skip
    assert "5 votes: equal 20%, cannot say 20%, left side 67%" in report.text(report.report(path))
    assert votes(snapshot(path), []) is None


def test_votes_of_one_mind_can_be_foretold_and_those_of_no_mind_cannot(write):
    stream = np.random.default_rng(1)
    tasks = tuple(task(id) for id in range(1, 7))
    pairs = [stream.choice(7, 2, replace=False).tolist() for _ in range(90)]
    easy = [vote(n, "ann", left, right, "left" if left < right else "right") for n, (left, right) in enumerate(pairs)]
    coin = [vote(n, "ann", *pair, stream.choice(["left", "right", "equal"])) for n, pair in enumerate(pairs)]
    found = votes(snapshot(write(tasks, easy)), easy)
    assert (found["guesses"], found["guessed"] > 0.95, found["newer"]) == (80, True, 0.0)
    found = votes(snapshot(write(tasks, coin)), coin)
    assert 40 < found["guesses"] < 70
    assert 0.25 < found["guessed"] < 0.75


def test_a_run_without_offers_has_the_machine_alone_and_no_section_in_the_report(write, tmp_path, monkeypatch):
    monkeypatch.setattr(figures, "others", lambda view: {})
    path = write((task(1),))
    assert [each["author"] for each in report.report(path)["authors"]] == ["machine"]
    assert "<h2>People</h2>" not in page(path, tmp_path / "none.html").read_text()
    path = write((task(1, "person"),), [offered(1, "control-<b>", "admitted", 1, beaten=True)])
    text = page(path, tmp_path / "some.html").read_text()
    assert "<h2>People</h2>" in text
    assert "control-&lt;b&gt;" in text
    json.dumps(report.report(path), allow_nan=False)


@pytest.mark.parametrize(
    "row",
    [
        offered(1, "ann", "parked", payload={}),
        offered(1, "ann", "counted", kind="vote", payload={"left": []}),
        offered(1, "ann", "x", kind="again", payload={}),
    ],
)
def test_a_hostile_file_is_damaged(write, row):
    with pytest.raises(Damaged, match="cannot be read"):
        report.report(write((task(1, "person"),), [row]))


def test_tables_and_exported_inputs_hold_the_offers(write, tmp_path):
    path = write((task(1, "person"),), [offered(1, "ann", "admitted", 1, score=0.5)], [Milestone(1, 1, 10, 130.0)])
    run = openended.open(path)
    assert run.table("offers")["outcome"] == ["admitted"]
    assert json.loads(run.table("offers")["found"][0]) == {"score": 0.5}
    assert run.table("milestones") == {"generation": [1], "task": [1], "steps": [10], "fitness": [130.0]}
    folder = export(path, tmp_path / "out", ["inputs"])
    (line,) = (folder / "inputs.jsonl").read_text().splitlines()
    assert json.loads(line)["name"] == f"{1:064x}"
