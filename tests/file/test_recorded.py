import json

import pytest

from openended.core.offers import Offer
from openended.file.errors import Damaged, Usage
from openended.file.recorded import recorded

VOTE = {"left": 0, "right": 1, "choice": "left"}
LINE = {
    "generation": 3, "kind": "vote", "name": "a" * 64, "author": "ann", "payload": VOTE, "outcome": "counted"
}  # fmt: skip


def written(tmp_path, *lines):
    path = tmp_path / "inputs.jsonl"
    path.write_text("".join(f"{line if isinstance(line, str) else json.dumps(line)}\n" for line in lines))
    return path


def test_the_offers_of_a_run_file_are_those_that_it_took(file):
    assert recorded(file) == [
        (generation, Offer(f"{generation:064x}", "vote", "ann", VOTE)) for generation in range(1, 6)
    ]


def test_lines_are_read_by_generation_and_name_and_later_judgements_passed_over(tmp_path):
    lines = [
        LINE | {"name": "b" * 64, "task": -1, "found": {}},
        LINE,
        LINE | {"generation": 1, "name": "c" * 64, "kind": "unknown", "author": "", "payload": None}
        | {"outcome": "invalid: it is not JSON"},
        LINE | {"name": "d" * 64, "kind": "again", "payload": {"offer": "a" * 64}},
    ]  # fmt: skip
    found = recorded(written(tmp_path, *lines))
    assert [(generation, offer.name[0]) for generation, offer in found] == [(1, "c"), (3, "a"), (3, "b")]
    assert found[0].offer.problem == "it is not JSON"
    assert recorded(written(tmp_path)) == []


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("[", "line 2 is no recorded offer: Expecting value"),
        ("[]", "it should be an object with author"),
        (LINE | {"more": 1}, "it should be an object with author"),
        (LINE, "an offer of this name came before"),
        (LINE | {"generation": 0}, "generation should be a whole number, 1 or more"),
        (LINE | {"generation": True}, "generation should be"),
        (LINE | {"name": "A" * 64}, "name should be 64 hexadecimal digits"),
        (LINE | {"name": "b" * 64, "kind": "song"}, "kind should be one of"),
        (LINE | {"name": "b" * 64, "author": "Ann"}, "author a tag"),
        (LINE | {"name": "b" * 64, "outcome": None}, "should be text"),
        (LINE | {"name": "b" * 64, "payload": {}}, "the payload of a vote should hold"),
        (LINE | {"name": "b" * 64, "payload": None}, "the payload of a vote should hold"),
        (LINE | {"name": "b" * 64, "payload": [], "outcome": "invalid: x"}, "payload should be an object or null"),
        ("x" * 200_000, "it has 200001 bytes"),
    ],
)
def test_other_lines_are_refused_with_their_number(tmp_path, line, words):
    with pytest.raises(Usage, match=words):
        recorded(written(tmp_path, LINE, line))


def test_what_cannot_be_read_is_refused(tmp_path):
    with pytest.raises(Usage, match="cannot be read"):
        recorded(tmp_path / "none.jsonl")
    with pytest.raises(Usage, match="cannot be read"):
        recorded(tmp_path)
    broken = tmp_path / "broken.run"
    broken.write_bytes(b"SQLite format 3\0" + bytes(100))
    with pytest.raises(Damaged):
        recorded(broken)
