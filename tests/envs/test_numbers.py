import json

import pytest

from openended.envs.check_people import samples
from openended.envs.numbers import Range, controls, tasks

RANGES = {"gravity": Range(-12, 0, first=-10), "wind": Range(0.0, 20.0, step=5.0), "parts": Range(1, 6, whole=True)}
TASKS = tasks(RANGES)


def walk(key, steps):
    genome = TASKS.first()
    for step in range(steps):
        genome = TASKS.mutate(genome, 1000 * key + step)
        yield genome


def test_the_first_task_has_the_first_values():
    assert TASKS.first() == (-10.0, 0.0, 1)
    assert TASKS.encode(TASKS.first()) == '{"gravity":-10.0,"parts":1,"wind":0.0}'


def test_mutation_moves_every_number_by_its_step_at_most_and_reaches_the_whole_range():
    seen = set()
    for key in range(20):
        before = TASKS.first()
        for genome in walk(key, 100):
            moves = [abs(now - then) for now, then in zip(genome, before, strict=True)]
            assert all(move <= most + 0.051 for move, most in zip(moves, (1.2, 5.0, 1.0), strict=True))
            assert TASKS.decode(TASKS.encode(genome)) == genome
            assert [type(value) for value in genome] == [float, float, int]
            seen.add(genome)
            before = genome
    for place, bound in enumerate(RANGES.values()):
        values = {genome[place] for genome in seen}
        assert {bound.low, bound.high} <= values
        assert len(values) > 5


def test_random_tasks_fill_the_ranges_and_no_zero_is_negative():
    drawn = [TASKS.random(key) for key in range(2000)]
    for place, bound in enumerate(RANGES.values()):
        values = [genome[place] for genome in drawn]
        assert min(values) - bound.low < 0.01 * (bound.high - bound.low)
        assert bound.high - max(values) < 0.01 * (bound.high - bound.low)
    texts = [TASKS.encode(genome) for genome in (*drawn, TASKS.toward(drawn[0], (-0.0, 0.0, 1)))]
    assert not any('":-0.0,' in text or '":-0.0}' in text for text in texts)


def test_the_way_to_a_task_takes_steps_of_a_mutation():
    genome, target, steps = TASKS.first(), (-0.1, 20.0, 6), 0
    while genome != target:
        genome, steps = TASKS.toward(genome, target), steps + 1
    assert steps == 9


def test_features_are_shares_of_the_ranges():
    assert TASKS.features((-12.0, 10.0, 6)).tolist() == [0.0, 0.5, 1.0]


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"gravity": 1.0}, "gravity is 1.0"),
        ({"gravity": -10.01}, "with 1 decimals"),
        ({"gravity": -10}, "gravity is -10;"),
        ({"parts": 2.0}, "a whole number within 1 .. 6"),
        ({"parts": True}, "a whole number"),
        ({"wind": float("nan")}, "wind is nan"),
        ({"wind": "x" * 900}, "wind is 'x"),
        ({"snow": 1.0}, "must be an object with gravity, wind, parts"),
    ],
)
def test_a_text_that_is_no_task_is_refused_in_one_sentence(changed, words):
    task = json.loads(TASKS.encode(TASKS.first())) | changed
    with pytest.raises(ValueError, match=words):
        TASKS.decode(json.dumps(task, sort_keys=True, separators=(",", ":")))


def test_only_the_canonical_text_is_taken():
    text = TASKS.encode(TASKS.first())
    with pytest.raises(ValueError, match="must be canonical"):
        TASKS.decode(text.replace(",", ", "))
    for wrong in ("[]", "null", "3"):
        with pytest.raises(ValueError, match="must be an object"):
            TASKS.decode(wrong)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"low": 1.0, "high": 1.0}, "low must be below high"),
        ({"low": 0.0, "high": float("inf")}, "both finite"),
        ({"low": 0.5, "high": 3, "whole": True}, "its bounds must be whole"),
        ({"low": 0.0, "high": 1.0, "step": 2.0}, "a step is 2.0"),
        ({"low": 0.0, "high": 1.0, "first": 3.0}, "a first value is 3.0"),
        ({"low": 0.0, "high": 1.0, "first": 0.12345}, "with 2 decimals at most"),
    ],
)
def test_a_range_that_is_none_is_refused_in_one_sentence(given, words):
    with pytest.raises(ValueError, match=words):
        Range(**given)


def test_people_may_write_whole_numbers_as_they_like():
    assert TASKS.read('{"wind":5,"gravity":-10,"parts":2.0}') == (-10.0, 5.0, 2)
    assert [type(value) for value in TASKS.read('{"wind":-0.0,"gravity":-0,"parts":2}')] == [float, float, int]
    assert TASKS.encode(TASKS.read('{"wind":-0.0,"gravity":-0,"parts":2}')) == '{"gravity":0.0,"parts":2,"wind":0.0}'
    for wrong in (2.5, True, "2", None, 10**400):
        with pytest.raises(ValueError, match=r"parts is .*; it must be a whole number within 1 \.\. 6"):
            TASKS.read(json.dumps({"wind": 5, "gravity": -10, "parts": wrong}))
    with pytest.raises(ValueError, match="must be canonical"):
        TASKS.decode('{"gravity":-0.0,"parts":1,"wind":0.0}')


def test_sliders_have_the_steps_of_their_parameters():
    sliders = controls(RANGES, {"gravity": "m/s2"})(TASKS.first())
    assert [slider.path for slider in sliders] == [("gravity",), ("wind",), ("parts",)]
    assert [slider.step for slider in sliders] == [0.1, 0.1, 1]
    assert sliders[0].as_json() == {
        "kind": "number", "path": ["gravity"], "label": "gravity", "low": -12, "high": 0, "step": 0.1, "unit": "m/s2",
        "drag": "", "scale": 1.0,
    }  # fmt: skip
    assert samples(sliders[2], 3) == [1, 6, 3]
