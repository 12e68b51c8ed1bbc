"""Which networks visit sites: one that scores every candidate."""

from ..policy import Policy, Scorer
from ..simd.tanh import TANH
from .simulation.see import FEATURES

DEFAULT = Scorer((FEATURES, 24, 12, 1), tanh=TANH)
"""1,489 parameters."""


def make(kind: str, hidden: tuple[int, ...]) -> Policy:
    """See `envs.api.Policies`."""
    if kind != "scorer":
        raise ValueError(f"policy kind is {kind!r}; web sites are visited by a scorer")
    return Scorer((FEATURES, *hidden, 1), tanh=TANH)
