"""Episodes: sessions of requests in which a network scores every candidate and the best one is done, the first of
equals.

Rewards of a request, each divided by the requests of a session: 200 for the whole way to its goal, step by step as
the shortest plan gets shorter (what was the way and is undone again costs as much); -0.25 for every action; 100 for
ending it when all values are as wanted; -10, and the way so far taken back, for ending it otherwise. A request ends
then, or after twice its plan's length and 6 actions more, or when an action leaves all that is seen as it was: the
agent would repeat it for ever.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...forward import SIZES, layer
from ...policy import Policy
from ...queue import take
from ...simd.compiled import inlined, kernel
from ..sites.limits import REQUESTS
from .plan import left, new_counts
from .see import BACK, FEATURES, Seen, new_seen, see
from .state import PAGE, State, View, dialog_open, new_state, new_view, remember, reset, shown
from .step import OVER, step

WAY, ACTION, DONE, FAILED = 200.0 / REQUESTS, -0.25 / REQUESTS, 100.0 / REQUESTS, -10.0 / REQUESTS
PLAN, LIMIT, ACTIONS, VERDICT, ELEMENTS, CANDIDATES = range(6)
"""Places in `Room.now`: actions of the shortest plan; most actions, 0 for no end but that of the request itself;
actions so far; 1 if the request was ended rightly, -1 if wrongly; elements and candidates that are seen."""
RIGHT, WRONG = range(2)
"""Places in `Room.done`: requests of a session that ended so."""


class Room(NamedTuple):
    """What a thread works in.

    Attributes:
        state, visible, seen: of the request, now.
        before: float32[CANDIDATES, 48], what was seen before the last action.
        counts: see `plan.left`.
        hidden: float32[2, widest], layers; score: float32[1], that of the candidate that was chosen.
        now: int64[6]; way: float64[1], the share of the shortest plan that is done; done: int64[2].
    """

    state: State
    visible: View
    seen: Seen
    before: NDArray[np.float32]
    counts: NDArray[np.int32]
    hidden: NDArray[np.float32]
    score: NDArray[np.float32]
    now: NDArray[np.int64]
    way: NDArray[np.float64]
    done: NDArray[np.int64]


class Tape(NamedTuple):
    """Where a session is recorded, if it has rows: rewards float64[cap]; what was seen of the chosen candidate,
    float32[cap, 48]; its score float32[cap, 1]; request, candidate, element and span int16[cap + 1, 4].
    """

    rewards: NDArray[np.float64]
    observations: NDArray[np.float32]
    scores: NDArray[np.float32]
    actions: NDArray[np.int16]


class Results(NamedTuple):
    """Of each session: returns float64[n], steps int32[n], finished bool[n], requests done rightly and ended wrongly,
    int32[n].
    """

    returns: NDArray[np.float64]
    steps: NDArray[np.int32]
    finished: NDArray[np.bool_]
    success: NDArray[np.int32]
    wrong: NDArray[np.int32]


def new_room(policy: Policy) -> Room:
    """Room for a thread."""
    seen = new_seen()
    hidden = np.zeros((2, int(max(policy.code[SIZES:]))), np.float32)
    return Room(
        new_state(), new_view(), seen, np.zeros_like(seen.features), new_counts(), hidden, np.zeros(1, np.float32),
        np.zeros(6, np.int64), np.zeros(1), np.zeros(2, np.int64),
    )  # fmt: skip


def new_tape(cap: int) -> Tape:
    """Room to record a session of so many steps; 0: none."""
    return Tape(
        np.zeros(cap), np.zeros((cap, FEATURES), np.float32), np.zeros((cap, 1), np.float32),
        np.full((cap + 1, 4), BACK, np.int16),
    )  # fmt: skip


@inlined
def score(code, agent, row, hidden, out):
    """The network's output at one candidate; no tanh behind the last layer."""
    start, last = 0, len(code) - SIZES - 2
    for number in range(last + 1):
        x = row if number == 0 else hidden[(number - 1) % 2]
        y = out if number == last else hidden[number % 2]
        start = layer(agent, start, code[SIZES + number], code[SIZES + number + 1], x, y, number < last)
    return out[0]


@kernel
def choose(code, agent, features, count, hidden, out):
    """The candidate with the highest score, the first of equals; its score is in `out` float32[1]."""
    best, highest = 0, np.float32(0.0)
    for i in range(count):
        value = score(code, agent, features[i], hidden, out)
        if i == 0 or value > highest:
            best, highest = i, value
    out[0] = highest
    return best


@inlined
def watch(look, rules, r, room):
    """See what is there now."""
    count = shown(look, rules, r, room.state, room.visible)
    home, inside = room.state.now[PAGE] == 0, dialog_open(rules, r, room.state)
    room.now[ELEMENTS] = count
    room.now[CANDIDATES] = see(look, r, room.visible, count, inside, home, room.state, room.seen)


@kernel
def begin(look, rules, r, room):
    """Begin request r. Nothing is new at first."""
    reset(look, rules, r, room.state)
    count = shown(look, rules, r, room.state, room.visible)
    remember(room.visible, count, room.state, -1, -1, 0)
    plan = left(look, rules, r, room.state, room.counts)
    room.now[PLAN], room.now[LIMIT], room.now[ACTIONS], room.now[VERDICT] = plan, 2 * plan + 6, 0, 0
    room.way[0] = 0.0
    watch(look, rules, r, room)


@inlined
def same(one, other, count):
    """Whether what is seen of so many candidates is equal to the bit."""
    for i in range(count):
        for k in range(FEATURES):
            if one[i, k] != other[i, k]:
                return False
    return True


@inlined
def keep(features, kept, count):
    for i in range(count):
        for k in range(FEATURES):
            kept[i, k] = features[i, k]


@kernel
def turn(look, rules, r, room, element, span):
    """Do something; returns the reward and whether the request is over, and fills `room.now` and `room.way`."""
    earlier = room.now[CANDIDATES]
    keep(room.seen.features, room.before, earlier)
    over = step(look, rules, r, room.state, element, span) == OVER
    alike = look.alike[look.start[r] + element] if element >= 0 else 0
    remember(room.visible, room.now[ELEMENTS], room.state, span, element, alike)
    rest = left(look, rules, r, room.state, room.counts)
    room.now[ACTIONS] += 1
    way = room.way[0]
    if over:
        right = element == rules.commit[r] and rest == 1
        room.now[VERDICT] = 1 if right else -1
        return ACTION + (DONE + WAY * (1.0 - way) if right else FAILED - WAY * way), True
    room.way[0] = max(0.0, 1.0 - np.float64(rest) / np.float64(room.now[PLAN]))
    watch(look, rules, r, room)
    if room.now[LIMIT] > 0:
        over = room.now[ACTIONS] >= room.now[LIMIT]
        over = over or (room.now[CANDIDATES] == earlier and same(room.seen.features, room.before, earlier))
    return ACTION + WAY * (room.way[0] - way), over


@inlined
def tally(room, best, idle):
    """Count how requests end. Given the largest share of this request's way that was done so far, and the actions since
    the last progress, returns both after this action.
    """
    idle = 0 if room.way[0] > best or room.now[VERDICT] > 0 else idle + 1
    room.done[RIGHT] += room.now[VERDICT] > 0
    room.done[WRONG] += room.now[VERDICT] < 0
    return max(best, room.way[0]), idle


@kernel
def session(look, rules, first, code, agent, cap, stall, room, tape):
    """Run the requests first .. first + 15; returns the sum of rewards and the number of actions. `room.done` counts
    how requests ended. stall: end after so many actions that bring no request further than it was; 0: never.
    """
    total, t, idle = 0.0, 0, 0
    recorded = len(tape.rewards) > 0
    room.done[RIGHT] = room.done[WRONG] = 0
    for r in range(first, first + REQUESTS):
        begin(look, rules, r, room)
        best, over = 0.0, False
        while not over:
            if t >= cap:
                return total, t
            chosen = choose(code, agent, room.seen.features, room.now[CANDIDATES], room.hidden, room.score)
            element, span = room.seen.candidates[chosen, 0], room.seen.candidates[chosen, 1]
            if recorded:
                for k in range(FEATURES):
                    tape.observations[t, k] = room.seen.features[chosen, k]
                tape.scores[t, 0] = room.score[0]
                tape.actions[t, 0], tape.actions[t, 1] = r - first, chosen
                tape.actions[t, 2], tape.actions[t, 3] = element, span
            reward, over = turn(look, rules, r, room, element, span)
            if recorded:
                tape.rewards[t] = reward
            total += reward
            t += 1
            best, idle = tally(room, best, idle)
            if 0 < stall <= idle:
                return total, t
    return total, t


@kernel
def visit_all(look, rules, code, agents, which, cap, stall, results, taken, stop, room, tape):
    """Take sessions of a queue until none is left or `stop` is set; results: see `Results`."""
    while stop[0] == 0:
        i = take(taken)
        if i >= len(which):
            return
        first = which[i, 0] * REQUESTS
        total, t = session(look, rules, first, code, agents[which[i, 1]], cap, stall, room, tape)
        results.success[i], results.wrong[i] = room.done[RIGHT], room.done[WRONG]
        results.finished[i] = room.done[RIGHT] == REQUESTS
        results.returns[i], results.steps[i] = total, t
