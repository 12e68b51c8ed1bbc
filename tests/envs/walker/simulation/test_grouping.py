"""Worlds that change places: sorted by what they ask for, with nothing of them lost."""

from itertools import product

import numpy as np
import pytest

from openended.envs.box2d.manifold import NORMAL_IMPULSE, POINTS, TOUCHING
from openended.envs.walker.domain import WALKER
from openended.envs.walker.simulation.episode import lanes
from openended.envs.walker.simulation.grouping import IDLE, KINDS, exchange, kind_of, reflected, sort_worlds
from openended.envs.walker.simulation.robot import HULL, LEFT_LOWER, RIGHT_LOWER
from openended.envs.walker.simulation.touch import add_contact
from openended.envs.walker.simulation.world import begin, groups, worlds
from tests.support.widths import NATIVE

DOMAIN = WALKER
GROUND = DOMAIN.simulator.prepare([DOMAIN.tasks.first()])


def standing(count, width):
    """Groups of worlds at the start, each told apart by its serial number."""
    made, doing = groups(count, width), lanes(count, width)
    for place in range(count * width):
        begin(made[place // width], GROUND, place % width, 0)
        made[place // width].serial[place % width] = 100 * place
        doing[place // width].live[0, place % width] = 1
        doing[place // width].episode[place % width] = place
    return made, doing


def touch(w, lane, body, impulse, points=1):
    """Give the body a touching contact of its own impulse."""
    add_contact(w, lane, body, w.counts[lane, body])
    row = w.order[lane, body, w.counts[lane, body] - 1]
    w.integers[row, TOUCHING] = 1
    w.integers[row, POINTS] = points
    w.reals[row, NORMAL_IMPULSE] = impulse


def content(w, lane):
    """All that a world consists of between two steps."""
    rows = [w.order[lane, body, : w.counts[lane, body]] for body in range(5)]
    return (
        *(w[name][:, lane].tolist() for name in ("bodies", "joints", "awake", "push", "feet")),
        *(int(w[name][lane]) for name in ("course", "first", "fallen")),
        [w.reals[each].tolist() for each in rows],
        [w.integers[each].tolist() for each in rows],
    )


@pytest.mark.parametrize("widths", [(NATIVE, NATIVE), (NATIVE, 1), (1, NATIVE)])
def test_two_worlds_change_places_with_all_they_consist_of(widths):
    v, w = worlds(widths[0]), worlds(widths[1])
    i, j = widths[0] - 1, 0
    random = np.random.default_rng(0)
    for each, lane in ((v, i), (w, j)):
        begin(each, GROUND, lane, 0)
        for name in ("bodies", "joints", "push"):
            each[name][:, lane] = random.random(len(each[name]))
        each.feet[:, lane] = random.integers(0, 2, 2)
    for impulse in range(3):
        touch(v, i, LEFT_LOWER, impulse)
    touch(w, j, HULL, 9)
    before = content(v, i), content(w, j)
    assert before[0] != before[1]
    exchange(v, i, w, j)
    assert (content(w, j), content(v, i)) == before


@pytest.mark.parametrize("seed", range(20))
def test_sorting_puts_like_worlds_together_and_idle_lanes_last(seed):
    count, width = 4, NATIVE
    made, doing = standing(count, width)
    random = np.random.default_rng(seed)
    for place in range(count * width):
        v, lane = divmod(place, width)
        for body in (HULL, LEFT_LOWER, RIGHT_LOWER):
            if random.random() < 0.4:
                touch(made[v], lane, body, place)
        doing[v].live[0, lane] = random.random() < 0.7
    places = [divmod(place, width) for place in range(count * width)]
    kinds = {int(doing[v].episode[lane]): kind_of(made[v], doing[v], lane) for v, lane in places}
    worlds_before = {int(made[v].serial[lane]): content(made[v], lane) for v, lane in places}
    sort_worlds(made, doing, np.zeros(count * width, np.uint8), np.zeros((2, KINDS), np.int64))
    order = [kinds[int(doing[v].episode[lane])] for v, lane in places]
    assert order == sorted(kinds.values())
    assert all(made[v].serial[lane] // 100 == doing[v].episode[lane] for v, lane in places)
    assert {int(made[v].serial[lane]): content(made[v], lane) for v, lane in places} == worlds_before


def test_the_kind_of_a_world_is_what_its_lower_legs_touch_and_nothing_else():
    made, doing = standing(1, max(8, NATIVE))
    contacts = [(), (LEFT_LOWER,), (LEFT_LOWER, LEFT_LOWER), (RIGHT_LOWER,), (LEFT_LOWER, RIGHT_LOWER), (HULL,)]
    for lane, bodies in enumerate(contacts):
        for number, body in enumerate(bodies):
            touch(made[0], lane, body, number)
    touch(made[0], 6, LEFT_LOWER, 1, points=2)
    doing[0].live[0, 7] = 0
    kinds = [kind_of(made[0], doing[0], lane) for lane in range(8)]
    assert kinds[5] == kinds[0] == 0
    assert kinds[7] == IDLE == KINDS - 1
    assert len(set(kinds)) == 7


def test_kinds_in_a_row_differ_in_one_thing_by_one():
    kinds = {}
    for digits in product(range(2), range(2), range(4), range(4)):
        kind = 0
        for digit, base in zip(digits, (2, 2, 4, 4), strict=True):
            kind = reflected(kind, digit, base)
        kinds[kind] = np.array(digits)
    assert sorted(kinds) == list(range(IDLE))
    assert all(np.abs(kinds[kind] - kinds[kind + 1]).sum() == 1 for kind in range(IDLE - 1))
