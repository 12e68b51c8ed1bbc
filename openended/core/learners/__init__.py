"""Learners: how an agent is trained on tasks, one file for each kind.

A kind is a module with a frozen dataclass of settings, whose field `kind` has its name, and the functions
`check(settings, policy)`, which raises ValueError if the two do not fit, `start(settings, id, agent)`, a learner that
has not been trained yet, and `learn(jobs, settings, limits, executor)`, one training step for each job. What a step
gives is a function of the job and the settings alone.
"""

from importlib import import_module
from types import ModuleType
from typing import Any

from .es import Strategy
from .ppo import Proximal

__all__ = ["LEARNERS", "Proximal", "Strategy", "kind"]

LEARNERS = {"es": "openended.core.learners.es", "ppo": "openended.core.learners.ppo"}


def kind(settings: Any) -> ModuleType:
    """The module of the kind that the settings are for."""
    return import_module(LEARNERS[settings.kind])
