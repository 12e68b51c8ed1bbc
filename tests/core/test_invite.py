"""What becomes of offers, by hand: every return is written down beforehand (`tests.support.scripted`)."""

from dataclasses import replace
from hashlib import sha256

import numpy as np
import pytest

from openended.core import population
from openended.core.algorithms.map_elites import Params, rules
from openended.core.criterion import Bounds
from openended.core.generation import Generation
from openended.core.hosts import of_pairs
from openended.core.invite import ROOM, House, receive
from openended.core.means import Means
from openended.core.niches import Niches
from openended.core.offers import Offer, Standing
from openended.core.reproduction import Making, Reproduction
from openended.core.selection import Population
from openended.core.settings import People
from openended.core.states import after
from openended.core.transfer import Exchange
from openended.envs.api import Trace
from tests.support.altered import altered
from tests.support.scripted import HOPELESS, Script, agents, best_agents, generation, outcomes, scripted

PARAMS = Params(
    archive=Niches(cells=(10,)),
    criterion=Bounds(50, 300, 230),
    reproduction=Making(every=5, neighbours=1, novelty_neighbours=1),
    people=People(tasks=3, patience=2),
)
MARKS = [sha256(np.full(4, id, "<f4").tobytes()).hexdigest()[:16] for id in range(3)]


def named(name):
    return sha256(str(name).encode()).hexdigest()


def offered(place, name=None, author="ann", **others):
    """A task at a place of the line."""
    payload = {"task": place, "from": None, "beat": None, "hints": []} | others
    return Offer(named(place if name is None else name), "task", author, payload)


def made(returns, params=PARAMS, places=(0, 2, 12), best=(250.0, 120.0, 240.0), domain=None):
    """Generation 10 of pairs at `places`, each in the niche where it lies."""
    niches = [place // 2 for place in places]
    return generation(params, places, best, returns, niche=niches, domain=domain)


def invite(ours, *offers, every=5):
    """What became of the offers, by the place of a task or the kind."""
    ordered = sorted(offers, key=lambda offer: offer.name)
    receive(ours, ordered, House(of_pairs(rules(ours)), every))
    return {
        row.payload["task"] if row.kind == "task" and row.payload else row.kind: row for row in ours.changes().offers
    }


def test_a_task_that_can_be_learnt_is_admitted_with_the_agent_that_does_best_on_it():
    ours = made({(5, 0): 60.0, (5, 1): 80.0, (5, 2): 70.0})
    row = invite(ours, offered(5, **{"from": 1, "hints": [6, 9]}))[5]
    assert (row.outcome, row.task, row.author, row.generation) == ("admitted", 3, "ann", 10)
    assert row.found == {
        "score": 80.0, "source": 1, "tried": 2, "solved": 0, "novelty": 0.15, "env_steps": 2
    }  # fmt: skip
    (task,) = ours.changes().tasks
    assert (task.genome, task.parent, task.maker, task.outcome, task.score) == (5, 1, "person", "admitted", 80.0)
    assert agents(ours)[3] == best_agents(ours)[3] == 1
    pair = ours.pair(3)
    assert (pair.niche, pair.origin, pair.best_fitness, pair.active, pair.admitted) == (2, 1, 80.0, True, 10)


def test_the_agents_that_are_tried_are_the_parent_s_those_hinted_at_and_the_nearest_each_once():
    ours = made({})
    invite(ours, offered(5, **{"from": 6, "hints": [6, 0, 8]}))
    assert ours.means.executor.played == [(5, 2), (5, 0), (5, 1)]


@pytest.mark.parametrize(
    ("best", "outcome"), [(50.0, "admitted"), (300.0, "admitted"), (49.0, "parked"), (301.0, "too easy")]
)
def test_the_criterion_is_that_of_the_search_s_own_tasks(best, outcome):
    ours = made({(5, 1): best})
    assert invite(ours, offered(5))[5].outcome == outcome
    assert outcomes(ours) == ({} if outcome == "parked" else {5: outcome})


def test_a_task_that_is_there_is_a_duplicate_and_one_in_a_held_niche_sends_its_agents_to_the_holder():
    ours = made({(12, 0): 245.0})
    rows = invite(ours, offered(2), offered(13, **{"from": 0}))
    assert (rows[2].outcome, rows[13].outcome) == ("duplicate", "niche taken")
    assert outcomes(ours) == {2: "duplicate", 13: "niche taken"}
    (visit,) = ours.changes().transfers
    assert (visit.source, visit.target, visit.fitness, visit.accepted) == (0, 2, 245.0, True)
    assert ours.pair(2).origin == 0


def test_without_transfer_nobody_visits():
    ours = made({(12, 0): 245.0}, replace(PARAMS, transfer=Exchange(every=0)))
    assert invite(ours, offered(13, **{"from": 0}))[13].outcome == "niche taken"
    assert ours.changes().transfers == ()


def test_one_task_is_admitted_in_a_generation_and_those_behind_it_wait():
    ours = made({(5, 1): 100.0, (7, 1): 100.0, (9, 2): 100.0})
    offers = [offered(place) for place in (5, 7, 9)]
    first = min(offers, key=lambda offer: offer.name)
    assert [row.name for row in invite(ours, *offers).values()] == [first.name]
    assert len(ours.changes().tasks) == 1


def test_people_s_tasks_are_numbered_after_the_machine_s():
    ours = made({(5, 1): 100.0, (19, 0): HOPELESS})
    child = replace(ours.task(0), id=3, genome=19, outcome="too hard")
    ours.add(child)
    assert invite(ours, offered(5))[5].task == 4


def test_a_target_is_tried_once_and_it_is_told_whether_it_is_the_agent_that_was_seen():
    ours = made({(5, 0): 100.0, (5, 1): 240.0, (2, 1): 240.0})
    beat = {"niche": 0, "agent": MARKS[0]}
    other = offered(2, beat={"niche": 1, "agent": MARKS[0]}, hints=[6])
    rows = invite(ours, offered(5, beat=beat), other)
    assert {name: rows[5].found[name] for name in ("target", "beaten", "moved", "solved")} == {
        "target": 100.0,
        "beaten": True,
        "moved": False,
        "solved": 1,
    }
    found = rows[2].found
    assert (rows[2].outcome, found["beaten"], found["moved"]) == ("duplicate", False, True)
    assert (found["tried"], found["solved"]) == (1, 0)


def test_a_target_in_an_empty_niche_is_told():
    row = invite(made({}), offered(5, beat={"niche": 9, "agent": MARKS[0]}))[5]
    assert (row.found["target"], row.found["beaten"], row.found["moved"]) == (None, None, True)


@pytest.mark.parametrize("task", [None, {"x": 1}, "[", [], 1e300])
def test_what_is_no_task_of_the_domain_is_invalid_and_nothing_is_raised(task):
    ours = made({})
    receive(ours, [offered(task)], House(of_pairs(rules(ours)), 5))
    (row,) = ours.changes().offers
    assert row.outcome.startswith("invalid: ")
    assert outcomes(ours) == {}


def test_what_the_inbox_could_not_read_is_recorded_as_that():
    ours = made({})
    receive(ours, [Offer(named(0), "unknown", "", None, "it is not JSON")], House(of_pairs(rules(ours)), 5))
    (row,) = ours.changes().offers
    assert (row.kind, row.outcome, row.payload) == ("unknown", "invalid: it is not JSON", None)


def test_a_search_without_a_place_for_tasks_refuses_them():
    ours = made({})
    receive(ours, [offered(5)], House(None, 0))
    assert ours.changes().offers[0].outcome == "refused: this search takes no tasks from outside"


class Runs:
    """One generation after another, each with the returns that are given."""

    def __init__(self, params=PARAMS):
        first = made({}, params)
        self.params, self.state, self.means = params, first.before, first.means
        self.state = replace(self.state, generation=4)

    def next(self, returns, *offers):
        ours = Generation(Means(self.params, self.means.domain, 1, Script(returns)), self.state)
        rows = invite(ours, *offers)
        self.state = after(self.state, ours.changes())
        return rows

    def skip(self, generation):
        self.state = replace(self.state, generation=generation - 1)


def test_what_is_too_hard_is_parked_and_judged_again_at_reproductions_until_somebody_can_learn_it():
    run = Runs()
    assert run.next({}, offered(5))[5].outcome == "parked"
    assert run.next({(5, 1): 100.0}) == {}  # generation 6: no reproduction
    run.skip(10)
    row = run.next({(5, 1): 100.0})["again"]
    assert (row.outcome, row.task, row.payload, row.author) == ("admitted", 3, {"offer": named(5)}, "ann")
    assert row.name != named(5)
    assert run.state.tasks[3].generation == 10
    assert run.state.parked == frozenset()
    standing = run.state.offered[named(5)]
    assert (standing.outcome, standing.task, standing.judged, standing.again) == ("admitted", 3, 10, 1)


def test_patience_ends():
    run = Runs()
    run.next({}, offered(5))
    for number, outcome in ((10, "parked"), (15, "too hard")):
        run.skip(number)
        assert run.next({})["again"].outcome == outcome
    run.skip(20)
    assert run.next({(5, 1): 100.0}) == {}
    assert Runs(replace(PARAMS, people=People(patience=0))).next({}, offered(5))[5].outcome == "too hard"


def test_a_parked_task_whose_niche_was_taken_meanwhile_is_told_so():
    run = Runs()
    run.next({}, offered(5))
    run.next({(4, 1): 100.0}, offered(4))
    run.skip(10)
    assert run.next({(5, 1): 100.0})["again"].outcome == "niche taken"


def test_those_judged_longest_ago_come_first_as_many_as_may_be_judged():
    run = Runs()
    run.next({}, *(offered(place) for place in (5, 7, 9)))
    run.next({}, *(offered(place) for place in (15, 17, 19)))
    run.skip(10)
    before = run.state
    run.next({})
    again = {name for name, each in run.state.offered.items() if each.judged == 10}
    assert again == {named(place) for place in (5, 7, 9)}
    assert before.parked == run.state.parked


def test_there_is_room_for_so_many_parked_tasks():
    run = Runs()
    offer = offered(5, "other")
    full = {named(f"x{i}"): Standing(replace(offer, name=named(f"x{i}")), "parked", -1, 3, 0) for i in range(ROOM)}
    run.state = replace(run.state, generation=5, offered=full, parked=frozenset(full))
    assert run.next({}, offered(7))[7].outcome == "too hard"


def withdraw(name, author="ann"):
    return Offer(named(f"w{name}{author}"), "withdraw", author, {"offer": named(name)})


def test_an_author_can_withdraw_what_is_parked_or_comes_with_it():
    run = Runs()
    rows = run.next({(7, 1): 100.0}, offered(5), offered(7), withdraw(7))
    assert (rows[5].outcome, rows[7].outcome, rows["withdraw"].outcome) == ("parked", "withdrawn", "withdrawn")
    assert run.next({}, withdraw(5, "bob"))["withdraw"].outcome == "unknown"
    assert run.next({}, withdraw(5))["withdraw"].outcome == "withdrawn"
    assert run.state.parked == frozenset()
    assert run.next({}, Offer(named("again"), "withdraw", "ann", {"offer": named(5)}))["withdraw"].outcome == "unknown"
    run.skip(10)
    assert run.next({(5, 1): 100.0}) == {}


def test_votes_count_for_two_tasks_with_pairs():
    def vote(left, right):
        offer = Offer(named("v"), "vote", "ann", {"left": left, "right": right, "choice": "left"})
        return invite(made({}), offer)["vote"].outcome

    assert [vote(0, 1), vote(1, 1), vote(0, 3), vote(9, 0)] == ["counted", "unknown", "unknown", "unknown"]


class Walk:
    """An episode on the line: each action is a step, and the place is the way to go."""

    def __init__(self, place, key):
        self.left, self.rewards = place, []

    @property
    def over(self):
        return self.left == 0

    def step(self, action):
        self.left -= action
        self.rewards.append(20.0)
        return 20.0

    def trace(self):
        count = len(self.rewards)
        return Trace(np.array(self.rewards), np.zeros((count, 1), np.float32), np.ones(count, np.int64), {}, {})


DOMAIN = scripted()
ACTIVE = altered(DOMAIN, simulator={"begin": Walk, "actions": replace(DOMAIN.simulator.actions, discrete=True)})


@pytest.mark.parametrize(
    ("task", "actions", "outcome"),
    [
        (2, [1] * 20, "verified"),
        (2, [1] * 5, "refuted"),
        (named(15), [1] * 20, "verified"),
        (2, [5], "invalid: action 0 is 5"),
        (2, [[]], "invalid: action 0 is []"),
        (9, [1], "unknown"),
        (named("nothing"), [1], "unknown"),
    ],
)
def test_a_witness_is_played_once_more(task, actions, outcome):
    witness = Offer(named("w"), "witness", "bob", {"task": task, "actions": actions})
    ours = made({}, domain=ACTIVE)
    row = invite(ours, offered(15), witness)["witness"]
    assert row.outcome.startswith(outcome)
    if outcome == "verified":
        assert row.found == {"return": 240.0 if task == 2 else 300.0, "steps": 12 if task == 2 else 15}
        assert ours.counters.evaluations == 1 + 1  # the nearest agent's, and the witness's
    assert invite(made({}), offered(15), witness)["witness"].outcome in ("unverified", "unknown")


def test_a_check_counts_for_a_task_that_is_known():
    def check(task):
        return Offer(named("c"), "check", "bob", {"task": task, "verdict": "yes", "reason": ""})

    assert invite(made({}), check(2))["check"].outcome == "counted"
    assert invite(made({}), check(9))["check"].outcome == "unknown"
    rows = invite(made({(5, 1): 100.0}), offered(5), check(named(5)))
    assert (rows["check"].outcome, rows["check"].task) == ("counted", rows[5].task)


POET = population.Params(
    archive=Niches(cells=(10,)),
    criterion=Bounds(50, 300, 230),
    reproduction=Reproduction(every=5, novelty_neighbours=1),
    active=Population(count=3),
)


def test_in_a_population_the_oldest_gives_way_and_niches_do_not_matter():
    ours = made({(13, 0): 10.0, (13, 2): 100.0}, POET)
    receive(ours, [offered(13)], population.house(ours))
    (row,) = ours.changes().offers
    assert (row.outcome, row.found["source"]) == ("admitted", 2)
    assert [ours.pair(task).active for task in range(4)] == [False, True, True, True]
    assert ours.pair(0).retired == 10
    receive(ours, [offered(12, "b")], population.house(ours))
    assert {row.outcome for row in ours.changes().offers} == {"admitted", "duplicate"}
