from base64 import b64decode
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from openended.file.snapshot import chosen
from openended.view.episode import episode
from openended.view.report.codec import FRAMES, SCORE, TURN, colour, column, film
from tests.support.altered import altered


def decoded(coded, count):
    """What the module's docstring says, read backwards."""
    if isinstance(coded, int):
        return [coded] * count
    values, total, rest, shift = [], 0, 0, 0
    for byte in b64decode(coded):
        rest |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            total += -(rest + 1) // 2 if rest % 2 else rest // 2
            values.append(total)
            rest = shift = 0
    return values


@given(st.lists(st.integers(-(2**40), 2**40), min_size=1, max_size=50))
def test_a_column_keeps_its_numbers(values):
    assert decoded(column(np.array(values, np.float64), 1.0), len(values)) == values


def test_small_steps_take_a_byte_each():
    assert len(b64decode(column(np.cumsum(np.full(300, 63.0)), 1.0))) == 300


def test_what_does_not_change_is_one_number_and_what_is_not_finite_is_zero():
    assert column(np.full(100, 2.5), 0.5) == 5
    assert decoded(column(np.array([np.nan, 1.0, np.inf, -np.inf]), 0.5), 4) == [0, 2, 0, 0]


def test_a_film_says_where_everything_is_and_what_was_earned(view):
    shown = episode(view, chosen(view, 33, best=False))
    told = film(view.domain, shown.task, shown.trace)
    count = shown.steps + 1
    assert (told["samples"], told["steps"], told["stride"]) == (count, shown.steps, 1)
    returns = np.array(decoded(told["returns"], count)) * SCORE
    assert returns == pytest.approx([0, *np.cumsum(shown.trace.rewards)], abs=SCORE / 2 + 1e-9)
    if "frames" in told:
        assert told["frames"].startswith("data:image/png;base64,")
        return
    for axis in (0, 1):
        places = np.array(decoded(told["bodies"][0][axis], count)) * told["unit"]
        assert places == pytest.approx(shown.trace.scene["position"][:, axis], abs=told["unit"] / 2 + 1e-6)
    assert told["bodies"][0][2] == 0
    assert TURN < 0.01
    goal, point = told["shapes"]
    assert goal == {
        "kind": "dot",
        "colour": "#c82828",
        "size": 0.2,
        "points": [round(each, 3) for each in (goal["points"])],
    }
    assert point["body"] == 0


def test_long_episodes_are_thinned_and_keep_their_ends(view):
    view = replace(view, domain=altered(view.domain, pictures={"steps_per_second": 100}))
    shown = episode(view, chosen(view, 47, best=False))
    told = film(view.domain, shown.task, shown.trace)
    if "frames" in told:
        assert told["samples"] <= FRAMES
        return
    assert told["stride"] == 4
    assert told["samples"] == len({*range(0, shown.steps, 4), shown.steps})
    last = decoded(told["bodies"][0][0], told["samples"])[-1] * told["unit"]
    assert last == pytest.approx(shown.trace.scene["position"][-1, 0], abs=told["unit"])


def test_colours_are_those_of_the_web():
    assert colour((0, 128, 255)) == "#0080ff"
