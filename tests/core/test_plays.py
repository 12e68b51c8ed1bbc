"""What a generation plays, and how visits of one task are put together."""

import math

import numpy as np
import pytest

from openended.core.plays import Choice, Item, merged
from openended.core.work import Visit


def visit(returns, steps, value):
    return Visit(0, np.array(returns), {"finished": np.array(returns) > 0}, {"value": value, "steps": steps})


def test_several_visits_of_a_task_count_as_one_whose_scores_are_weighted_by_steps():
    both = merged([visit([1.0, 2.0], 10.0, 4.0), visit([], 30.0, 8.0), visit([-3.0], 5.0, math.nan)])
    assert both.returns.tolist() == [1.0, 2.0, -3.0]
    assert both.facts["finished"].tolist() == [True, True, False]
    assert both.scores == {"value": pytest.approx(7.0), "steps": 45.0}


def test_scores_of_which_none_is_a_number_are_not_one():
    assert math.isnan(merged([visit([1.0], 1.0, math.nan), visit([1.0], 0.0, 3.0)]).scores["value"])


def test_a_choice_plays_the_variants_of_its_items_in_order():
    items = (Item("a", 4, -1, "random", ("a1", "a2")), Item("b", -1, 4, "edit", ("b",)))
    choice = Choice("replay", items, train=True)
    assert choice.genomes == ("a1", "a2", "b")
    seen = choice.seen([visit([1.0], 1.0, 0.0), visit([2.0], 1.0, 0.0), visit([3.0], 1.0, 0.0)])
    assert [each.returns.tolist() for each in seen] == [[1.0, 2.0], [3.0]]
