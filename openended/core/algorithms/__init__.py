"""The algorithms that a recipe can name, and the modules that hold them.

Each module offers `Params` (a frozen dataclass), `check(params, domain)`, which raises ValueError if the two do not
fit, `init(means)` and `step(means, state)`, both returning the new `State` and the generation's `Changes`.
"""

from importlib import import_module
from types import ModuleType

ALGORITHMS = {
    "attack": "openended.core.algorithms.attack",
    "curriculum": "openended.core.algorithms.curriculum",
    "direct": "openended.core.algorithms.direct",
    "distil": "openended.core.algorithms.distil",
    "enhanced-poet": "openended.core.algorithms.enhanced_poet",
    "generalist": "openended.core.algorithms.generalist",
    "map-elites": "openended.core.algorithms.map_elites",
    "poet": "openended.core.algorithms.poet",
    "self-improvement": "openended.core.algorithms.self_improvement",
}

SHARING = ("curriculum", "distil", "generalist", "self-improvement")
"""Those whose tasks share learner 0."""


def algorithm(name: str) -> ModuleType:
    """The module of an algorithm. Raises ValueError for a name that is not listed."""
    if name not in ALGORITHMS:
        raise ValueError(f"algorithm {name!r} is not known; choose one of: {', '.join(sorted(ALGORITHMS))}")
    return import_module(ALGORITHMS[name])
