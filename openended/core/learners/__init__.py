"""Learners: how an agent is trained on tasks.

A kind is a module with a frozen dataclass of settings, whose field `kind` has its name, and the functions

- `check(settings, policy)`, which raises ValueError if the two do not fit,
- `first_agent(policy, key)`, an agent to begin with; None where other code keeps the agent,
- `start(settings, id, agent)`, a learner that has not been trained yet,
- `heir(settings, id, learner)`, one that takes over what another knows, its optimiser begun afresh,
- `like(settings, policy, learner)`, one that remembers arrays of the shapes that this one should, and
- `learn(jobs, settings, limits, executor)`, one training step for each job.

What a step gives is a function of the job and the settings alone; a kind whose bits depend on the CPU says so in its
`NOTE`, a sentence for the start of a run, empty in all others.
"""

from importlib import import_module
from types import ModuleType
from typing import Any

from .es import Strategy
from .evotorch import Cem, Snes, Xnes
from .external import External
from .imitation import Imitation
from .ppo import Proximal
from .supervised import Supervised

__all__ = [
    "LEARNERS",
    "Cem",
    "External",
    "Imitation",
    "Learning",
    "Proximal",
    "Snes",
    "Strategy",
    "Supervised",
    "Xnes",
    "kind",
]

LEARNERS = {
    "es": "openended.core.learners.es",
    "snes": "openended.core.learners.evotorch",
    "xnes": "openended.core.learners.evotorch",
    "cem": "openended.core.learners.evotorch",
    "ppo": "openended.core.learners.ppo",
    "supervised": "openended.core.learners.supervised",
    "external": "openended.core.learners.external",
    "imitation": "openended.core.learners.imitation",
}

Learning = Strategy | Snes | Xnes | Cem | Proximal | Supervised | External
"""The settings of any kind that learns from tasks alone; `kind` tells which. `imitation` needs teachers, too."""


def kind(settings: Any) -> ModuleType:
    """The module of the kind that the settings are for."""
    return import_module(LEARNERS[settings.kind])
