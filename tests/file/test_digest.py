import hashlib
import math
import random
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openended.file import digest

VALUES = st.one_of(st.none(), st.integers(-(2**63), 2**63 - 1), st.floats(), st.text(max_size=5), st.binary(max_size=5))


def normal(value):
    """What SQLite makes of a value, with its type."""
    if isinstance(value, float):
        return None if math.isnan(value) else (float, struct.pack("<d", value + 0.0))
    return None if value is None else (type(value), value)


@given(st.lists(VALUES, max_size=4), st.lists(VALUES, max_size=4))
def test_two_rows_have_the_same_bytes_only_if_they_are_the_same(one, other):
    same = [normal(value) for value in one] == [normal(value) for value in other]
    assert (digest.canonical(one) == digest.canonical(other)) == same


def test_the_bytes_are_those_that_the_format_says():
    expected = (
        b"n"
        + b"i\x02"
        + bytes(7)
        + b"f"
        + struct.pack("<d", 0.5)
        + b"t\x02"
        + bytes(7)
        + "é".encode()
        + b"b"
        + bytes(8)
    )
    assert digest.canonical([None, 2, 0.5, "é", b""]) == expected
    assert digest.row("task", [2]) == hashlib.sha256(b"t\x04" + bytes(7) + b"taski\x02" + bytes(7)).digest()


def test_text_moving_from_one_column_to_the_next_changes_the_bytes():
    assert digest.canonical(["ab", "c"]) != digest.canonical(["a", "bc"])


@given(st.lists(st.binary(min_size=32, max_size=32), max_size=20), st.integers(0, 20), st.randoms())
def test_the_multiset_digest_of_changed_rows_equals_that_of_all_rows(rows, count, order: random.Random):
    total = digest.multiset(bytes(32), [], rows)
    shuffled = rows.copy()
    order.shuffle(shuffled)
    assert digest.multiset(bytes(32), [], shuffled) == total
    gone, new = rows[:count], [hashlib.sha256(row).digest() for row in rows[:count]]
    assert digest.multiset(total, gone, new) == digest.multiset(bytes(32), [], rows[count:] + new)


def test_every_part_of_a_generation_changes_the_chain():
    parts = [bytes(32), 1, '{"task":"00"}']
    chains = {digest.chain(*parts)}
    for place, other in enumerate([b"1" * 32, 2, '{"task":"01"}']):
        chains.add(digest.chain(*parts[:place], other, *parts[place + 1 :]))
    assert len(chains) == 4


def test_json_without_a_number_for_it_is_refused():
    with pytest.raises(ValueError, match="JSON"):
        digest.text({"x": math.nan})
