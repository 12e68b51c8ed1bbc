"""`submit`, `people` and replays of offers from the command line."""

import json
from pathlib import Path

from openended.file.reader import Reader
from openended.file.verify import verify

RUN = "runs/results/toy.run"


def test_a_task_is_submitted_judged_reported_exported_and_replayed(openended):
    Path("task.json").write_text('{"x":2.0,"y":0.0,"wind":0.05}')
    assert openended("run", "toy.toml", "--generations", 3)[0] == 0
    code, name, errors = openended("submit", RUN, "task.json", "--as", "ann", "--from", 0, "--beat", 0)
    assert (code, errors, len(name)) == (0, "", 65)
    code, output, _ = openended("status", RUN)
    assert "offers      0 taken, 0 tasks admitted, 1 waiting" in output
    assert openended("run", "toy.toml", "--generations", 6)[0] == 0
    code, output, _ = openended("people", RUN)
    assert (code, "ann" in output, "machine" in output) == (0, True, True)
    report = json.loads(openended("people", RUN, "--json")[1])
    assert report["authors"][0]["funnel"]["sent"] == 1
    assert json.loads(openended("status", RUN, "--json")[1])["offers"] == 1
    assert openended("export", RUN, "--to", "out", "--as", "inputs")[0] == 0
    code, _, errors = openended(
        "run", "toy.toml", "--generations", 6, "--out", "again.run", "--inputs", "out/inputs.jsonl"
    )
    assert (code, errors) == (0, "")
    assert openended("diff", RUN, "again.run")[0] == 0
    with Reader(RUN) as one, Reader("again.run") as other:
        assert one.digest == other.digest
        assert [row.name for row in other.offers()] == [name.strip()]
    assert verify("again.run") == []


def test_what_cannot_be_submitted_or_replayed_is_refused_in_one_sentence(openended):
    Path("task.json").write_text("{}")
    Path("lines.jsonl").write_text("{}\n")
    assert openended("run", "toy.toml", "--generations", 1)[0] == 0
    for arguments in (
        ("submit", RUN, "task.json", "--as", "ann"),
        ("submit", RUN, "missing.json", "--as", "ann"),
        ("submit", RUN, "task.json", "--as", "control-me"),
        ("run", "toy.toml", "--generations", 2, "--inputs", "lines.jsonl"),
        ("run", "toy.toml", "--generations", 2, "--inputs", "missing.jsonl"),
    ):
        code, output, errors = openended(*arguments)
        assert (code, output, errors.count("\n")) == (2, "", 1), errors
    with Reader(RUN) as run:
        assert run.last()[0] == 1
