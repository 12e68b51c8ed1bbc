import math
import sqlite3
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from openended.core.measures.milestones import Milestone
from openended.core.measures.potentials import Potentials
from openended.core.offers import Taken
from openended.core.types import Changes, Elite, Learner, Pair, Score, Snapshot, Task, Transfer
from openended.file import digest, tables, values
from openended.file.errors import Damaged
from openended.file.table import Codec

CODEC = Codec(str, str, 5)
IDS = st.integers(-1, 2**40)
FLOATS = st.floats(width=64)
AGENTS = arrays(np.float32, 5, elements=st.floats(width=32))
ARRAYS = arrays(st.sampled_from([np.float32, np.float64, np.int64]), st.lists(st.integers(0, 3), max_size=2).map(tuple))
PAIRS = st.builds(
    Pair,
    **dict.fromkeys(("task", "niche", "learner", "origin", "visits", "seen", "admitted", "retired"), IDS),
    **dict.fromkeys(("fitness", "best_fitness", "potential", "best_return"), FLOATS),
    elite=st.none() | IDS,
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
    maker=st.sampled_from(["first", "mutation"]),
)
TRANSFERS = st.builds(
    Transfer,
    **dict.fromkeys(("generation", "source", "target"), IDS),
    kind=st.sampled_from(["direct", "proposal"]),
    fitness=FLOATS,
    incumbent=FLOATS,
    accepted=st.booleans(),
)
MEMORIES = st.dictionaries(st.text(st.characters(codec="utf-8"), max_size=3), ARRAYS, max_size=4)
VALUES = {
    tables.TASK: TASKS,
    tables.ARRAY: st.tuples(IDS, st.text(st.characters(codec="utf-8"), max_size=3), ARRAYS),
    tables.TRANSFER: TRANSFERS,
    tables.ELITE: st.builds(Elite, IDS, IDS, IDS, FLOATS, IDS, AGENTS),
    tables.LEARNER: st.builds(Learner, IDS, AGENTS, MEMORIES, IDS),
    tables.PAIR: PAIRS,
    tables.SCORE: st.builds(Score, *[IDS] * 3, FLOATS),
    tables.SNAPSHOT: st.builds(Snapshot, IDS, IDS, AGENTS),
    tables.POTENTIAL: st.builds(
        Potentials,
        *[IDS] * 2,
        st.booleans(),
        *[FLOATS] * 2,
        st.dictionaries(st.text(st.characters(codec="utf-8"), max_size=3), st.floats(allow_infinity=False), max_size=4),
    ),
    tables.OFFER: st.builds(
        Taken,
        IDS,
        **dict.fromkeys(("kind", "name", "author", "outcome"), st.text(st.characters(codec="utf-8"), max_size=5)),
        task=IDS,
        found=st.dictionaries(
            st.sampled_from(["score", "beaten"]),
            st.none() | st.booleans() | IDS | st.floats(allow_nan=False, allow_infinity=False),
        ),
        payload=st.none()
        | st.dictionaries(st.sampled_from(["task", "from"]), st.none() | IDS | st.text(st.characters(codec="utf-8"))),
    ),
    tables.MILESTONE: st.builds(Milestone, *[IDS] * 3, FLOATS),
}


def stored(table, row):
    """The row as SQLite gives it back from a table without the checks of the real one."""
    database = sqlite3.connect(":memory:")
    kinds = [table.columns[name].split()[0] for name in table.names]
    database.execute(f"CREATE TABLE t ({', '.join(f'c{i} {kind}' for i, kind in enumerate(kinds))})")
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
    if isinstance(value, dict):
        return sorted((name, parts(each)) for name, each in value.items())
    return [parts(part) for part in vars(value).values()] if hasattr(value, "__dataclass_fields__") else value


def test_every_table_of_the_search_is_tested_here():
    assert set(VALUES) == set(tables.SEARCH)


@pytest.mark.parametrize("table", tables.SEARCH, ids=lambda table: table.name)
@given(data=st.data())
def test_a_value_comes_back_to_the_bit(table, data):
    value = data.draw(VALUES[table])
    row = ((7,) if table.numbered else ()) + tuple(table.write(value, CODEC))
    assert len(row) == len(table.names)
    assert parts(table.read(stored(table, row), CODEC)) == parts(value)
    assert table.digest(stored(table, row)) == table.digest(row)


@given(pair=PAIRS)
def test_a_column_that_came_later_enters_a_digest_only_if_it_holds_anything(pair):
    row = tables.PAIR.write(replace(pair, best_return=math.nan), CODEC)
    place = tables.PAIR.names.index("best_return")
    assert tables.PAIR.digest(row) == digest.row("pair", [*row[:place], *row[place + 1 :]])
    assert tables.PAIR.digest(tables.PAIR.write(replace(pair, best_return=0.5), CODEC)) != tables.PAIR.digest(row)


def test_every_part_of_the_changes_has_its_table():
    picked = Changes(
        1,
        tasks=(Task(0, "", -1, 1, (), 0, "admitted", 0.0, "first"),),
        pairs=(Pair(0, 0, 0, 0.0, None, 0.0, 0, 0, 0, 0.0, True, 0),),
        learners=(Learner(0, np.zeros(5, np.float32), {}, 0),),
        elites=(Elite(0, 0, 1, 0.0, -1, np.zeros(5, np.float32)),),
        transfers=(Transfer(1, 0, 0, "direct", 0.0, 0.0, False),),
        scores=(Score(1, 0, 0, 0.0),),
        arrays={"centroids": np.zeros(2)},
        snapshots=(Snapshot(0, 1, np.zeros(5, np.float32)),),
        potentials=(Potentials(1, 0, True, 0.0, 0.0, {}),),
        offers=(Taken(1, "vote", "a" * 64, "ann", "counted", -1, {}, None),),
        milestones=(Milestone(1, 0, 10, 0.0),),
    )
    assert [len(list(table.pick(picked))) for table in tables.SEARCH] == [1] * len(tables.SEARCH)
    rows = set(vars(picked)) - {"generation", "counters", "metrics"}
    assert len(rows) == len(tables.SEARCH)


def test_a_big_endian_array_is_stored_little_endian():
    assert tables.ARRAY.write((0, "a", np.array([1], ">f4")), CODEC)[2:] == ("<f4", "[1]", b"\x00\x00\x80?")


@pytest.mark.parametrize(
    "row",
    [
        (0, 0, "a", "<f4", "[2]", b"1234567"),
        (0, 0, "a", "<f4", "[2]", "12345678"),
        (0, 0, "a", "|O", "[1]", b"12345678"),
    ],
    ids=["too short", "text", "objects"],
)
def test_an_array_that_is_not_what_it_says_is_refused(row):
    with pytest.raises(Damaged):
        tables.ARRAY.read(row, CODEC)


@pytest.mark.parametrize(
    ("declared", "memory"),
    [
        ('[["m","<f4",[3]]]', bytes(8)),
        ('[["m","<f4",[1]]]', bytes(8)),
        ('[["m","|O",[1]]]', bytes(8)),
        ('[["m","<f8",[-1]],["v","<f8",[2]]]', bytes(8)),
        ('[["m","<f8",[1000000000000]]]', bytes(8)),
        ('[["m","<f8"]]', bytes(8)),
        ("{}", bytes(8)),
        ("[]", "text"),
    ],
)
def test_a_memory_that_is_not_as_declared_is_refused(declared, memory):
    with pytest.raises((Damaged, ValueError)):
        tables.LEARNER.read((0, 0, declared, bytes(20), memory), CODEC)


def test_a_memory_is_stored_in_the_order_of_names_whatever_order_it_has():
    one, other = {"b": np.zeros(2), "a": np.ones(1)}, {"a": np.ones(1), "b": np.zeros(2)}
    assert values.packed_all(one) == values.packed_all(other)
    assert values.packed_all(one)[0] == '[["a","<f8",[1]],["b","<f8",[2]]]'


@pytest.mark.parametrize("agent", [np.zeros(4, np.float32), np.zeros(5)], ids=["short", "float64"])
def test_an_agent_that_could_not_be_read_again_is_not_written(agent):
    with pytest.raises(ValueError, match="where the policy has"):
        tables.ELITE.write(Elite(0, 0, 0, 0.0, -1, agent), CODEC)


def test_a_memory_of_a_dtype_that_is_not_stored_is_not_written():
    with pytest.raises(ValueError, match="float16 cannot be stored"):
        tables.LEARNER.write(Learner(0, np.zeros(5, np.float32), {"m": np.zeros(2, np.float16)}, 0), CODEC)
