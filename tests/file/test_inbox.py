import json
import os
import socket
import stat
from contextlib import suppress
from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openended.file import digest, inbox, letters
from openended.file.errors import Resources, Usage
from openended.file.inbox import Inbox

TASK = {"task": {"x": 1.0}, "from": None, "beat": None, "hints": []}
VOTE = {"left": 0, "right": 1, "choice": "left"}
PAYLOADS = {
    "task": TASK,
    "vote": VOTE,
    "witness": {"task": 3, "actions": [0, 1, 2]},
    "check": {"task": "ab" * 32, "verdict": "no", "reason": "the goal is walled in"},
    "withdraw": {"offer": "ab" * 32},
}
LIMITS = {"task": 8, "vote": 64, "witness": 8, "check": 64, "withdraw": 64}


def nobody(name):
    return False


def put(run, name, data):
    """A file in `new/`, whatever it holds."""
    place = inbox.folder(run) / "new"
    for part in ("tmp", "new", "done"):
        (place.parent / part).mkdir(parents=True, exist_ok=True)
    (place / name).write_bytes(data)
    return place / name


@pytest.fixture
def run(tmp_path):
    return tmp_path / "toy.run"


@pytest.mark.parametrize("kind", PAYLOADS)
def test_what_is_sent_arrives(run, kind):
    name = inbox.offer(run, kind, "ann", PAYLOADS[kind])
    (taken,) = Inbox(run).take(nobody, LIMITS)
    assert (taken.name, taken.kind, taken.author, taken.payload, taken.problem) == (
        name,
        kind,
        "ann",
        PAYLOADS[kind],
        "",
    )


def test_the_name_is_the_digest_of_what_was_sent(run):
    name = inbox.offer(run, "vote", "ann", VOTE, nonce="1")
    text = '{"author":"ann","kind":"vote","nonce":"1","payload":{"choice":"left","left":0,"right":1}}'
    assert name == sha256(text.encode()).hexdigest()
    assert (inbox.folder(run) / "new" / f"{name}.json").read_text() == text
    assert inbox.offer(run, "vote", "ann", VOTE, nonce="1") == name
    assert inbox.offer(run, "vote", "ann", VOTE) != inbox.offer(run, "vote", "ann", VOTE)
    assert len(Inbox(run).waiting()) == 3


def test_the_inbox_is_for_its_owner_only_and_nothing_is_left_in_tmp(run):
    inbox.offer(run, "vote", "ann", VOTE)
    place = inbox.folder(run)
    assert {stat.S_IMODE(path.stat().st_mode) for path in (place, *place.iterdir())} == {0o700}
    assert os.listdir(place / "tmp") == []
    assert {stat.S_IMODE(path.stat().st_mode) for path in (place / "new").iterdir()} == {0o600}


def test_offers_come_in_the_order_of_their_names_up_to_the_limits_and_are_known_once_taken(run):
    names = sorted(inbox.offer(run, "task", "ann", TASK) for _ in range(10))
    votes = sorted(inbox.offer(run, "vote", "bob", VOTE) for _ in range(3))
    box, gone = Inbox(run), set()
    first = [offer.name for offer in box.take(gone.__contains__, LIMITS)]
    assert first == sorted([*names[:8], *votes])
    assert [offer.name for offer in box.take(gone.__contains__, LIMITS)] == first  # nothing was moved
    gone |= set(first)
    assert [offer.name for offer in box.take(gone.__contains__, LIMITS)] == names[8:]  # as after a kill
    assert sorted(path.stem for path in (box.place / "done").iterdir()) == first
    box.done(names[8:])
    assert box.waiting() == []


def test_a_link_to_the_run_file_has_the_inbox_of_the_file(run):
    run.write_text("a run")
    link = run.with_name("link.run")
    link.symlink_to(run)
    name = inbox.offer(link, "vote", "ann", VOTE)
    assert Inbox(run).waiting() == [name]


@pytest.mark.parametrize(
    ("kind", "author", "payload", "words"),
    [
        ("song", "ann", VOTE, "kind should be one of task, vote"),
        ("vote", "Ann", VOTE, "tag of 1 to 32"),
        ("vote", "machine", VOTE, "other than 'machine'"),
        ("vote", "a" * 33, VOTE, "tag of 1 to 32"),
        ("vote", "ann", VOTE | {"choice": "both"}, "choice should be left, right, equal or none"),
        ("vote", "ann", VOTE | {"left": True}, "left should be the id of a task"),
        ("vote", "ann", VOTE | {"left": -1}, "left should be the id of a task"),
        ("vote", "ann", VOTE | {"why": ""}, "payload of a vote should hold left, right, choice"),
        ("vote", "ann", [], "payload of a vote should hold"),
        ("task", "ann", TASK | {"hints": list(range(9))}, "hints should be a list of up to 8 niches"),
        ("task", "ann", TASK | {"beat": {"niche": 1}}, "beat should be null, or a niche and"),
        ("task", "ann", TASK | {"task": None}, "task should be a task as its domain writes it"),
        ("task", "ann", TASK | {"task": float("nan")}, "not JSON compliant"),
        ("task", "ann", TASK | {"task": "x" * letters.SIZE}, "an offer at most 65536"),
        ("task", "ann", TASK | {"task": {1}}, "not JSON serializable"),
        ("task", "ann", TASK | {"task": "\ud800"}, "cannot be sent"),
        ("check", "ann", PAYLOADS["check"] | {"reason": "x" * 201}, "reason should be text of at most 200"),
        ("withdraw", "ann", {"offer": "AB" * 32}, "offer should be the name of an offer"),
    ],
)
def test_what_is_no_offer_is_refused_in_one_sentence(run, kind, author, payload, words):
    with pytest.raises(Usage, match=words):
        inbox.offer(run, kind, author, payload)
    assert not inbox.folder(run).exists()


def test_an_inbox_that_cannot_be_written_is_told(run):
    inbox.folder(run).symlink_to(run.parent)
    with pytest.raises(Resources, match="cannot be written"):
        inbox.offer(run, "vote", "ann", VOTE)
    assert os.listdir(run.parent) == [inbox.folder(run).name]
    assert Inbox(run).take(nobody, LIMITS) == ()


def letter(**changed):
    return digest.text({"author": "ann", "kind": "vote", "nonce": "", "payload": VOTE} | changed).encode()


NAME = "0" * 64 + ".json"
BAD = {
    "its name is not": letter(),
    "it is not JSON": b"\xff\x00",
    "it is not JSON (Rec": b"[" * 60000,
    "it holds NaN": b'{"author":NaN}',
    "a key comes twice": b'{"kind":"vote","kind":"task"}',
    "it should be a JSON object": b"{}",
    "its kind": letter(kind="cd"),
    "its author": letter(author="../x"),
    "the payload of a vote": letter(payload={}),
    "its nonce": letter(nonce=3),
    "it has 65537 bytes": b"x" * 65537,
}


@pytest.mark.parametrize("words", BAD)
def test_a_file_that_is_no_offer_is_taken_with_its_reason(run, words):
    put(run, NAME, BAD[words])
    (taken,) = Inbox(run).take(nobody, LIMITS)
    assert taken.problem.startswith(words)
    assert taken.payload is None


def test_a_payload_that_is_nested_too_deep_is_one(run):
    nested = 1
    for _ in range(40):
        nested = [nested]
    with pytest.raises(Usage, match="nested deeper than 32"):
        inbox.offer(run, "task", "ann", TASK | {"task": nested})


def test_links_pipes_folders_sockets_and_devices_are_no_offers_and_nothing_hangs(run, tmp_path, monkeypatch):
    secret = tmp_path / "secret.json"
    secret.write_bytes(letter())
    places = [put(run, f"{number:064x}.json", b"") for number in range(4)]
    for place in places:
        place.unlink()
    places[0].symlink_to(secret)
    os.mkfifo(places[1])
    places[2].mkdir()
    with socket.socket(socket.AF_UNIX) as listening:
        monkeypatch.chdir(places[3].parent)
        listening.bind(places[3].name)
        box = Inbox(run)
        taken = box.take(nobody, LIMITS)
    assert [offer.name for offer in taken] == [place.stem for place in places]
    assert all(offer.problem and offer.kind == "unknown" for offer in taken)
    box.done(offer.name for offer in taken)
    assert box.waiting() == []
    assert secret.read_bytes() == letter()


def test_foreign_files_are_put_away_unread_and_hide_no_offer(run):
    name = inbox.offer(run, "vote", "ann", VOTE)
    for foreign in ("0.json", "A" * 64 + ".json", "notes.txt", "0" * 64, NAME + "\n"):
        put(run, foreign, b"?")
    put(run, ".hidden", b"")
    box = Inbox(run)
    assert [offer.name for offer in box.take(nobody, LIMITS)] == [name]
    assert sorted(os.listdir(box.place / "new")) == sorted([".hidden", f"{name}.json"])


def test_a_hundred_thousand_files_are_looked_at_a_thousand_at_a_time(run):
    first = put(run, f"{0:064x}.json", b"")
    for number in range(1, 100_000):
        os.link(first, first.parent / f"{number:064x}.json") if number % 30000 else put(run, f"{number:064x}.json", b"")
        if number % 30000 == 0:  # a file can have so many names only
            first = first.parent / f"{number:064x}.json"
    taken = Inbox(run).take(nobody, LIMITS)
    assert [int(offer.name, 16) for offer in taken] == list(range(1000))
    assert {offer.problem for offer in taken} == {"it is not JSON (JSONDecodeError)"}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


def fuzzed(draw):
    """Bytes that are nearly an offer."""
    sent = {"author": "ann", "kind": draw(st.sampled_from([*PAYLOADS])), "nonce": "1"}
    sent["payload"] = dict(PAYLOADS[sent["kind"]])
    for _ in range(draw(st.integers(0, 2))):
        part = sent if draw(st.booleans()) else sent["payload"]
        if isinstance(part, dict):
            part[draw(st.sampled_from([*part, "other"]))] = draw(JSON)
    data = json.dumps(sent).encode()
    if draw(st.booleans()):
        place = draw(st.integers(0, len(data)))
        data = data[:place] + draw(st.binary(max_size=4)) + data[place + draw(st.integers(0, 3)) :]
    return data


@settings(max_examples=300)
@given(st.data())
def test_whatever_bytes_lie_in_the_inbox_they_are_an_offer_or_have_a_problem(tmp_path_factory, data):
    run = tmp_path_factory.getbasetemp() / "fuzzed.run"
    content = data.draw(st.composite(fuzzed)() | st.binary(max_size=64))
    try:
        name = sha256(digest.text(json.loads(content)).encode()).hexdigest()
    except (ValueError, RecursionError):
        name = "f" * 64
    path = put(run, f"{name}.json", content)
    (taken,) = Inbox(run).take(nobody, LIMITS)
    assert bool(taken.problem) == (taken.payload is None)
    if not taken.problem:
        sent = json.loads(content)
        assert (taken.kind, taken.author, taken.payload) == (sent["kind"], sent["author"], sent["payload"])
    path.unlink()


class Killed(BaseException):
    pass


@pytest.mark.parametrize("after", range(12))
def test_a_sender_killed_between_any_two_operations_has_sent_all_or_nothing(run, after, monkeypatch):
    operations = iter(range(1000))

    def deadly(function):
        def call(*arguments, **named):
            if next(operations) == after:
                raise Killed
            return function(*arguments, **named)

        return call

    with monkeypatch.context() as patch:
        for name in ("mkdir", "open", "fsync", "rename", "unlink"):
            patch.setattr(os, name, deadly(getattr(os, name)))
        with suppress(Killed):
            inbox.offer(run, "vote", "ann", VOTE, nonce="1")
    waiting = Inbox(run).waiting()
    assert waiting in ([], [inbox.offer(run, "vote", "ann", VOTE, nonce="1")])
    assert [offer.problem for offer in Inbox(run).take(nobody, LIMITS)] == [""]
