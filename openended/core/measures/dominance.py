"""Whether a later agent is more general than an earlier one: no worse on any task, and better on some.

The definition is that of the essay Software squared (Jiang). A tolerance makes it a matter of degree: epsilon-dominance
(Laumanns et al. 2002, Combining Convergence and Diversity in Evolutionary Multiobjective Optimization). All agents meet
the same tasks with the same keys, so scores are paired. A strict reading never holds for continuous returns, and rarely
for chaotic episodes; so the tasks that are solved are counted as well, with exact binomial bounds.

Returns are float64[agents, tasks, episodes], agents in the order of their age; what is not a number is no solution, and
counts as the lowest return there is.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Returns = NDArray[np.float64]

LEVEL = 0.05
"""Of all tests and one-sided bounds."""
QUANTILE = 0.99


@dataclass(frozen=True)
class Comparison:
    """A later agent beside an earlier one.

    Attributes:
        tolerance: the smallest at which it is no worse on any task: the largest loss of mean return, at least 0.
        tolerance_99: the smallest at which it is no worse on 99 % of the tasks.
        gain_99: what 99 % of the tasks gain at most.
        regressed: share of the episodes that the earlier one solves and the later one does not.
        regressed_bound: below which that share is with 95 % confidence (0 of n: 3/n).
        improved: share of the episodes that the later one solves and the earlier one does not.
        improved_bound: the same.
        better: whether more episodes improve than regress (exact sign test).
    """

    tolerance: float
    tolerance_99: float
    gain_99: float
    regressed: float
    regressed_bound: float
    improved: float
    improved_bound: float
    better: bool


def compare(earlier: Returns, later: Returns, solved: float) -> Comparison:
    """Compare two agents' returns, float64[tasks, episodes] each."""
    gain = _means(later) - _means(earlier)
    lost, won = _changed(earlier, later, solved)
    return Comparison(
        tolerance=max(0.0, float(-gain.min())),
        tolerance_99=max(0.0, float(np.quantile(-gain, QUANTILE))),
        gain_99=max(0.0, float(np.quantile(gain, QUANTILE))),
        regressed=int(lost.sum()) / lost.size,
        regressed_bound=upper_bound(int(lost.sum()), lost.size),
        improved=int(won.sum()) / won.size,
        improved_bound=upper_bound(int(won.sum()), won.size),
        better=sign_test(int(won.sum()), int(lost.sum())) <= LEVEL,
    )


def dominates(found: Comparison, tolerance: float) -> bool:
    """Whether the later agent is more general at this tolerance: no worse by more than it on 99 % of the tasks, and
    solving more episodes than it loses.
    """
    return found.tolerance_99 <= tolerance and found.better


def dominates_beyond(found: Comparison, chance: float) -> bool:
    """Whether the later agent is more general but for chance: it loses no larger share of the episodes than an agent
    loses against itself, and solves more than it loses.

    In a chaotic simulator the last digits of an agent decide some episodes, so that no agent dominates its own twin on
    99 % of the tasks, nor any other.
    """
    return found.regressed <= chance and found.better


def dominates_each(earlier: Returns, later: Returns, solved: float, margin: float) -> bool:
    """Whether the later agent is more general where episodes vary: on *every* task the share of episodes that it loses
    is below the margin with 95 % confidence, and on some task it solves more.

    The first is an intersection-union test (Berger 1982): each task at the full level, no correction; it costs power:
    0 losses bound the share by 3/n, so that a margin of 0.05 needs some 60 episodes a task. The second is a sign test
    for each task, corrected by Holm (1979). Losses bound the fall of the solved rate from above, so this errs towards
    no.
    """
    lost, won = (changed.sum(axis=1).tolist() for changed in _changed(earlier, later, solved))
    episodes = earlier.shape[1]
    if any(upper_bound(count, episodes) > margin for count in set(lost)):
        return False
    return any(holm([sign_test(up, down) for up, down in zip(won, lost, strict=True)]))


def longest_chain(over: NDArray[np.bool_]) -> list[int]:
    """The longest sequence of agents, oldest first, each of which dominates *all* those before it in the sequence.

    `over[i, j]` says whether j dominates i, bool[agents, agents]; of equals the first is given. Dominance with a
    tolerance is not transitive, so a chain of neighbours could lose a little at each link; this one cannot.
    """
    best: list[int] = []

    def extend(chain: list[int], candidates: list[int]) -> None:
        nonlocal best
        if len(chain) > len(best):
            best = chain
        for place, agent in enumerate(candidates):
            if len(chain) + len(candidates) - place <= len(best):
                return
            extend([*chain, agent], [other for other in candidates[place + 1 :] if over[agent, other]])

    extend([], list(range(len(over))))
    return best


def upper_bound(count: int, episodes: int) -> float:
    """Below which a share is with 95 % confidence if `count` of so many episodes have it (Clopper and Pearson 1934)."""
    if count >= episodes:
        return 1.0
    low, high = count / episodes, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if binomial_tail(count, episodes, middle) > LEVEL else (low, middle)
    return high


def binomial_tail(count: int, episodes: int, share: float) -> float:
    """How likely at most `count` of so many episodes have what each has with this share."""
    if share <= 0.0:
        return 1.0
    if share >= 1.0:
        return float(count >= episodes)
    whole = math.lgamma(episodes + 1)
    return min(
        1.0,
        math.fsum(
            math.exp(
                whole
                - math.lgamma(k + 1)
                - math.lgamma(episodes - k + 1)
                + k * math.log(share)
                + (episodes - k) * math.log1p(-share)
            )
            for k in range(count + 1)
        ),
    )


def sign_test(won: int, lost: int) -> float:
    """How likely at least so many of the episodes that differ are won if winning and losing are as likely."""
    return binomial_tail(lost, won + lost, 0.5) if won + lost else 1.0


def holm(likelihoods: Sequence[float]) -> list[bool]:
    """Which of several hypotheses may be rejected together at the level (Holm 1979)."""
    rejected = [False] * len(likelihoods)
    for place, test in enumerate(sorted(range(len(likelihoods)), key=lambda test: likelihoods[test])):
        if likelihoods[test] > LEVEL / (len(likelihoods) - place):
            break
        rejected[test] = True
    return rejected


def _means(returns: Returns) -> NDArray[np.float64]:
    finite = np.isfinite(returns)
    lowest = float(returns[finite].min()) if finite.any() else 0.0
    return np.asarray(np.where(finite, returns, lowest).mean(axis=1))


def _changed(earlier: Returns, later: Returns, solved: float) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which episodes are lost and which are won."""
    before, after = (np.isfinite(returns) & (returns >= solved) for returns in (earlier, later))
    return before & ~after, after & ~before
