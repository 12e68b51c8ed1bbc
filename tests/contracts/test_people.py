"""What a domain offers to people is checked, and the check notices offers that cannot be kept."""

from dataclasses import replace
from itertools import count

import numpy as np
import pytest

from openended.envs.acting import act, read_actions, write_actions
from openended.envs.api import Space
from openended.envs.check_people import check_people
from openended.envs.contract import ContractViolation
from openended.envs.controls import Choice, Interval, Line, Number, Seed, Sort, Things
from openended.envs.maze.domain import MAZE
from openended.envs.maze.draws import easy
from openended.envs.people import Key, Keys, People
from openended.envs.sketch import Sketch
from openended.envs.walker.drawn.domain import WALKER_DRAWN
from tests.support.altered import altered
from tests.support.point import POINT

TASKS = [MAZE.tasks.first(), easy(3)]


def offering(**parts):
    return altered(MAZE, people=replace(MAZE.people, **parts))


def controlled(*controls):
    return offering(controls=lambda genome: controls)


def fickle():
    """Its labels are others whenever they are asked for."""
    numbers = count()
    return offering(controls=lambda genome: (Number(path=("cap",), label=f"{next(numbers)}", low=1, high=900),))


def beginning(change):
    """Worlds that are altered by a function."""
    return altered(MAZE, simulator={"begin": lambda genome, key: change(MAZE.simulator.begin(genome, key))})


def flattering(world):
    """Its rewards are not those of rollouts."""
    once = world.step
    world.step = lambda action: once(action) + 1e-9
    return world


def deaf(world):
    """It turns left whatever it is told to do."""
    once = world.step
    world.step = lambda action: once(0)
    return world


def timeless():
    """Its world cannot be looked at."""
    empty = Sketch(np.zeros((0, 1, 3), np.float32), (), 0, 1.0, ((0, 0, 0), (0, 0, 0)))
    return altered(MAZE, pictures={"sketch": lambda genome, trace: empty})


def test_mazes_keep_what_they_offer():
    check_people(MAZE, TASKS)


def test_a_domain_that_offers_nothing_keeps_it():
    check_people(POINT, [POINT.tasks.first()])


def test_drawn_courses_keep_what_they_offer_but_for_their_worlds_which_are_checked_elsewhere():
    silent = altered(WALKER_DRAWN, simulator={"begin": None}, people=replace(WALKER_DRAWN.people, keys=None))
    check_people(silent, [WALKER_DRAWN.tasks.random(key) for key in range(3)])


@pytest.mark.parametrize(
    ("domain", "breach"),
    [
        (controlled(Number(path=("size", 3), label="x", low=0, high=1)), r"no place \['size', 3\]"),
        (controlled(Number(path=("cap",), label="x", low=0, high=9)), "is 250, not within 0 .. 9"),
        (controlled(Number(path=("cap",), label="x", low=0, high=900)), "wrote 0, is refused"),
        (controlled(Interval(path=("goal",), label="x", low=1, high=2)), r"control 'x' is \[3, 2\]"),
        (controlled(Choice(path=("direction",), label="x", options=((1, "down"),))), "is 0, none of"),
        (controlled(Seed(path=("direction",), label="x", count=9)), "wrote 8, is refused"),
        (
            controlled(Line(path=("goal",), label="x", low=1, high=2, origin=0, scale=1, start=0, spacing=1)),
            "no list of",
        ),
        (controlled(Things(path=("goal",), label="x", sorts=(), most=1)), "has 2 things"),
        (fickle(), "controls is not a function of the genome"),
        (offering(drawn=lambda genome: timeless().pictures.sketch(genome, None)), "sketch: poses are"),
        (offering(objection=lambda genome: None), "objection gives None"),
        (offering(witness=lambda genome: np.zeros(3, np.int64)), "a witness ends with the facts"),
        (offering(keys=Keys((Key("KeyA", "x", 0), Key("KeyA", "y", 1)), waits=True)), "must be distinct"),
        (offering(keys=Keys((Key("KeyA", "x", 0),), waits=True, speed=2.0)), "the speed of keys is 2.0"),
        (offering(keys=Keys((Key("KeyA", "x", 3),), waits=True)), "in 0 .. 2"),
        (
            altered(POINT, people=People(keys=Keys((Key("KeyA", "x", (1.0, 0.0)),), waits=False))),
            "simulator.begin is None",
        ),
        (beginning(flattering), "other rewards"),
        (beginning(deaf), "other rewards|other observations|other actions|another scene"),
        (timeless(), "sketch: poses are"),
    ],
)
def test_breaches_are_noticed(domain, breach):
    with pytest.raises(ContractViolation, match=breach):
        check_people(domain, [domain.tasks.first()] if domain.id == "point-v1" else TASKS)


def test_a_control_is_plain_json():
    sort = Sort(name="a", label="A", new={"kind": "a"}, controls=(Number(path=("x",), label="x", low=0, high=1),))
    written = Things(path=("list", 0), label="things", sorts=(sort,), most=3).as_json()
    assert written["kind"] == "things"
    assert written["path"] == ["list", 0]
    assert written["sorts"][0]["controls"][0] | {"kind": "number", "path": ["x"]} == written["sorts"][0]["controls"][0]


@pytest.mark.parametrize(
    ("space", "value", "words"),
    [
        (Space(3, discrete=True), [0, 3], "action 1 is 3; it must be a whole number in 0 .. 2"),
        (Space(3, discrete=True), [True], "action 0 is True"),
        (Space(3, discrete=True), "012", "they must be a list"),
        (Space(2), [[0.0, 1.5]], "2 numbers within -1 .. 1"),
        (Space(2), [[0.0, float("nan")]], "2 numbers within"),
        (Space(2), [[0.0]], "2 numbers within"),
        (Space(2), [7], "2 numbers within"),
        (Space(2), None, "they must be a list"),
    ],
)
def test_what_are_no_actions_is_refused_in_one_sentence(space, value, words):
    with pytest.raises(ValueError, match=words):
        read_actions(space, value)


def test_actions_are_written_and_read_to_the_bit():
    drawn = np.random.default_rng(1).uniform(-1, 1, (50, 4)).astype(np.float32)
    assert read_actions(Space(4), write_actions(drawn)).tobytes() == drawn.tobytes()
    assert read_actions(Space(4), []).shape == (0, 4)
    assert read_actions(Space(3, discrete=True), [0, 2]).dtype == np.int64


def test_nobody_acts_where_there_are_no_worlds():
    with pytest.raises(ValueError, match="nobody can act by hand"):
        act(POINT.simulator, POINT.tasks.first(), np.zeros((1, 2), np.float32), 10, 0)
