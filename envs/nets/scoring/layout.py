"""The networks of a policy that scores candidates, and what its critic sees."""

import numpy as np

from ...policy import Policy, Scorer
from ...simd.compiled import kernel
from ..layout import Perceptron, perceptron

ZERO = np.float32(0.0)


def scorer(policy: Policy) -> Perceptron:
    """The layout of the network. Raises ValueError, in one sentence, for a policy of another kind."""
    if not isinstance(policy, Scorer):
        raise ValueError(f"a policy of the kind {policy.kind} was given; this network is of the kind scorer")
    return perceptron(policy.sizes)


def summary_size(policy: Scorer) -> int:
    """How many numbers the critic sees."""
    return 2 * policy.inputs + 1


def critic(policy: Scorer) -> Perceptron:
    """The layout of the critic: hidden layers as large as the policy's."""
    return perceptron((summary_size(policy), *policy.sizes[1:]))


@kernel
def summarise(candidates, count, left, out):
    """Fill `out`, float32[2 k + 1]: of the first `count` rows of candidates, float32[n, k], the mean and the maximum of
    every number; then `left`, the share of the episode that is to come.
    """
    size = candidates.shape[1]
    for j in range(size):
        out[j] = ZERO
        out[size + j] = candidates[0, j]
    for i in range(count):
        for j in range(size):
            out[j] = out[j] + candidates[i, j]
            out[size + j] = max(out[size + j], candidates[i, j])
    for j in range(size):
        out[j] = out[j] / np.float32(count)
    out[2 * size] = left
