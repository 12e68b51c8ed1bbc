"""Ranks in place of numbers, so that only their order counts."""

import numpy as np
from numpy.typing import NDArray


def centred_ranks(returns: NDArray[np.float64]) -> NDArray[np.float64]:
    """Ranks float64[n], spread evenly over [-1/2, 1/2]; the best return has 1/2.

    Equal returns share the mean of their ranks, so that returns which are all equal give no gradient. Returns that are
    not finite are the worst, equal among themselves. A single return has rank 0.
    """
    _, group, sizes = np.unique(
        np.where(np.isfinite(returns), returns, -np.inf), return_inverse=True, return_counts=True
    )
    ranks = np.cumsum(sizes) - (sizes + 1) / 2
    return ranks[group] / (len(returns) - 1) - 0.5 if len(returns) > 1 else np.zeros(len(returns))
