"""Exercises: programs and their JSON."""

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openended.envs.digits import draws
from openended.envs.digits.exercise import Exercise, decode, encode
from openended.envs.digits.program import depth, largest, size, text, tokens

SUM = ("add", "x", "y")
TEN = Exercise(SUM, 10, 2, 10)


def test_the_canonical_text_is_what_it_says():
    assert encode(TEN) == (
        '{"base":10,"below":10,"digits":2,"first":"high","program":["add","x","y"],"seen":"shown","told":true}'
    )
    assert decode(encode(TEN)) == TEN


def test_a_tree_is_counted_and_written():
    program = ("max", ("times", ("subtract", "x", "y"), 3), ("modulo", "y", 7))
    assert (size(program), depth(program)) == (7, 4) == (len(tokens(program)), 4)
    assert text(program) == "max(|x - y| * 3, y mod 7)"
    assert largest(program, 99) == 297
    assert Exercise(program, 10, 2, 10).answers == 3
    assert Exercise(program, 10, 2, 10).ticks == 7 + 2 + 3


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"base": 17}, "base is 17; .* within 2 .. 16"),
        ({"base": True}, "base is True"),
        ({"digits": 0}, "digits is 0; .* 1 .. 8"),
        ({"below": 11}, "below is 11; .* 2 .. 10"),
        ({"first": "middle"}, 'first is \'middle\'; choose "high" or "low"'),
        ({"seen": "seen"}, "seen is 'seen'"),
        ({"told": 1}, "told is 1; choose false or true"),
        ({"program": "z"}, "program is 'z'; it must be x, y or"),
        ({"program": ["add", "x"]}, "program is"),
        ({"program": ["times", "x", "y"]}, r"program\[2\] is 'y'; .* within 2 .. 15"),
        ({"program": ["minus", "x", "y"]}, r"program\[0\] is 'minus'; choose add"),
        ({"program": ["add", ["add", ["add", ["add", "x", "y"], "y"], "y"], "y"]}, "program"),
        ({"base": 2, "below": 2, "digits": 8, "program": ["times", ["times", ["times", "x", 15], 15], 15]}, "answers"),
    ],
)
def test_what_is_no_exercise_is_refused_in_one_sentence(change, what):
    given = json.loads(encode(TEN)) | change
    with pytest.raises(ValueError, match=what):
        Exercise(**given)
    with pytest.raises(ValueError, match=what):
        decode(json.dumps(given, sort_keys=True, separators=(",", ":")))


def test_texts_that_are_not_canonical_are_refused():
    for wrong in ("{}", "[]", encode(TEN).replace(",", ", "), encode(TEN)[:-1] + ',"more":1}', "[" * 100_000):
        with pytest.raises(ValueError, match="exercise"):
            decode(wrong)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**64 - 1))
def test_draws_and_mutations_are_valid_and_never_what_is_kept_for_suites(key):
    exercise = replace(draws.random(key), seen="hidden", told=False)
    for number in range(5):
        assert decode(encode(exercise)) == exercise
        assert exercise.base not in draws.HELD_BASES
        assert exercise.digits <= draws.DIGITS
        assert not draws.held(exercise.program)
        before, exercise = exercise, draws.mutate(exercise, key ^ number)
        assert before != exercise
        assert (exercise.seen, exercise.told) == ("hidden", False)
