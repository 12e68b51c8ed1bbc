"""Checks what a domain offers to people."""

import json
from collections.abc import Callable
from typing import Any

import numpy as np

from . import read_task
from .acting import act, read_actions, write_actions
from .api import Domain, Genome, Trace, World
from .check_pictures import check_sketch
from .contract import ContractViolation, require
from .controls import Choice, Control, Interval, Line, Number, Path, Seed, Things, Tiles
from .forward import controller
from .people import People

CAP = 60
"""Most steps of the episodes that are played."""


def check_people(domain: Domain, tasks: list[Genome]) -> None:
    """Change, draw and play the tasks in every way there is."""
    if domain.simulator.begin:
        for task in tasks:
            _check_world(domain, domain.simulator.begin, task)
    people = domain.people
    if people is None:
        return
    for name, blank in people.blanks.items():
        text = domain.tasks.encode(blank())
        require(domain.tasks.encode(domain.tasks.decode(text)) == text, f"blank {name!r} is no task: {text}")
    for task in tasks:
        if people.controls:
            _check_controls(domain, people.controls, task)
        if people.drawn:
            check_sketch(people.drawn(task), 1)
        if people.objection:
            said = people.objection(task)
            require(isinstance(said, str) and said == people.objection(task), f"objection gives {said!r}")
        witness = people.witness(task) if people.witness else None
        if witness is not None:
            facts = act(domain.simulator, task, witness, len(witness), 0).facts
            require(facts.get("finished") == 1.0, f"a witness ends with the facts {facts}")
    if people.keys:
        _check_keys(domain, people)


def _check_controls(domain: Domain, controls: Callable[[Genome], tuple[Control, ...]], task: Genome) -> None:
    """Each control's place is there, and holds a task whatever the control writes."""
    value, found = json.loads(domain.tasks.encode(task)), controls(task)
    require(found == controls(task), "controls is not a function of the genome")
    require(_read(domain, _as_browsers_write(value), "as a browser writes it") == task, "read gives another task")
    for control in found:
        place = f"control {control.label!r}"
        written = control.as_json()
        require(json.loads(json.dumps(written)) == written, f"{place} holds more than JSON does")
        try:
            now = at(value, control.path)
        except (LookupError, TypeError):
            raise ContractViolation(f"{place}: there is no place {list(control.path)} in the task") from None
        for sample in samples(control, now):
            changed = put(value, control.path, sample)
            for path, other in getattr(control, "without", ()) if sample is None else ():
                changed = put(changed, path, other)
            _read(domain, changed, f"{place}, which wrote {sample!r:.80}")


def samples(control: Control, now: Any) -> list[Any]:
    """Values that a control can write, `now` being there. Raises ContractViolation if it cannot have written `now`."""
    match control:
        case Number(low=low, high=high):
            require(low <= now <= high, f"control {control.label!r} is {now}, not within {low} .. {high}")
            return [low, high, now]
        case Interval(low=low, high=high, first=first):
            require(now is not None or control.optional, f"control {control.label!r} is null without being optional")
            require(now is None or low <= now[0] <= now[1] <= high, f"control {control.label!r} is {now}")
            return [[low, low], [low, high], [high, high], list(first), now] + [None] * control.optional
        case Choice(options=options):
            values = [value for value, _ in options]
            require(now in values, f"control {control.label!r} is {now!r}, none of {values}")
            return values
        case Seed(count=count):
            require(0 <= now < count, f"control {control.label!r} is {now}, not within 0 .. {count - 1}")
            return [0, count - 1]
        case Line(low=low, high=high):
            sound = all(isinstance(height, int) and low <= height <= high for height in now)
            require(sound, f"control {control.label!r} is no list of whole numbers within {low} .. {high}")
            return [[low] * len(now), [high] * len(now), now[::-1]]
        case Things(sorts=sorts):
            known = {sort.name: sort for sort in sorts}
            require(len(now) <= control.most, f"control {control.label!r} has {len(now)} things")
            for thing in now:
                require(thing["kind"] in known, f"control {control.label!r} has a thing {thing['kind']!r}")
                for number in known[thing["kind"]].controls:
                    samples(number, at(thing, number.path))
            ends = [
                put(sort.new, number.path, end)
                for sort in sorts
                for number in sort.controls
                for end in (number.low, number.high)
            ]
            return [[], now[::-1], *([sort.new] for sort in sorts), *([end] for end in ends)]
        case Tiles(width=width, height=height):
            rows = [int(row, 16) for row in now.split(" ")]
            require(len(rows) == height and max(rows) < 1 << width, f"control {control.label!r} is {now!r:.80}")
            return [" ".join(["0"] * height), now]
    raise ContractViolation(f"control {control.label!r} is of an unknown kind, {type(control).__name__}")


def at(value: Any, path: Path) -> Any:
    """What stands at a path. Raises LookupError or TypeError where nothing does."""
    for key in path:
        value = value[key]
    return value


def put(value: Any, path: Path, new: Any) -> Any:
    """The JSON value with another one at a path."""
    changed = json.loads(json.dumps(value))
    if not path:
        return new
    at(changed, path[:-1])[path[-1]] = new
    return changed


def _as_browsers_write(value: Any) -> Any:
    """JavaScript has one kind of number: 1.0 is written 1."""
    if isinstance(value, dict):
        return {key: _as_browsers_write(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_as_browsers_write(each) for each in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _read(domain: Domain, value: Any, how: str) -> Genome:
    try:
        return read_task(domain, json.dumps(value))
    except ValueError as error:
        raise ContractViolation(f"a task {how}, is refused: {error}") from None


def _check_world(domain: Domain, begin: Callable[[Genome, int], World], task: Genome) -> None:
    """An agent that acts in a world step by step does what it does in rollouts, and what it did can be done again."""
    simulator, policy = domain.simulator, domain.policies.default
    agent, key = policy.init(11), 2**63 + 5
    expected = simulator.trace(task, policy, agent, key, CAP)
    world, chosen, rewards = begin(task, key), controller(policy, agent), list[float]()
    sketch = domain.pictures.sketch if domain.pictures else None
    while not world.over and len(rewards) < CAP:
        if sketch:
            check_sketch(sketch(task, world.now()), 1)
        rewards.append(world.step(chosen(world.observation)))
    _require_same(expected, world.trace(), "stepped by its agent")
    require(np.array(rewards).tobytes() == expected.rewards.tobytes(), "a world's steps give other rewards")
    require(world.now().facts == expected.facts, "a world has other facts now than at the end of its trace")
    actions = read_actions(simulator.actions, json.loads(json.dumps(write_actions(expected.actions))))
    _require_same(expected, act(simulator, task, actions, CAP, key), "acted again")
    half = len(actions) // 2
    require(len(act(simulator, task, actions, half, key).rewards) == half, "act does not stop after cap steps")


def _require_same(expected: Trace, found: Trace, how: str) -> None:
    for name in ("rewards", "observations", "actions"):
        one, other = getattr(expected, name), getattr(found, name)
        same = one.dtype == other.dtype and one.shape == other.shape and one.tobytes() == other.tobytes()
        require(same, f"an episode {how} has other {name}")
    require(expected.scene.keys() == found.scene.keys(), f"an episode {how} has another scene")
    for name, values in expected.scene.items():
        require(values.tobytes() == found.scene[name].tobytes(), f"an episode {how} has another scene {name!r}")
    require(expected.facts == found.facts, f"an episode {how} has the facts {found.facts}, not {expected.facts}")


def _check_keys(domain: Domain, people: People) -> None:
    keys, space = people.keys, domain.simulator.actions
    assert keys is not None
    require(domain.simulator.begin is not None, "keys need a world to act in: simulator.begin is None")
    codes = [key.code for key in keys.keys]
    require(len(set(codes)) == len(codes) > 0, f"keys have the codes {codes}; they must be distinct")
    require(0 < keys.speed <= 1, f"the speed of keys is {keys.speed}; it must be above 0 and at most 1")
    for held in ([], codes, *([code] for code in codes)):
        action = keys.action(held)
        if action is None:
            require(space.discrete and not held, f"keys {held} do nothing")
            continue
        try:
            read_actions(space, [action if isinstance(action, int) else action.tolist()])
        except ValueError as error:
            raise ContractViolation(f"keys {held}: {error}") from None
