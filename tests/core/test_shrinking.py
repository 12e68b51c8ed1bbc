"""Searches for the smallest task, on tasks that are sets of numbers with sizes."""

from hypothesis import given
from hypothesis import strategies as st

from openended.core.shrinking import fewest, least, split
from openended.envs.shrinking import Shrinking

SETS = Shrinking(
    names=sorted,
    without=lambda genome, names: {name: size for name, size in genome.items() if name not in names},
    smaller=lambda genome, name: [genome | {name: size} for size in range(1, genome[name])],
)
GENOMES = st.dictionaries(st.sampled_from("abcdefgh"), st.integers(1, 9), min_size=1)


def ended(search, shows):
    """The end of a search whose every question is answered, and the questions."""
    asked, answer = [], None
    while True:
        try:
            wanted = next(search) if answer is None else search.send(answer)
        except StopIteration as stop:
            return stop.value, asked
        asked += wanted
        answer = [shows(genome) for genome in wanted]


@given(GENOMES, st.data())
def test_delta_debugging_finds_the_very_parts_that_cause_a_fault(genome, data):
    cause = data.draw(st.sets(st.sampled_from(sorted(genome))))
    end, _ = ended(fewest(SETS, genome), cause.issubset)
    assert set(end) == cause


@given(GENOMES, st.functions(like=lambda kept: None, returns=st.booleans(), pure=True))
def test_whatever_the_fault_no_part_of_the_end_can_be_dropped_alone(genome, show):
    def shows(genome_now):
        return genome_now == genome or show(tuple(sorted(genome_now)))

    end, asked = ended(fewest(SETS, genome), shows)
    assert shows(end)
    assert all(not shows(SETS.without(end, [name])) for name in end)
    assert len(asked) <= 2 * len(genome) ** 2 + 4 * len(genome) + 1


@given(GENOMES, st.data())
def test_each_part_ends_as_small_as_the_fault_allows(genome, data):
    bounds = {name: data.draw(st.integers(1, size)) for name, size in genome.items()}
    end, _ = ended(least(SETS, genome), lambda now: all(now.get(name, 0) >= bounds[name] for name in bounds))
    assert end == bounds


@given(st.lists(st.text(), max_size=9), st.integers(1, 9))
def test_a_split_keeps_all_in_order_and_even(names, pieces):
    parts = split(names, pieces)
    assert sum(parts, []) == names  # noqa: RUF017
    assert len(parts) == pieces
    assert max(map(len, parts)) - min(map(len, parts)) <= 1
