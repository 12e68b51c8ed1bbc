"""The table `[environment]` of a recipe: which environment of Gymnasium, and which of its parameters make a task."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..numbers import Range

KEYS = ("id", "ranges", "attributes", "arguments", "axes", "lowest_return")
ENDS = ("low", "high", "first", "step", "whole")


@dataclass(frozen=True)
class Settings:
    """The table, checked.

    Attributes:
        id: what `gymnasium.make` takes.
        ranges: what keyword arguments may be, by name.
        attributes: the same for attributes of the environment, which are set after it is made, for what is no argument.
        arguments: keyword arguments that are the same for all tasks.
        axes: the parameters that are descriptors.
        lowest_return: see `envs.api.Simulator`.
        table: the table as it was given, JSON values.
    """

    id: str
    ranges: Mapping[str, Range]
    attributes: Mapping[str, Range]
    arguments: Mapping[str, Any]
    axes: tuple[str, ...]
    lowest_return: float
    table: Mapping[str, Any]

    @property
    def parameters(self) -> dict[str, Range]:
        """All that makes a task, in the order of a genome."""
        return {**self.ranges, **self.attributes}


def parsed(table: Mapping[str, Any]) -> Settings:
    """The settings of a table. Raises ValueError, in one sentence that names the key, for one that is wrong."""
    unknown = [key for key in table if key not in KEYS]
    if unknown:
        raise ValueError(f"environment.{unknown[0]} is not known; allowed here: {', '.join(KEYS)}")
    id, arguments, lowest = table.get("id"), table.get("arguments", {}), table.get("lowest_return", 0.0)
    if not isinstance(id, str) or not id:
        raise ValueError('environment.id is missing; give an id of Gymnasium, such as id = "LunarLander-v3"')
    if not isinstance(arguments, Mapping):
        raise ValueError(f"environment.arguments is {arguments!r}; it must be a table of keyword arguments")
    if isinstance(lowest, bool) or not isinstance(lowest, int | float):
        raise ValueError(f"environment.lowest_return is {lowest!r}; it must be a number")
    ranges, attributes = (ranged(table.get(key, {}), f"environment.{key}") for key in ("ranges", "attributes"))
    names = [*ranges, *attributes]
    if not names:
        raise ValueError("environment has no ranges; give at least one, such as ranges = {gravity = [-11.0, -2.0]}")
    for name in names:
        if names.count(name) > 1 or name in arguments:
            raise ValueError(f"environment: {name} stands in two tables of ranges, attributes, arguments; leave one")
    axes = table.get("axes", names[:2])
    if not isinstance(axes, list | tuple) or not axes or len(set(map(str, axes))) != len(axes):
        raise ValueError(f"environment.axes is {axes!r}; it must be a list of different parameters")
    for axis in axes:
        if axis not in names:
            raise ValueError(f"environment.axes names {axis!r}; choose from: {', '.join(names)}")
    return Settings(id, ranges, attributes, arguments, tuple(axes), float(lowest), table)


def ranged(table: Any, place: str) -> dict[str, Range]:
    """The ranges in a table, each a list [low, high] or a table of `ENDS`."""
    if not isinstance(table, Mapping):
        raise ValueError(f"{place} is {table!r}; it must be a table, such as {{gravity = [-11.0, -2.0]}}")
    found = {}
    for name, value in table.items():
        ends = {"low": value[0], "high": value[1]} if isinstance(value, list | tuple) and len(value) == 2 else value
        sound = isinstance(ends, Mapping) and {"low", "high"} <= ends.keys() <= set(ENDS)
        numbers = sound and all(_is_number(ends[key]) for key in ends if key != "whole")
        if not numbers or not isinstance(ends.get("whole", False), bool):
            raise ValueError(f"{place}.{name} is {value!r}; write [low, high] or a table of {', '.join(ENDS)}")
        try:
            found[name] = Range(**ends)
        except ValueError as error:
            raise ValueError(f"{place}.{name}: {error}") from None
    return found


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
