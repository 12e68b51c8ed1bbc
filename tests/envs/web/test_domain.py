"""What a session of `web-v1` gives, and its pictures; the contract itself is tested with that of all domains."""

import numpy as np
import pytest

from openended.envs.api import Queue
from openended.envs.web.browser.render import render
from openended.envs.web.domain import WEB
from openended.envs.web.simulation.see import NAMED, WHOLE
from openended.envs.web.sites.limits import REQUESTS
from openended.envs.web.sites.mutation import mutate
from openended.envs.web.sites.task import first_task


def grown(length):
    site = first_task()
    for key in range(length):
        site = mutate(site, key)
    return site


def run(sites, agents, cap=40 * REQUESTS, stall=0):
    which = np.array([(i, i) for i in range(len(sites))], np.int32)
    prepared = WEB.simulator.prepare(sites)
    keys = np.zeros(len(sites), np.uint64)
    queue = Queue(prepared, WEB.policies.default, np.stack(agents), which, keys, cap, stall)
    WEB.simulator.rollouts(queue)
    return queue


def linear(**weights):
    """An agent that scores candidates by some of their features alone: 0.01 w x goes through both layers of tanh."""
    agent = np.zeros(WEB.policies.default.parameters, np.float32)
    for place, weight in weights.items():
        agent[int(place[1:]) * 24] = 0.01 * weight
    agent[48 * 24 + 24] = 1.0
    agent[48 * 24 + 24 + 24 * 12 + 12] = 1.0
    return agent


def test_who_reads_the_request_does_the_first_task_and_who_does_not_fails_half_of_it():
    reads, guesses = linear(**{f"f{NAMED + 2}": 1.0}), linear()
    queue = run([first_task(), first_task()], [reads, guesses])
    assert queue.facts["success"][0] == REQUESTS
    assert queue.facts["finished"].tolist() == [True, False]
    assert queue.returns[0] == 300.0 - 0.25
    assert 0 < queue.facts["success"][1] < REQUESTS
    assert (queue.facts["success"] + queue.facts["wrong"]).tolist() == [REQUESTS, REQUESTS]


def test_who_sees_all_but_what_agrees_with_the_request_stays_at_chance():
    """Ten random networks that are blind for names and spans do no better than guessing on sites of two buttons."""
    done = []
    for key in range(10):
        agent = 5 * WEB.policies.default.init(key)
        blind = agent.copy()
        blind[NAMED * 24 : WHOLE * 24] = 0.0
        done.append(run([first_task()], [blind]).facts["success"][0])
    assert 2.5 / 8 <= np.mean(done) / REQUESTS <= 5.5 / 8


def test_returns_are_graded_and_bounded():
    agents = [5 * WEB.policies.default.init(key) for key in range(30)]
    queue = run([grown(20)] * 30, agents)
    assert len(set(queue.returns.tolist())) > 5
    assert (queue.returns >= -30.0).all()
    assert (queue.returns < 300.0).all()


@pytest.mark.parametrize("stall", [3, 10])
def test_a_stall_ends_sessions_that_get_nowhere(stall):
    agents = [5 * WEB.policies.default.init(key) for key in range(10)]
    free, stalled = run([grown(25)] * 10, agents), run([grown(25)] * 10, agents, stall=stall)
    assert (stalled.steps <= free.steps).all()
    assert (stalled.steps < free.steps).any()


def test_pictures_change_as_the_agent_acts_and_the_page_has_its_actions():
    site, agent = grown(15), 5 * WEB.policies.default.init(3)
    trace = WEB.simulator.trace(site, WEB.policies.default, agent, 0, 40 * REQUESTS)
    shown = [WEB.pictures.draw(site, trace, step, 300, 200).tobytes() for step in range(len(trace.rewards) + 1)]
    assert len(set(shown)) > len(shown) // 3
    page = WEB.pictures.page(site, trace)
    assert "Next action of the agent" in page
    assert page.partition("<header>")[2].partition("<script>")[0] in {
        render(site, number).partition("<header>")[2].partition("<script>")[0] for number in range(REQUESTS)
    }


@pytest.mark.parametrize("kind", ["mlp", "gru", "no-such-kind"])
def test_other_policies_are_refused(kind):
    with pytest.raises(ValueError, match=f"policy kind is '{kind}'; web sites are visited by a scorer"):
        WEB.policies.make(kind, (4, 4))


def test_a_scorer_of_other_sizes_visits_sites():
    policy = WEB.policies.make("scorer", (10,))
    trace = WEB.simulator.trace(first_task(), policy, policy.init(1), 0, 50)
    assert len(trace.rewards) == REQUESTS
    assert policy.layout()["kind"] == "scorer"
