"""Play: an episode by hand is its actions, to the bit; in a real browser, and over a bare WebSocket."""

import json

import numpy as np
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from openended import envs
from openended.envs.acting import act, read_actions
from openended.envs.forward import controller
from openended.studio.answers import Wrong
from openended.studio.draft import Drafts
from openended.studio.look import Looker
from openended.studio.playing import HANDED, Game
from tests.support.point import POINT

NEAR = {"x": 1.5, "y": 0.0, "wind": 0.0}


@pytest.fixture
def looker(finished, monkeypatch):
    monkeypatch.setitem(envs.DOMAINS, "point-v1", "tests.support.handmade_point:HANDS")
    return Looker(finished)


@pytest.fixture
def game(looker):
    return Game(looker.domain, Drafts(looker).read(NEAR), 50)


def test_what_was_done_is_a_witness(game, looker):
    while not game.over:
        game.held(["ArrowRight"])
    told, proof = game.scene(False), game.witness()
    assert told["finished"]
    actions = read_actions(looker.domain.simulator.actions, json.loads(json.dumps(proof["actions"])))
    again = act(looker.domain.simulator, game.genome, actions, 50, 0)
    assert again.rewards.tolist() == game.world.trace().rewards.tolist()
    assert proof["again"] == float(np.cumsum(again.rewards)[-1])


def test_rewinding_leads_to_the_same_moment(game):
    for code in ("ArrowRight", "ArrowUp", "ArrowRight"):
        game.held([code])
    before = game.scene(True)
    game.held(["ArrowDown", "ArrowLeft"])
    game.rewind(game.actions[:3])
    assert game.scene(True) == before


def test_an_agent_given_the_body_does_what_it_does_alone(game, looker):
    view = looker.moment().view
    pair = max(view.agents, key=lambda pair: pair.best_fitness)
    agent = looker.agents([pair])[0]
    game.hand_over(looker.policy, agent, 2)
    assert len(game.actions) == 2
    game.hand_over(looker.policy, agent, HANDED)
    alone = controller(looker.policy, agent)
    trace = game.world.trace()
    assert [alone(seen).tolist() for seen in trace.observations] == trace.actions.tolist()
    game.held(["ArrowUp"])
    assert game.ghost is None


def test_who_cannot_act_is_told(looker):
    with pytest.raises(Wrong, match="Nobody can act by hand in point-v1"):
        Game(POINT, Drafts(looker).read(NEAR), 50)


def opened(studio, **changed):
    return connect(f"ws://127.0.0.1:{studio.port}/api/play", origin=changed.pop("origin", studio.origin), **changed)


def asked(socket, value):
    socket.send(json.dumps(value))
    return json.loads(socket.recv(timeout=30))


def rest(socket):
    """All that comes until the socket is closed."""
    found = []
    try:
        while True:
            found.append(json.loads(socket.recv(timeout=30)))
    except ConnectionClosed:
        return found


def test_over_the_socket_the_token_comes_first(studio):
    with opened(studio) as socket:
        first = asked(socket, {"token": studio.token, "task": NEAR})
        assert first["step"] == 0
        assert first["film"]["shapes"]
        assert asked(socket, {"keys": ["ArrowRight"]})["step"] == 1
        assert asked(socket, {"keys": ["Nothing"]})["step"] == 2
        assert asked(socket, {"rewind": 1})["step"] == 1
        end = asked(socket, {"keys": ["ArrowRight"]}) and asked(socket, {"keys": ["ArrowRight"]})
        assert end["finished"]
        assert asked(socket, {"witness": True})["actions"] == [[1.0, 0.0]] * 3
    for first in ({"token": "wrong", "task": NEAR}, {"token": "", "task": NEAR}, {}, [], {"token": 1, "task": 2}):
        with opened(studio) as socket:
            socket.send(json.dumps(first))
            answers = rest(socket)
            assert not [answer for answer in answers if "film" in answer]


def test_a_new_game_ends_the_one_before(studio):
    with opened(studio) as one:
        asked(one, {"token": studio.token, "task": NEAR})
        with opened(studio) as other:
            asked(other, {"token": studio.token, "task": NEAR})
            assert rest(one) == []
            assert asked(other, {"keys": ["ArrowUp"]})["step"] == 1


WRONG = ["", "{", "[]", '{"ghost":-5,"steps":3}', '{"keys":7}', '{"rewind":"x"}', '{"ghost":1e400}', "[" * 60000]


@pytest.mark.parametrize("wrong", WRONG)
def test_messages_that_nobody_would_send_are_a_sentence(studio, wrong):
    with opened(studio) as socket:
        asked(socket, {"token": studio.token, "task": NEAR})
        socket.send(wrong)
        answers = rest(socket)
        assert len(answers) == 1
        assert "Traceback" not in answers[0]["problem"]
    assert studio.get("/api/run")


def test_a_message_that_is_too_large_ends_the_game_only(studio):
    with opened(studio) as socket:
        asked(socket, {"token": studio.token, "task": NEAR})
        socket.send("x" * 70_000)
        assert rest(socket) == []
    assert studio.get("/api/run")


def test_it_is_played_by_the_arrow_keys(chromium, studio):
    page = chromium
    page.errors.clear()
    page.visit(studio.link)
    page.run("localStorage.clear()")
    page.visit(f"{studio.origin}/?fresh")
    page.until("document.querySelectorAll('.tile').length > 3")
    page.click("#tab-make")
    page.until("document.querySelector('#make textarea').value")
    page.run("[...document.querySelectorAll('#make button')].find(b => b.textContent === 'Play it').click()")
    told = "document.querySelector('#play output').textContent"
    page.until(f"{told}.startsWith('step 0')")
    page.until("document.activeElement.tagName === 'CANVAS'")
    before = page.run("document.querySelector('#play canvas').toDataURL()")
    page.key("ArrowRight", 39)
    page.until(f"{told}.startsWith('step 1')")
    assert page.run("document.querySelector('#play canvas').toDataURL()") != before
    page.key("ArrowRight", 39)
    page.until("document.querySelector('#play .verdict').textContent.includes('Solved')")
    slider = "document.querySelector('#play input')"
    page.run(f"({slider}.value = 1, {slider}.dispatchEvent(new Event('change')))")
    page.until(f"{told}.startsWith('step 1')")
    page.run("[...document.querySelectorAll('#play button')].find(b => b.textContent === 'to the end').click()")
    page.until("/over|Solved/.test(document.querySelector('#play .verdict').textContent)")
    assert page.errors == []
    page.visit("about:blank")
