"""Accumulated Number of Novel Environments Created and Solved (Wang et al. 2020, Enhanced POET).

Both functions take all pairs in columns (`archive.Archive.rows`). `earlier` is the best score of the agents that had
retired before the task was made.
"""

import numpy as np
from numpy.typing import NDArray

from ..criterion import Bounds


def annecs(pairs: NDArray[np.void], criterion: Bounds) -> int:
    """The paper's definition: tasks that met the minimal criterion against all agents there had been when they were
    made, and that were solved at some time since.

    Those in the population passed it at admission; the best of the others must not exceed the upper bound. The first
    task met no criterion and does not count.
    """
    solved = pairs["child"] & (pairs["best_fitness"] >= criterion.solved)
    return int(np.sum(solved & ~(pairs["earlier"] > criterion.high)))


def annecs_code(pairs: NDArray[np.void], criterion: Bounds) -> int:
    """ANNECS as the reference code counts it (`poet_algo.py`): at admission, solved or not, if the best of the agents
    archived by then lies within the minimal criterion. It is 0 until an agent has been archived.
    """
    within = (pairs["earlier"] >= criterion.low) & (pairs["earlier"] <= criterion.high)
    return int(np.sum(pairs["child"] & within))
