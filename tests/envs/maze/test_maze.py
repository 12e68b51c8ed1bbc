"""The genome: canonical texts, and one sentence for what is no maze."""

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given

from openended.envs.maze.draws import first, random, scattered
from openended.envs.maze.maze import Maze, decode, encode, from_text, grid, maze, to_text
from tests.support.mazes import mazes

DRAWN = """
#######
#.#..G#
#.#.###
#...#.#
###...#
#<....#
#######
"""


@given(mazes(largest=51))
def test_a_maze_survives_its_texts(made):
    assert decode(encode(made)) == made
    assert from_text(to_text(made), made.cap) == made
    assert maze(grid(made), made.start, made.goal, made.direction, made.cap) == made


def test_a_text_is_as_short_as_it_reads():
    assert encode(first()) == '{"cap":250,"direction":0,"goal":[3,2],"size":5,"start":[1,2],"walls":"0 0 0"}'
    assert len(encode(random(1))) < 150


def test_letters_make_a_maze():
    made = from_text(DRAWN)
    assert (made.size, made.start, made.direction, made.goal, made.cap) == (7, (1, 5), 2, (5, 1), 250)
    assert made.walls == (0b00010, 0b11010, 0b01000, 0b00011, 0b00000)
    assert to_text(made) == DRAWN.strip()
    assert to_text(made, (4, 4), 3).splitlines()[4] == "###.^.#"


def test_the_border_is_always_a_wall():
    made = maze(np.zeros((6, 6), bool), (1, 1), (4, 4))
    assert grid(made).sum() == 20
    assert grid(scattered(9, 5, 3)).sum() == 32 + 5


def given_as(**changes):
    return json.dumps(json.loads(encode(first())) | changes, sort_keys=True, separators=(",", ":"))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"size": 4}, "size is 4; it must be an integer within 5 .. 51"),
        ({"size": 52}, "size is 52; it must be an integer within 5 .. 51"),
        ({"size": 6}, "walls are .*; a maze of size 6 has 4 rows of them"),
        ({"size": 5.0}, "size is 5.0; it must be an integer"),
        ({"walls": "0 g 0"}, "walls are '0 g 0'; write a hexadecimal number for each row"),
        ({"walls": "0  0"}, "write a hexadecimal number for each row"),
        ({"walls": [0, 0, 0]}, "write a hexadecimal number for each row"),
        ({"walls": "0 0 8"}, "row 3 of the walls is 8; it must be an integer within 0 .. 7"),
        ({"walls": "0 4 0"}, r"goal is on a wall, \[3, 2\]; it must be a free cell"),
        ({"walls": "0 1 0"}, r"start is on a wall, \[1, 2\]; it must be a free cell"),
        ({"goal": [1, 2]}, r"goal and start are both \[1, 2\]; they must be distinct cells"),
        ({"goal": [0, 2]}, "goal is 0; it must be an integer within 1 .. 3"),
        ({"start": [1]}, r"start is \(1,\); it must be a cell \[x, y\] within the border"),
        ({"start": 7}, "start is 7; it must be a cell"),
        ({"direction": 4}, "direction is 4; it must be an integer within 0 .. 3"),
        ({"direction": True}, "direction is True; it must be an integer"),
        ({"cap": 0}, "cap is 0; it must be an integer within 1 .. 100000"),
        ({"walls": "0 00 0"}, "not in canonical form; write"),
        ({"colour": 1}, "exactly the keys"),
    ],
)
def test_what_is_no_maze_gets_one_sentence(changes, said):
    with pytest.raises(ValueError, match=said) as caught:
        decode(given_as(**changes))
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 250


@pytest.mark.parametrize("text", ["[" * 10_000, "[]", "nought", given_as().replace(",", ", ")])
def test_other_texts_are_refused(text):
    with pytest.raises(ValueError, match="maze "):
        decode(text)


@pytest.mark.parametrize("text", ["", "###\n###\n###", DRAWN.replace("G", "."), DRAWN.replace(".", "x"), DRAWN + "#"])
def test_other_letters_are_refused(text):
    with pytest.raises(ValueError, match=r"lines of as many letters|is drawn with #"):
        from_text(text)


def test_a_maze_of_numpy_numbers_is_one_of_pythons():
    made = Maze(np.int64(5), tuple(np.zeros(3, np.int64)), (np.int64(1), 1), np.int32(2), (3, 3), np.int64(9))
    assert encode(made) == encode(replace(first(), start=(1, 1), direction=2, goal=(3, 3), cap=9))
