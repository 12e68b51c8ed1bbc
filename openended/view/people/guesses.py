"""Whether votes can be foretold: each is guessed from those before it, then learnt from (prequential accuracy).

Source: Dawid (1984), Present Position and Potential Developments: The Prequential Approach.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from openended.core.novelty import scaled
from openended.core.preference import EQUAL, LEFT, RIGHT, columns, fit
from openended.file.snapshot import Snapshot

FIRST = 10
"""Votes that are learnt from before the first guess."""
FITS = 200
"""Most fits; of more votes, several are guessed by one."""
ANSWERS = {"left": LEFT, "right": RIGHT, "equal": EQUAL}


def foretold(view: Snapshot, given: Sequence[Mapping[str, Any]]) -> tuple[int, float | None]:
    """How many votes for one of two tasks were guessed by the model of all votes before (`core.preference`), and the
    share of them that were guessed rightly, None without any. `given` are payloads of votes, in order.
    """
    answered = [each for each in given if each["choice"] in ANSWERS]
    ids = sorted({each[side] for each in answered for side in ("left", "right")})
    places = {id: place for place, id in enumerate(ids)}
    pairs = np.array([(places[each["left"]], places[each["right"]]) for each in answered], np.int64).reshape(-1, 2)
    answers = np.array([ANSWERS[each["choice"]] for each in answered], np.int64)
    known, right = told(view, ids), list[bool]()
    stride = max(1, -(-(len(answered) - FIRST) // FITS))
    for start in range(FIRST, len(answered), stride):
        liked = fit(known, pairs[:start], answers[:start]).utility(known)
        for (left, other), answer in zip(pairs[start : start + stride], answers[start : start + stride], strict=True):
            if answer != EQUAL:
                right.append(bool((liked[left] > liked[other]) == (answer == LEFT)))
    return len(right), sum(right) / len(right) if right else None


def told(view: Snapshot, ids: Sequence[int]) -> NDArray[np.float64]:
    """What a model knows of tasks, float64[n, k], as in a run (`core.liking`)."""
    features, tasks = view.domain.tasks.features, [view.tasks[id] for id in ids]
    points = scaled([task.descriptor for task in tasks], view.domain.axes)
    return columns(points, None if features is None else np.array([features(task.genome) for task in tasks]))
