"""What an offer says: JSON of a closed form, checked before anything looks at it.

A letter is `{"author": ..., "kind": ..., "nonce": ..., "payload": {...}}`. Payloads by kind:

- `task`: `task`, a task as its domain writes it; `from`, the niche whose task it was edited from, or null; `beat`, the
  agent that it was made to defeat as `{"niche": n, "agent": first 16 digits of its SHA-256}`, or null; `hints`, up to 8
  niches whose agents did well on it.
- `vote`: `left` and `right`, ids of tasks; `choice`, which is more interesting: `left`, `right`, `equal`, `none`.
- `witness`: `task`, an id or the name of an offer; `actions`, what solves it, a list.
- `check`: `task` likewise; `verdict` on whether it can be solved: `yes`, `no`, `unsure`; `reason`, text.
- `withdraw`: `offer`, the name of an offer that waits for another judgement.
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from openended.core.offers import KINDS

SIZE = 1 << 16
"""Most bytes of an offer."""
NAME = re.compile(r"[0-9a-f]{64}\.json", re.ASCII)
"""What a file that holds an offer is called."""
TAG = re.compile(r"[a-z0-9_-]{1,32}", re.ASCII)
"""The tag of an author."""
RESERVED = "machine"
"""The tag of the search itself."""
CONTROL = "control-"
"""How the tags of scripted authors begin, which people are compared with."""
KEYS = {"author", "kind", "nonce", "payload"}
DEEPEST = 32
"""How deep lists and objects may lie in each other."""
LARGEST = 2**53
HINTS = 8
"""Most niches named as hints."""
LONGEST = 200
"""Most characters of a nonce and of a reason."""


class Unreadable(ValueError):
    """A file or a value that is no offer; its text says why, without an end mark."""


def read(data: bytes) -> dict[str, Any]:
    """The letter in some bytes, of which author and kind are known to be ones. Raises Unreadable."""
    if len(data) > SIZE:
        raise Unreadable(f"it has {len(data)} bytes, an offer at most {SIZE}")
    try:
        letter = json.loads(data.decode(), object_pairs_hook=once, parse_constant=no_number)
        json.dumps(letter, allow_nan=False, ensure_ascii=False).encode()
    except Unreadable:
        raise
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"it is not JSON ({type(error).__name__})") from None
    if not isinstance(letter, dict) or set(letter) != KEYS:
        raise Unreadable(f"it should be a JSON object with {', '.join(sorted(KEYS))}, and nothing else")
    if not isinstance(letter["kind"], str) or letter["kind"] not in KINDS:
        raise Unreadable(f"its kind should be one of {', '.join(KINDS)}")
    author = letter["author"]
    if not isinstance(author, str) or not TAG.fullmatch(author) or author == RESERVED:
        raise Unreadable(f"its author should be a tag of 1 to 32 of a-z, 0-9, _ and -, other than {RESERVED!r}")
    return letter


def check(letter: Mapping[str, Any]) -> None:
    """Raise Unreadable unless nonce and payload of a letter are ones."""
    payload, wanted = letter["payload"], PAYLOADS[letter["kind"]]
    if not short(letter["nonce"]):
        raise Unreadable(f"its nonce should be text of at most {LONGEST} characters")
    if not isinstance(payload, dict) or set(payload) != set(wanted):
        raise Unreadable(f"the payload of a {letter['kind']} should hold {', '.join(wanted)}, and nothing else")
    if depth(payload) > DEEPEST:
        raise Unreadable(f"its payload is nested deeper than {DEEPEST}")
    for key, (fits, allowed) in wanted.items():
        if not fits(payload[key]):
            raise Unreadable(f"{key} should be {allowed}")


def once(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """An object whose keys are all different."""
    known: dict[str, Any] = {}
    for key, value in pairs:
        if key in known:
            raise Unreadable("a key comes twice in it")
        known[key] = value
    return known


def no_number(text: str) -> float:
    raise Unreadable(f"it holds {text}, which is no number of JSON")


def depth(value: Any) -> int:
    """How deep lists and objects lie in each other."""
    deep, level = 0, [value]
    while level and deep <= DEEPEST:
        inside = [each.values() if isinstance(each, dict) else each for each in level if isinstance(each, dict | list)]
        level = [part for parts in inside for part in parts]
        deep += bool(inside)
        if not inside:
            break
    return deep


def whole(value: Any) -> bool:
    """Whether it is a whole number 0 .. 2^53."""
    return type(value) is int and 0 <= value <= LARGEST


def named(value: Any) -> bool:
    """Whether it is the name of an offer."""
    return isinstance(value, str) and NAME.fullmatch(f"{value}.json") is not None


def short(value: Any) -> bool:
    return isinstance(value, str) and len(value) <= LONGEST


def target(value: Any) -> bool:
    if value is None:
        return True
    fits = isinstance(value, dict) and set(value) == {"niche", "agent"} and whole(value["niche"])
    return fits and isinstance(value["agent"], str) and re.fullmatch("[0-9a-f]{16}", value["agent"]) is not None


def niches(value: Any) -> bool:
    return isinstance(value, list) and len(value) <= HINTS and all(map(whole, value))


TASK = (lambda value: whole(value) or named(value), "the id of a task or the name of an offer")
PAYLOADS: Mapping[str, Mapping[str, tuple[Callable[[Any], bool], str]]] = {
    "task": {
        "task": (lambda value: value is not None, "a task as its domain writes it"),
        "from": (lambda value: value is None or whole(value), "a niche or null"),
        "beat": (target, "null, or a niche and the first 16 digits of its agent's SHA-256"),
        "hints": (niches, f"a list of up to {HINTS} niches"),
    },
    "vote": {
        "left": (whole, "the id of a task"),
        "right": (whole, "the id of a task"),
        "choice": (lambda value: value in ("left", "right", "equal", "none"), "left, right, equal or none"),
    },
    "witness": {"task": TASK, "actions": (lambda value: isinstance(value, list), "a list of actions")},
    "check": {
        "task": TASK,
        "verdict": (lambda value: value in ("yes", "no", "unsure"), "yes, no or unsure"),
        "reason": (short, f"text of at most {LONGEST} characters"),
    },
    "withdraw": {"offer": (named, "the name of an offer, 64 hexadecimal digits")},
}
"""Of each kind, what every part of its payload should be, as a test and in words."""
