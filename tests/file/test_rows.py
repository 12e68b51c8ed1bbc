import math
import sqlite3

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from openended.core.types import Optimiser, Pair, Score, Task, Transfer
from openended.file import digest, rows
from openended.file.errors import Damaged

IDS = st.integers(-1, 2**40)
FLOATS = st.floats(width=64)
AGENTS = arrays(np.float32, 5, elements=st.floats(width=32))
OPTIMISERS = st.builds(Optimiser, m=AGENTS, v=AGENTS, t=IDS, learning_rate=FLOATS, sigma=FLOATS)
PAIRS = st.builds(
    Pair,
    **dict.fromkeys(("task", "niche", "origin", "es_steps", "visits", "admitted", "retired"), IDS),
    **dict.fromkeys(("fitness", "best_fitness", "progress"), FLOATS),
    **dict.fromkeys(("agent", "best_agent"), AGENTS),
    optimiser=OPTIMISERS,
    active=st.booleans(),
    recent=st.lists(st.floats(allow_infinity=False), max_size=5).map(tuple),
)
TASKS = st.builds(
    Task,
    **dict.fromkeys(("id", "parent", "generation", "niche"), IDS),
    genome=st.text(st.characters(codec="utf-8"), max_size=5),
    descriptor=st.lists(st.floats(allow_nan=False, allow_infinity=False), max_size=3).map(tuple),
    outcome=st.sampled_from(["admitted", "too hard"]),
    score=FLOATS,
)
TRANSFERS = st.builds(
    Transfer,
    **dict.fromkeys(("generation", "source", "target"), IDS),
    kind=st.sampled_from(["direct", "proposal"]),
    fitness=FLOATS,
    incumbent=FLOATS,
    accepted=st.booleans(),
)


def stored(row):
    """The row as SQLite gives it back."""
    database = sqlite3.connect(":memory:")
    kinds = {int: "INTEGER", float: "REAL", str: "TEXT", bytes: "BLOB"}
    database.execute(f"CREATE TABLE t ({', '.join(f'c{i} {kinds[type(value)]}' for i, value in enumerate(row))})")
    database.execute(f"INSERT INTO t VALUES ({', '.join('?' * len(row))})", row)
    found = database.execute("SELECT * FROM t").fetchone()
    database.close()
    return found


def parts(value):
    """Bits of a value, where -0.0 counts as 0.0 and every NaN as the same one unless it stands in an array."""
    if isinstance(value, np.ndarray):
        return value.dtype, value.shape, value.tobytes()
    if isinstance(value, float):
        return "nan" if math.isnan(value) else value + 0.0
    if isinstance(value, tuple):
        return [parts(each) for each in value]
    return [parts(part) for part in vars(value).values()] if hasattr(value, "__dataclass_fields__") else value


@given(TASKS)
def test_a_task_comes_back_to_the_bit(task):
    row = rows.task_row(task, str)
    assert parts(rows.read_task(stored(row), str)) == parts(task)
    assert digest.row("task", stored(row)) == digest.row("task", row)


@given(PAIRS)
def test_a_pair_comes_back_to_the_bit(pair):
    row = rows.pair_row(pair)
    assert parts(rows.read_pair(stored(row), 5)) == parts(pair)
    assert digest.row("pair", stored(row)) == digest.row("pair", row)


@given(st.builds(Score, *[IDS] * 3, FLOATS))
def test_a_score_keeps_its_digest_in_the_file(score):
    row = rows.score_row(3, score)
    assert stored(row)[:4] == (3, score.generation, score.agent, score.task)
    assert digest.row("score", stored(row)) == digest.row("score", row)


@given(TRANSFERS)
def test_a_transfer_comes_back_to_the_bit(transfer):
    row = rows.transfer_row(3, transfer)
    assert parts(rows.read_transfer(stored(row))) == parts(transfer)
    assert digest.row("transfer", stored(row)) == digest.row("transfer", row)


@given(arrays(st.sampled_from([np.float32, np.float64, np.int64]), st.tuples(st.integers(0, 3), st.integers(0, 3))))
def test_an_array_comes_back_with_its_dtype_and_shape(array):
    assert parts(rows.read_array(stored(rows.array_row("a", array)))) == parts(array)


def test_a_big_endian_array_is_stored_little_endian():
    assert rows.array_row("a", np.array([1], ">f4"))[1:] == ("<f4", "[1]", b"\x00\x00\x80?")


@pytest.mark.parametrize(
    "row",
    [("a", "<f4", "[2]", b"1234567"), ("a", "<f4", "[2]", "12345678"), ("a", "|O", "[1]", b"12345678")],
    ids=["too short", "text", "objects"],
)
def test_an_array_that_is_not_what_it_says_is_refused(row):
    with pytest.raises(Damaged):
        rows.read_array(row)


def test_metrics_that_are_not_finite_become_null():
    from dataclasses import replace

    from tests.support.made import changes

    odd = replace(
        changes(0), metrics={"a": np.float64(0.5), "b": math.nan, "c": -math.inf, "d": None, "e": np.int64(3)}
    )
    assert rows.metrics_text(odd) == '{"a":0.5,"b":null,"c":null,"d":null,"e":3}'
