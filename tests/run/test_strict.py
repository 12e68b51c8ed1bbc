"""Dataclasses made of trees, strictly."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

import pytest
from annotated_types import Ge, Gt, Interval, Le, Lt, MinLen, MultipleOf

from openended.run.strict import Refused, parse


@dataclass(frozen=True)
class Slow:
    kind: Literal["slow"] = "slow"
    steps: Annotated[int, Ge(1)] = 1


@dataclass(frozen=True)
class Fast:
    kind: Literal["fast", "faster"] = "fast"
    rate: Annotated[float, Gt(0), Lt(1)] = 0.5


@dataclass(frozen=True)
class Ordered:
    low: float = 0.0
    high: float = 1.0

    def __post_init__(self):
        if self.low > self.high:
            raise ValueError(f"low is {self.low} and high is {self.high}")


@dataclass(frozen=True)
class Tree:
    name: str = ""
    count: Annotated[int, Le(9), MultipleOf(3)] = 3
    on: bool = False
    learner: Slow | Fast = field(default_factory=Slow)
    bounds: Ordered = field(default_factory=Ordered)
    cells: Annotated[tuple[Annotated[int, Ge(1)], ...], MinLen(1)] = (1,)
    span: tuple[float, float] | None = None
    ranges: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    given: bool | int | str = 0


@dataclass(frozen=True)
class Needed:
    question: str
    number: int


def test_everything_absent_has_its_default():
    assert parse(Tree, {}) == Tree()


def test_a_tree_becomes_nested_values():
    made = parse(
        Tree,
        {
            "name": "n",
            "count": 9,
            "on": True,
            "bounds": {"low": -1},
            "cells": [4, 2],
            "span": [0, 1.5],
            "ranges": {"gravity": [-12, 0]},
            "given": "text",
        },
    )
    assert made == Tree("n", 9, True, Slow(), Ordered(-1.0), (4, 2), (0.0, 1.5), {"gravity": (-12.0, 0.0)}, "text")
    assert [type(each) for each in (made.bounds.low, made.span[0], made.ranges["gravity"][0])] == [float] * 3


@pytest.mark.parametrize(
    ("table", "made"),
    [
        ({}, Slow()),
        ({"steps": 7}, Slow(steps=7)),
        ({"kind": "slow"}, Slow()),
        ({"kind": "fast", "rate": 0.25}, Fast(rate=0.25)),
        ({"kind": "faster"}, Fast("faster")),
    ],
)
def test_the_kind_chooses_among_dataclasses_and_the_first_is_the_default(table, made):
    assert parse(Tree, {"learner": table}).learner == made


@pytest.mark.parametrize("value", [True, 1, "1"])
def test_a_union_of_scalars_converts_nothing(value):
    made = parse(Tree, {"given": value}).given
    assert (type(made), made) == (type(value), value)


def test_what_may_be_none_may_be_null():
    assert parse(Tree, {"span": None}) == Tree()


REFUSED = {
    "name is 3, but should be text": {"name": 3},
    "name is null, but should be text": {"name": None},
    "count is 4, but should be a multiple of 3": {"count": 4},
    "count is 12, but should be at most 9": {"count": 12},
    "count is 3.0, but should be a whole number": {"count": 3.0},
    'count is "3", but should be a whole number': {"count": "3"},
    "count is true, but should be a whole number": {"count": True},
    "on is 1, but should be true or false": {"on": 1},
    "on is 0, but should be true or false": {"on": 0},
    "learner is 3, but should be a table": {"learner": 3},
    "learner.kind is \"fats\" (did you mean 'fast'?), but should be 'slow' or 'fast' or 'faster'": {
        "learner": {"kind": "fats"}
    },
    "learner.kind is 3, but should be 'slow' or 'fast' or 'faster'": {"learner": {"kind": 3}},
    "learner.kind is [], but should be 'slow' or 'fast' or 'faster'": {"learner": {"kind": []}},
    "learner.rate is not known; allowed here: kind, steps": {"learner": {"rate": 0.5}},
    "learner.steps is not known; allowed here: kind, rate": {"learner": {"kind": "fast", "steps": 1}},
    "learner.rate is -0.0, but should be more than 0": {"learner": {"kind": "fast", "rate": -0.0}},
    "learner.rate is 1.0, but should be less than 1": {"learner": {"kind": "fast", "rate": 1}},
    "bounds: low is 5.0 and high is 1.0": {"bounds": {"low": 5}},
    "bounds.low is nan, but should be a finite number": {"bounds": {"low": float("nan")}},
    "cells is {}, but should be a list": {"cells": {}},
    "cells is [], but should be a list of at least 1": {"cells": []},
    'cells.1 is 0, but should be at least 1; cells.2 is "x", but should be a whole number': {"cells": [1, 0, "x"]},
    "span is [1], but should be a list of 2": {"span": [1]},
    "ranges is [], but should be a table": {"ranges": []},
    "ranges.gravity is [1], but should be a list of 2": {"ranges": {"gravity": [1]}},
    "given is 1.5, but should be true or false or a whole number or text": {"given": 1.5},
    "cuont is not known (did you mean 'count'?); allowed here: bounds, cells, count,": {"cuont": 3},
    "ranges.a.1 is " + '"' + "x" * 79 + "..., but should be a number": {"ranges": {"a": [1, "x" * 500]}},
}


@pytest.mark.parametrize(("message", "tree"), REFUSED.items(), ids=REFUSED)
def test_what_does_not_fit_is_refused_with_its_place(message, tree):
    with pytest.raises(Refused) as error:
        parse(Tree, tree)
    assert str(error.value).startswith(message)


def test_all_problems_are_found_at_once():
    with pytest.raises(Refused, match=r"^question is missing; number is missing; x is not known; .* head, num"):
        parse(Needed, {"x": 1}, beside=["head"])


def test_a_whole_number_too_large_for_a_real_one_is_refused():
    with pytest.raises(Refused, match="a finite number"):
        parse(Ordered, {"high": 10**400})


def test_a_bound_that_the_reader_does_not_know_is_a_bug():
    @dataclass
    class Unknown:
        x: Annotated[int, Interval(ge=0)] = 0

    with pytest.raises(TypeError, match="no bound that recipes know"):
        parse(Unknown, {"x": 1})


@dataclass(frozen=True)
class Open:
    table: dict[str, Any] | None = None


def test_what_is_any_is_left_as_it_is():
    given = {"id": "x", "ranges": {"gravity": [1, 2.5]}, "on": True}
    assert parse(Open, {"table": given}).table == given
    with pytest.raises(Refused, match="table"):
        parse(Open, {"table": 3})


@dataclass(frozen=True)
class Hasty(Tree):
    learner: Slow | Fast = field(default_factory=Fast)


def test_without_a_kind_that_of_the_default_is_meant():
    assert parse(Tree, {"learner": {"steps": 2}}).learner == Slow(steps=2)
    assert parse(Hasty, {"learner": {"rate": 0.25}}).learner == Fast(rate=0.25)
    assert parse(Hasty, {"learner": {"kind": "slow"}}).learner == Slow()
