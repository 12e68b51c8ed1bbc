"""The editors of Make in a real browser: mazes are painted, ground is dragged, things are moved."""

import json
from contextlib import contextmanager

import pytest

from tests.support import agentless
from tests.support.studio import served

pytestmark = pytest.mark.slow

MADE = "JSON.parse(document.querySelector('#make textarea').value)"
SHEET = """(() => {
  const sheet = document.querySelector('#make .sheet canvas');
  sheet.scrollIntoView({block: 'center'});
  const box = sheet.getBoundingClientRect();
  return [box.x, box.y, box.width, box.height];
})()"""
EMPTY = '{"cap":250,"direction":0,"goal":[5,5],"size":7,"start":[1,1],"walls":"0 0 0 0 0"}'


@contextmanager
def making(page, path):
    """Make with the first task or the first blank of a run's domain."""
    with served(path, "--as", "ann") as studio:
        page.errors.clear()
        page.visit(studio.link)
        page.until("document.querySelectorAll('[role=tab]').length && document.getElementById('title').textContent")
        page.click("#tab-make")
        page.until("document.querySelector('#make textarea')?.value")
        yield page
        page.visit("about:blank")


@pytest.fixture(scope="module")
def maze(chromium, tmp_path_factory):
    with making(chromium, agentless.write(tmp_path_factory.mktemp("maze") / "maze.run", "maze-v1")) as page:
        yield page


@pytest.fixture(scope="module")
def course(chromium, tmp_path_factory):
    with making(chromium, agentless.write(tmp_path_factory.mktemp("course") / "drawn.run", "walker-drawn-v1")) as page:
        yield page


def set_task(page, text):
    page.run(f"document.querySelector('#make textarea').value = {json.dumps(text)}")
    page.run("[...document.querySelectorAll('#make button')].find(b => b.textContent === 'Use this text').click()")
    page.until("document.querySelector('#make .verdict .word').textContent.includes('no agents')")


def cell(page, x, y):
    """The middle of a tile within the border, in pixels of the window."""
    left, top, width, height = page.run(SHEET)
    side = min(width / 7, height / 7)
    return left + (width - 5 * side) / 2 + (x + 0.5) * side, top + (height - 5 * side) / 2 + (y + 0.5) * side


def test_walls_are_painted_and_wiped_and_marks_dragged(maze):
    set_task(maze, EMPTY)
    maze.drag(cell(maze, 1, 1), cell(maze, 2, 1), cell(maze, 3, 1))
    maze.until(f"{MADE}.walls === '0 e 0 0 0'")
    maze.drag(cell(maze, 2, 1), cell(maze, 2, 1))
    maze.until(f"{MADE}.walls === '0 a 0 0 0'")
    maze.drag(cell(maze, 0, 0), cell(maze, 0, 2), cell(maze, 1, 2))
    maze.until(f"{MADE}.start.join() === '2,3'")
    maze.drag(cell(maze, 4, 4), cell(maze, 1, 1))  # a wall
    maze.until(f"{MADE}.goal.join() === '5,5'")
    maze.run("[...document.querySelectorAll('#make button')].find(b => b.textContent === 'Undo').click()")
    maze.run("[...document.querySelectorAll('#make button')].find(b => b.textContent === 'Undo').click()")
    maze.until(f"{MADE}.start.join() === '1,1'")


def test_a_maze_is_painted_by_keyboard(maze):
    set_task(maze, EMPTY)
    maze.run("document.querySelector('#make .sheet').focus()")
    for name, code in (("ArrowRight", 39), ("ArrowDown", 40)):
        maze.key(name, code)
    maze.run("document.querySelector('#make .sheet').dispatchEvent(new KeyboardEvent('keydown', {key: ' '}))")
    before = maze.run(MADE)["walls"]
    maze.until(f"{MADE}.walls !== '0 0 0 0 0'")
    assert before is not None
    maze.key("ArrowRight", 39)
    maze.run("document.querySelector('#make .sheet').dispatchEvent(new KeyboardEvent('keydown', {key: 'g'}))")
    maze.until(f"{MADE}.goal.join() !== '5,5'")


def test_a_maze_without_a_way_cannot_be_sent(maze):
    set_task(maze, EMPTY.replace('"0 0 0 0 0"', '"0 1f 0 0 0"'))
    maze.until("document.querySelector('#make').innerText.includes('there is no way from the start to the goal')")
    assert maze.run("document.querySelector('#make .button.main').disabled")
    set_task(maze, EMPTY)
    maze.until("!document.querySelector('#make .button.main').disabled")


def test_ground_is_dragged_into_a_bump(course):
    left, top, width, height = course.run(SHEET)
    scale = width / 24
    start = course.run(f"{MADE}.ground.length")
    x, y = left + width / 2, top + 0.55 * height
    course.drag((x, y), (x, y - scale), (x, y - 2 * scale))
    course.until(f"Math.max(...{MADE}.ground) > 150")
    ground = course.run(f"{MADE}.ground")
    assert len(ground) == start
    peak = ground.index(max(ground))
    assert ground[peak] == pytest.approx(200, abs=15)
    assert ground[:peak] == sorted(ground[:peak])
    assert ground[peak + 8] == 0


def test_things_are_added_moved_resized_and_removed(course):
    course.run("[...document.querySelectorAll('#make .tools button')].find(b => b.textContent === '+ stump').click()")
    course.until(f"{MADE}.obstacles.length === 1")
    course.run("document.querySelector('#make .sheet').focus()")
    before = course.run(f"{MADE}.obstacles[0]")
    course.key("ArrowRight", 39)
    course.until(f"{MADE}.obstacles[0].place === {before['place'] + 1}")
    course.key("ArrowUp", 38)
    course.until(f"{MADE}.obstacles[0].size > {before['size']}")
    course.key("Delete", 46)
    course.until(f"{MADE}.obstacles.length === 0")
    assert course.errors == []
