"""Shares of few cases, with what they leave uncertain."""

from math import sqrt

from .statistics import Estimate

Z = 1.959963984540054
"""The normal quantile of 97.5 %."""


def wilson(successes: int, cases: int) -> Estimate:
    """The share of successes with its score interval of 95 % (Wilson 1927, Probable Inference, the Law of Succession).

    Raises ValueError without a case.
    """
    if not 0 <= successes <= cases or not cases:
        raise ValueError(f"{successes} of {cases} is no share")
    share, spread = successes / cases, Z * Z / cases
    middle = (share + spread / 2) / (1 + spread)
    half = sqrt(share * (1 - share) * spread + spread * spread / 4) / (1 + spread)
    low, high = (middle - half if successes else 0.0), (middle + half if successes < cases else 1.0)  # exactly
    return Estimate(share, low, high)
