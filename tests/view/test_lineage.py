from dataclasses import replace

import pytest

from openended.core.types import Transfer
from openended.view.lineage import Stay, came, forebears, stays, text
from tests.support.grown import TRANSFERS, grown


def way(view, task):
    return [(stay.task, stay.since, stay.source, stay.guessed) for stay in stays(view, view.state.pairs[task])]


def test_a_task_has_its_forebears_from_the_first_on():
    view = grown()
    assert forebears(view, 4) == [0, 1, 4]
    assert forebears(view, 0) == [0]


def test_an_agents_way_goes_back_through_the_last_transfers_before_it_left():
    view = grown()
    assert way(view, 1) == [(0, 0, -1, False), (2, 2, 0, False), (1, 5, 2, False)]
    assert way(view, 3) == [(0, 0, -1, False), (2, 2, 0, False), (5, 9, 2, False), (3, 9, 5, False)]


def test_an_elite_from_before_the_last_transfer_has_the_way_of_its_own_agent():
    view = replace(grown(), transfers=(*TRANSFERS, Transfer(7, 0, 1, "direct", 90.0, 80.0, True)))
    assert way(view, 1)[-1] == (1, 5, 2, False)
    finds = [replace(find, generation=3, origin=0) if find.id == 1 else find for find in view.finds]
    assert way(replace(view, finds=finds), 1) == [(0, 0, -1, False), (1, 2, 0, False)]


def test_from_whom_an_agent_came_with_its_task_is_known_whatever_came_later():
    view = replace(grown(), transfers=(Transfer(3, 1, 2, "direct", 9.0, 8.0, True), *TRANSFERS))
    assert way(view, 2) == [(0, 0, -1, False), (2, 2, 0, False)]
    assert way(view, 5)[:3] == [(0, 0, -1, False), (1, 2, 0, False), (2, 3, 1, False)]


def test_before_a_migration_it_is_a_marked_guess_where_a_transfer_has_overwritten_it():
    late = Transfer(6, 1, 2, "direct", 9.0, 8.0, True)
    view = replace(grown(), transfers=(*TRANSFERS, late))
    assert way(view, 1) == [(0, 0, -1, False), (2, 2, 0, False), (1, 5, 2, False)]
    migrated = replace(view, migrated=6)
    assert way(migrated, 1) == [(0, 0, -1, False), (2, 2, 0, True), (1, 5, 2, False)]
    assert came(stays(migrated, migrated.state.pairs[1])[1]) == "came with the task, perhaps from task 0"
    assert way(replace(view, migrated=5), 1) == way(view, 1)


def test_a_best_agent_of_poets_from_before_a_migration_may_be_older_than_the_transfer_that_is_named():
    view = replace(grown(), migrated=9)
    assert not any(guessed for *_, guessed in way(view, 1))
    poet = replace(view, config=view.config | {"algorithm": "poet"})
    assert way(poet, 1)[-1] == (1, 5, 2, True)
    assert came(stays(poet, poet.state.pairs[1])[-1]) == "direct transfer perhaps from task 2: 150.0 against 140.0"


def test_what_was_not_accepted_moved_nobody():
    view = replace(grown(), transfers=TRANSFERS[:1])
    assert {stay.transfer for stay in stays(view, view.state.pairs[5])} == {None}


def test_an_agent_that_leaves_a_task_in_the_generation_of_its_admission_came_with_it():
    view = grown()
    assert [stay.since for stay in stays(view, view.state.pairs[3])][-2:] == [9, 9]


def test_a_file_in_which_agents_come_from_each_other_in_circles_is_followed_to_an_end():
    view = grown()
    pairs = view.state.pairs | {1: replace(view.state.pairs[1], origin=2), 2: replace(view.state.pairs[2], origin=1)}
    circles = tuple(Transfer(5, source, 3 - source, "direct", 1.0, 0.0, True) for source in (1, 2))
    for transfers in ((), circles, circles * 3):
        view = replace(view, state=replace(view.state, pairs=pairs), transfers=transfers)
        assert 1 <= len(stays(view, pairs[1])) <= 4


def test_the_text_has_a_line_for_every_forebear_and_every_stay():
    view = grown()
    lines = text(view, view.state.pairs[3]).splitlines()
    assert lines[0] == "niche 18, task 3: goal distance 3.5 m, wind 0.05 m; fitness 60.0"
    assert lines[2:6] == [
        "the task, made from",
        "  generation      0  task     0  goal distance 0.5 m, wind 0.05 m",
        "  generation      2  task     1  goal distance 1.5 m, wind 0.05 m",
        "  generation      4  task     3  goal distance 3.5 m, wind 0.05 m",
    ]
    assert lines[7:] == [
        "the agent, trained on",
        "  generation      0  task     0  drawn at random",
        "  generation      2  task     2  came with the task, from task 0",
        "  generation      9  task     5  came with the task, from task 2",
        "  generation      9  task     3  proposal transfer from task 5: 60.0 against 59.0",
    ]


@pytest.mark.parametrize(
    ("stay", "words"),
    [(Stay(0, 0, -1), "drawn at random"), (Stay(4, 7, 2), "came with the task, from task 2")],
)
def test_how_an_agent_came_is_said_in_words(stay, words):
    assert came(stay) == words
