from hypothesis import given
from hypothesis import strategies as st

from openended.core.layers import Layers, with_entries

keys = st.integers(0, 12)
steps = st.lists(st.tuples(st.dictionaries(keys, st.integers()), st.sets(keys)), max_size=12)


@given(st.integers(0, 300), steps)
def test_they_are_what_a_dict_would_be_and_leave_the_ones_before_alone(size, steps):
    mapping, plain = {key: -key for key in range(size)}, {key: -key for key in range(size)}
    history = []
    for new, without in steps:
        mapping = with_entries(mapping, new, without)
        plain = {key: value for key, value in plain.items() if key not in without} | new
        history.append((mapping, plain))
    for found, expected in history:
        assert found == expected
        assert dict(found) == expected
        assert len(found) == len(expected) == len(list(found))
        assert set(found) == set(expected)
        assert [found.get(key) for key in range(14)] == [expected.get(key) for key in range(14)]
        assert [key in found for key in range(14)] == [key in expected for key in range(14)]


def test_what_is_not_new_is_shared_until_much_is_new():
    first = {key: key for key in range(10_000)}
    second = with_entries(first, {3: 0, 10_000: 1}, without=[5])
    assert isinstance(second, Layers)
    assert second.lower == first
    mapping = second
    for key in range(20_000, 20_500):
        mapping = with_entries(mapping, {key: key})
    assert isinstance(mapping, Layers)
    assert mapping.lower is not second.lower
    assert with_entries(second, {4: 0}).lower is second.lower
    assert len(mapping.upper) <= 400
    assert (mapping[3], mapping[10_000], mapping.get(5), len(mapping)) == (0, 1, None, 10_500)
    assert (first[3], first[5], len(first)) == (3, 5, 10_000)
