import json
from dataclasses import asdict, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openended.envs.walker.courses.task import (
    CATEGORIES,
    LATTICES,
    Mutation,
    WalkerTask,
    decode,
    encode,
    first_task,
    mutate,
)

POET = Mutation(probability=1.0, categories=("roughness", "pit", "stump"))


def interval(limit):
    ends = st.floats(0, limit)
    return st.none() | st.tuples(ends, ends).map(sorted).map(tuple)


@st.composite
def tasks(draw):
    stairs = draw(interval(5))
    return WalkerTask(
        roughness=draw(st.floats(0, 10)),
        pit_gap=draw(interval(8)),
        stump_height=draw(interval(5)),
        stair_height=stairs,
        stair_steps=draw(st.integers(1, 9)) if stairs else 1,
        terrain_seed=draw(st.integers(0, 999_999)),
    )


def test_the_first_task_is_flat():
    flat = first_task()
    assert (flat.roughness, flat.pit_gap, flat.stump_height, flat.stair_height) == (0, None, None, None)


def test_the_json_form_is_as_documented():
    task = WalkerTask(1.2, (0.0, 0.8), None, (0.2, 0.4), 2, 77)
    text = (
        '{"pit_gap":[0.0,0.8],"roughness":1.2,"stair_height":[0.2,0.4],"stair_steps":2,'
        '"stump_height":null,"terrain_seed":77}'
    )
    assert encode(task) == text
    assert decode(text) == task


@given(tasks())
def test_texts_and_tasks_correspond(task):
    assert decode(encode(task)) == task
    assert encode(decode(encode(task))) == encode(task)


def test_equal_tasks_have_equal_texts_however_they_are_written():
    assert encode(WalkerTask(roughness=1, pit_gap=(-0.0, 2))) == encode(WalkerTask(roughness=1.0, pit_gap=(0.0, 2.0)))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"roughness": 10.1}, r"roughness is 10.1; .* 0 .. 10"),
        ({"roughness": -0.1}, r"roughness"),
        ({"roughness": float("nan")}, r"roughness is nan"),
        ({"roughness": True}, r"roughness is True"),
        ({"roughness": "1"}, r"roughness is '1'"),
        ({"pit_gap": (0.0, 8.4)}, r"pit_gap high is 8.4; .* 0 .. 8"),
        ({"pit_gap": (2.0, 1.0)}, r"low must not exceed high"),
        ({"pit_gap": (1.0,)}, r"pair"),
        ({"stump_height": (float("inf"), 1.0)}, r"stump_height low is inf; .* 0 .. 5"),
        ({"stump_height": 1.0}, r"stump_height is 1.0"),
        ({"stair_height": (0.0, 1.0), "stair_steps": 10}, r"stair_steps is 10; .* 1 .. 9"),
        ({"stair_height": (0.0, 1.0), "stair_steps": 1.0}, r"stair_steps is 1.0"),
        ({"stair_steps": 2}, r"1 .. 1 without stair_height"),
        ({"terrain_seed": 1_000_000}, r"terrain_seed is 1000000; .* 0 .. 999999"),
        ({"terrain_seed": False}, r"terrain_seed"),
    ],
)
def test_values_out_of_range_are_named_with_what_is_allowed(change, message):
    with pytest.raises(ValueError, match=message):
        WalkerTask(**change)
    text = json.dumps(asdict(first_task()) | change, sort_keys=True, separators=(",", ":"))
    with pytest.raises(ValueError, match=message):
        decode(text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "not JSON"),
        ("[" * 100_000, "not JSON"),
        ("[]", "exactly the keys .* not list"),
        ("{}", "exactly the keys"),
        (encode(first_task()).replace("}", ',"colour":1}'), "exactly the keys .*colour"),
        (encode(first_task()) + "\n", "canonical form; write {"),
        (encode(first_task()).replace("0.0", "0"), "canonical form"),
        (encode(first_task()).replace("0.0", "1e999"), "roughness is inf"),
        (encode(first_task()).replace("}", ',"terrain_seed":0}'), "canonical form"),
    ],
)
def test_other_texts_are_refused(text, message):
    with pytest.raises(ValueError, match=message):
        decode(text)


def test_a_task_that_is_not_text_is_refused():
    with pytest.raises(ValueError, match="not JSON"):
        decode(None)


@given(tasks(), st.integers(0, 2**64 - 1))
def test_children_are_valid_new_and_functions_of_the_key(task, key):
    child = mutate(task, key)
    assert decode(encode(child)) == child
    assert child == mutate(task, key)
    assert replace(child, terrain_seed=task.terrain_seed) != task


def test_thousands_of_mutations_stay_on_the_lattice_and_never_shrink_below_the_first_values():
    task = first_task()
    highest = dict.fromkeys(LATTICES, 0.0)
    for key in range(4000):
        task = mutate(task, key)
        assert task.roughness == round(task.roughness, 1)
        for name, lattice in LATTICES.items():
            interval = getattr(task, name)
            if interval is not None:
                low, high = interval
                assert lattice.first[0] <= low <= high <= lattice.limit
                assert high >= lattice.first[1]
                assert (low / lattice.step) == pytest.approx(round(low / lattice.step))
                assert (high / lattice.step) == pytest.approx(round(high / lattice.step))
                highest[name] = max(highest[name], high)
    assert highest == {name: lattice.limit for name, lattice in LATTICES.items()}, "the limits are reached"


def test_the_neighbours_of_a_first_interval_are_those_worked_out_by_hand():
    # From [0, 0.8] by 0.4: down is forbidden at both ends, [0.4, 0.8], [0.4, 1.2] and [0, 1.2] remain.
    task = WalkerTask(pit_gap=(0.0, 0.8))
    only_pits = Mutation(1.0, ("pit",))
    assert {mutate(task, key, only_pits).pit_gap for key in range(100)} == {(0.4, 0.8), (0.4, 1.2), (0.0, 1.2)}
    # From [0.8, 0.8]: low may not pass high, so [1.2, 0.8] is out; all that keeps high at 0.8 or more is in.
    task = WalkerTask(pit_gap=(0.8, 0.8))
    neighbours = {(1.2, 1.2), (0.8, 1.2), (0.4, 1.2), (0.4, 0.8)}
    assert {mutate(task, key, only_pits).pit_gap for key in range(200)} == neighbours
    task = WalkerTask(pit_gap=(8.0, 8.0))
    neighbours = {(7.6, 8.0), (7.6, 7.6)}
    assert {mutate(task, key, only_pits).pit_gap for key in range(100)} == neighbours


def test_an_absent_obstacle_or_a_smaller_one_appears_with_its_first_value():
    assert mutate(WalkerTask(pit_gap=(0.0, 0.3)), 0, Mutation(1.0, ("pit",))).pit_gap == (0.0, 0.8)
    child = mutate(first_task(), 0, Mutation(1.0))
    assert (child.pit_gap, child.stump_height) == ((0.0, 0.8), (0.0, 0.4))
    assert (child.stair_height, child.stair_steps) == ((0.0, 0.4), 1)


def test_roughness_moves_by_at_most_six_tenths_and_is_clamped():
    only_roughness = Mutation(1.0, ("roughness",))
    moves = {mutate(WalkerTask(roughness=5.0), key, only_roughness).roughness for key in range(300)}
    assert moves == {round(4.4 + k / 10, 1) for k in range(13)} - {5.0}
    assert min(mutate(WalkerTask(roughness=0.1), key, only_roughness).roughness for key in range(50)) == 0
    assert max(mutate(WalkerTask(roughness=9.9), key, only_roughness).roughness for key in range(50)) == 10


def test_stair_steps_change_by_one_at_most():
    task = WalkerTask(stair_height=(0.2, 0.6), stair_steps=9)
    assert {mutate(task, key, Mutation(1.0, ("stairs",))).stair_steps for key in range(50)} == {8, 9}


def test_poets_recipe_changes_its_three_categories_together_and_no_other():
    child = mutate(WalkerTask(roughness=5.0, stair_height=(0.2, 0.6)), 1, POET)
    assert child.pit_gap is not None
    assert child.stump_height is not None
    assert child.stair_height == (0.2, 0.6)


def test_each_category_changes_about_half_of_the_time():
    children = [mutate(first_task(), key) for key in range(2000)]
    # Given that at least one changes: stumps, pits and stairs each with 1/2 of tries; an all-unchanged try is redrawn.
    unchanged = 0.5**3 * (0.5 + 0.5 * 0.65 / 1.2)
    expected = 0.5 / (1 - unchanged)
    for name in LATTICES:
        share = sum(getattr(child, name) is not None for child in children) / len(children)
        assert share == pytest.approx(expected, abs=0.04)


def test_terrain_seeds_of_children_spread_over_their_range():
    seeds = [mutate(first_task(), key).terrain_seed for key in range(500)]
    assert min(seeds) < 20_000
    assert max(seeds) > 980_000
    assert len(set(seeds)) > 490


@pytest.mark.parametrize(
    "arguments", [(0.0,), (1.5,), (float("nan"),), (0.5, ()), (0.5, ("lava",)), (0.5, ("pit", "pit"))]
)
def test_impossible_mutations_are_refused(arguments):
    with pytest.raises(ValueError, match="mutation"):
        Mutation(*arguments)
    assert Mutation().categories == CATEGORIES
