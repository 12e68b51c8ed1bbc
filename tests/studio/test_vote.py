"""Vote: questions that are worth asking, answers that are sent, guesses that are counted."""

import shutil

import pytest

from openended.file.inbox import Inbox
from tests.support.studio import served


@pytest.fixture(scope="module")
def voted(grown_toy, tmp_path_factory):
    path = shutil.copy(grown_toy(12), tmp_path_factory.mktemp("votes") / "toy.run")
    with served(path, "--as", "ann") as studio:
        yield path, studio


def test_questions_differ_votes_are_left_and_guesses_counted(voted):
    path, studio = voted
    seen, said = [], []
    for _ in range(12):
        asked = studio.get("/api/question")
        left, right = asked["left"], asked["right"]
        assert left["task"] != right["task"]
        seen.append((left["task"], right["task"]))
        choice = "left" if left["task"] > right["task"] else "right"  # newer is better, says this voter
        said.append((*seen[-1], choice))
        payload = {"left": left["task"], "right": right["task"], "choice": choice}
        studio.post("/api/send", {"kind": "vote", "author": "ann", "payload": payload})
    assert len({frozenset(pair) for pair in seen[:9]}) == 9
    assert seen[9][::-1] in seen[:9]
    told = studio.get("/api/question")
    assert told["votes"] == 12
    assert 0 <= told["guessed"] <= told["of"] == 5
    taken = Inbox(path).take(lambda name: False, {"vote": 64})
    assert sorted((each.payload["left"], each.payload["right"], each.payload["choice"]) for each in taken) == sorted(
        said
    )
    assert {each.author for each in taken} == {"ann"}


def test_a_vote_is_cast_by_keyboard_in_the_browser(chromium, voted):
    path, studio = voted
    page = chromium
    page.errors.clear()
    page.visit(studio.link)
    page.until("document.querySelectorAll('.tile').length > 3")
    page.click("#tab-vote")
    page.until("document.querySelectorAll('#vote .bar-film:not([hidden])').length === 2")
    hidden = page.run("[...document.querySelectorAll('#vote output')].every(o => o.hidden)")
    assert hidden
    page.run("document.activeElement.blur()")
    page.key("1", 49, "1")
    page.until("document.querySelector('#vote [role=status]').textContent.startsWith('13 votes')")
    page.key("0", 48, "0")
    page.until("document.querySelector('#vote [role=status]').textContent.startsWith('14 votes')")
    choices = [each.payload["choice"] for each in Inbox(path).take(lambda name: False, {"vote": 64})]
    assert len(choices) == 14
    assert "equal" in choices
    assert page.errors == []
    page.visit("about:blank")
