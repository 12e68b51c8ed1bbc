import pytest

from openended.file.errors import Usage
from openended.file.inbox import Inbox, offer
from openended.file.reader import Reader
from openended.run import driver
from openended.run.submit import submit, written
from tests.support.point import POINT, Errand, encode
from tests.support.scripted import scripted

NOBODY = {}.__contains__


@pytest.fixture
def task(tmp_path):
    path = tmp_path / "task.json"
    path.write_text(encode(Errand(2.0, 1.0, 0.1)))
    return path


@pytest.fixture
def run(config, tmp_path):
    path = tmp_path / "toy.run"
    driver.run(path, config("generations=2"), threads=1)
    return path


def test_a_task_is_offered_and_taken_by_the_next_generation(run, task, config):
    name = submit(run, task, "ann", start=0, beat=0)
    (sent,) = Inbox(run).take(NOBODY, {"task": 1})
    assert (sent.name, sent.author, sent.payload["from"]) == (name, "ann", 0)
    driver.run(run, config("generations=3"), threads=1)
    with Reader(run) as reading:
        (row,) = reading.offers()
        assert (row.name, row.generation, row.found["moved"]) == (name, 3, False)
    assert Inbox(run).waiting() == []
    assert (Inbox(run).place / "done" / f"{name}.json").is_file()


@pytest.mark.parametrize("author", ["machine", "control-x", "Ann", "", "a b", "a" * 33])
def test_tags_that_no_person_may_use_are_refused(run, task, author):
    with pytest.raises(Usage, match="is no tag for an author"):
        submit(run, task, author)


def test_what_does_not_fit_the_run_is_refused_and_nothing_is_sent(run, task, tmp_path, config):
    with pytest.raises(Usage, match=r"niche 30 of .* is empty"):
        submit(run, task, "ann", start=30)
    with pytest.raises(Usage, match=r"niche 30 of .* is empty"):
        submit(run, task, "ann", beat=30)
    task.write_text("{}")
    with pytest.raises(Usage, match="holds no task of point-v1"):
        submit(run, task, "ann")
    assert Inbox(run).waiting() == []
    closed = tmp_path / "closed.run"
    driver.run(closed, config("generations=1", "people.inbox=false"), threads=1)
    with pytest.raises(Usage, match=r"takes nothing from outside: its recipe says inbox = false in \[people\]"):
        submit(closed, task, "ann")


def test_a_run_whose_recipe_says_so_leaves_its_inbox_alone(config, tmp_path):
    closed, settings = tmp_path / "closed.run", ("generations=2", "people.inbox=false")
    driver.run(closed, config("generations=1", "people.inbox=false"), threads=1)
    offer(closed, "vote", "ann", {"left": 0, "right": 1, "choice": "left"})
    driver.run(closed, config(*settings), threads=1)
    with Reader(closed) as reading:
        assert reading.offers() == []
    assert len(Inbox(closed).waiting()) == 1


def test_a_task_is_written_as_a_value_where_that_is_read_back_whatever_the_order_of_keys():
    assert written(scripted(), 5) == 5
    assert written(POINT, Errand()) == encode(Errand())
