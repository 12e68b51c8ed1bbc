"""Trees of TOML or JSON values as dataclasses, strictly: types, bounds and names are those of the fields.

Nothing is converted, but a whole number where a real one is wanted, and lists to tuples. A field may be bool, int,
float, str, a Literal, a tuple, a Mapping from str, a dataclass, or a union of these; bounds are those of
`annotated_types`. What is Any is checked by its user. Among several dataclasses the key `kind` chooses, which is a
Literal in each; without it the kind of the field's default is taken, or the first one. All problems are found in one
pass.
"""

import datetime
import difflib
import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from annotated_types import Ge, Gt, Le, Lt, MinLen, MultipleOf

T = TypeVar("T")
Place = tuple[str, ...]

SCALARS = {bool: "true or false", int: "a whole number", float: "a number", str: "text"}

LONGEST = 80
"""Most characters of a value that a message repeats."""


class Refused(ValueError):
    """A tree that is not what was wanted; its text names every problem, separated by semicolons."""


def parse(kind: type[T], tree: Mapping[str, Any], beside: Iterable[str] = ()) -> T:
    """The dataclass `kind` made of a tree. Raises Refused.

    Args:
        kind: a dataclass.
        tree: its fields by name; those with a default may be absent.
        beside: keys that are known beside those of `kind`, for the message about an unknown one.

    """
    reading = _Reading()
    made: T = reading.table(kind, tree, (), beside)
    if reading.problems:
        raise Refused("; ".join(reading.problems))
    return made


def hint(given: str, known: Iterable[str]) -> str:
    """A suggestion in brackets, where a known word is close."""
    close = difflib.get_close_matches(given, list(known), n=1)
    return f" (did you mean {close[0]!r}?)" if close else ""


class _Reading:
    """One pass through a tree. What a method returns has no meaning once `problems` is not empty."""

    def __init__(self) -> None:
        self.problems: list[str] = []

    def value(self, wanted: Any, given: Any, place: Place) -> Any:
        """`given` as a value of the type `wanted`."""
        if wanted is Any:
            if _dated(given):
                self.problems.append(f"{'.'.join(place)} holds a date or a time; give numbers, text, lists, tables")
            return given
        origin, arguments = get_origin(wanted), get_args(wanted)
        if origin is Annotated:
            before = len(self.problems)
            made = self.value(arguments[0], given, place)
            if len(self.problems) == before:
                self.bounds(arguments[1:], made, place)
            return made
        if origin in (Union, UnionType):
            return self.choice(arguments, given, place)
        if origin is Literal:
            if not any(type(given) is type(option) and given == option for option in arguments):
                self.refuse(place, given, " or ".join(map(repr, arguments)), _near(given, arguments))
            return given
        if origin is tuple:
            return self.sequence(arguments, given, place)
        if origin in (dict, Mapping):
            if not isinstance(given, Mapping):
                return self.refuse(place, given, "a table")
            return {key: self.value(arguments[1], each, (*place, key)) for key, each in given.items()}
        if is_dataclass(wanted):
            return self.table(wanted, given, place)
        return self.scalar(wanted, given, place)

    def scalar(self, wanted: Any, given: Any, place: Place) -> Any:
        if wanted is float and type(given) is int:
            given = float(given) if abs(given) < 2**1023 else math.inf
        if type(given) is not wanted:
            return self.refuse(place, given, SCALARS[wanted])
        if wanted is float and not math.isfinite(given):
            return self.refuse(place, given, "a finite number")
        return given

    def bounds(self, bounds: Iterable[Any], given: Any, place: Place) -> None:
        for bound in bounds:
            kept, allowed = _bound(bound, given)
            if not kept:
                self.refuse(place, given, allowed)
                return

    def sequence(self, wanted: tuple[Any, ...], given: Any, place: Place) -> Any:
        if not isinstance(given, list | tuple):
            return self.refuse(place, given, "a list")
        if wanted[-1] is Ellipsis:
            wanted = (wanted[0],) * len(given)
        if len(wanted) != len(given):
            return self.refuse(place, given, f"a list of {len(wanted)}")
        pairs = enumerate(zip(wanted, given, strict=True))
        return tuple(self.value(kind, each, (*place, str(number))) for number, (kind, each) in pairs)

    def choice(self, kinds: tuple[Any, ...], given: Any, place: Place) -> Any:
        """The alternative of a union that fits: by its `kind` among dataclasses, else the first one."""
        if given is None and NoneType in kinds:
            return None
        kinds = tuple(kind for kind in kinds if kind is not NoneType)
        if len(kinds) == 1:
            return self.value(kinds[0], given, place)
        tables = {name: kind for kind in kinds if is_dataclass(kind) for name in _names_of(kind)}
        if tables and isinstance(given, Mapping):
            name = given.get("kind", next(iter(tables)))
            if isinstance(name, str) and name in tables:
                return self.table(tables[name], given, place)
            return self.refuse((*place, "kind"), name, " or ".join(map(repr, tables)), _near(name, tables))
        for kind in kinds:
            trial = _Reading()
            made = trial.value(kind, given, place)
            if not trial.problems:
                return made
        allowed = [SCALARS.get(kind, "a list" if get_origin(kind) is tuple else "a table") for kind in kinds]
        return self.refuse(place, given, " or ".join(dict.fromkeys(allowed)))

    def table(self, kind: Any, given: Any, place: Place, beside: Iterable[str] = ()) -> Any:
        if not isinstance(given, Mapping):
            return self.refuse(place, given, "a table")
        before, known = len(self.problems), {field.name: field for field in fields(kind)}
        for name in [name for name in known if name not in given]:
            if known[name].default is MISSING and known[name].default_factory is MISSING:
                self.problems.append(f"{_text((*place, name))} is missing")
        made = {}
        for name, each in given.items():
            inside = (*place, name)
            if name in known:
                made[name] = self.value(_types(kind)[name], _of_default_kind(known[name], each), inside)
            else:
                allowed = sorted({*known, *beside})
                offer = f"{hint(name, allowed)}; allowed here: {', '.join(allowed)}"
                self.problems.append(f"{_text(inside)} is not known{offer}")
        if len(self.problems) > before:
            return None
        try:
            return kind(**made)
        except ValueError as error:
            self.problems.append(": ".join([*([_text(place)] if place else []), str(error)]))
            return None

    def refuse(self, place: Place, given: Any, allowed: str, offer: str = "") -> None:
        self.problems.append(f"{_text(place)} is {_shown(given)}{offer}, but should be {allowed}")


@cache
def _types(kind: Any) -> dict[str, Any]:
    return get_type_hints(kind, include_extras=True)


def _names_of(kind: Any) -> tuple[str, ...]:
    """What the key `kind` says where this dataclass is meant."""
    return get_args(_types(kind)["kind"])


def _bound(bound: Any, given: Any) -> tuple[bool, str]:
    """Whether a value keeps a bound, and the bound in words."""
    match bound:
        case Ge():
            return given >= bound.ge, f"at least {bound.ge}"
        case Gt():
            return given > bound.gt, f"more than {bound.gt}"
        case Le():
            return given <= bound.le, f"at most {bound.le}"
        case Lt():
            return given < bound.lt, f"less than {bound.lt}"
        case MultipleOf():
            return given % bound.multiple_of == 0, f"a multiple of {bound.multiple_of}"
        case MinLen():
            return len(given) >= bound.min_length, f"a list of at least {bound.min_length}"
    raise TypeError(f"{bound} is no bound that recipes know")


def _near(given: Any, options: Iterable[Any]) -> str:
    return hint(given, map(str, options)) if isinstance(given, str) else ""


def _text(place: Place) -> str:
    return ".".join(place)


def _shown(given: Any) -> str:
    """A value as a recipe writes it, cut where it is long."""
    plain = isinstance(given, datetime.date | datetime.time) or (isinstance(given, float) and not math.isfinite(given))
    try:
        text = str(given) if plain else json.dumps(given, default=str)
    except ValueError:  # Python refuses to write whole numbers of thousands of digits
        return "too long to show"
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}..."


def _of_default_kind(field: Field[Any], given: Any) -> Any:
    """A table without `kind`, with that of the field's default."""
    default = field.default if field.default_factory is MISSING else field.default_factory()
    if (
        not isinstance(given, Mapping)
        or not is_dataclass(default)
        or "kind" not in {each.name for each in fields(default)}
    ):
        return given
    return {"kind": vars(default)["kind"], **given}


def _dated(value: Any) -> bool:
    """Whether a date or a time is in a value, which JSON cannot hold."""
    if isinstance(value, Mapping):
        return any(map(_dated, value.values()))
    if isinstance(value, list):
        return any(map(_dated, value))
    return isinstance(value, datetime.date | datetime.time)
