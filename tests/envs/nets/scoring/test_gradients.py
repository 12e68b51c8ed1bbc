"""The gradient of decisions among any number of candidates is that of torch's autograd, and a tiny one by hand."""

from itertools import pairwise

import numpy as np
import pytest
import torch

from openended.envs.nets.actions import CHOICE, CLIPPED, DIVERGENCE, ENTROPY, LOSS, VALUE_LOSS
from openended.envs.nets.draw import streams
from openended.envs.nets.layout import packed, perceptron, unpacked
from openended.envs.nets.learning import DROPPED, NORM, STEPS
from openended.envs.nets.product import LANES
from openended.envs.nets.proximal import begin
from openended.envs.nets.recorded import recorded
from openended.envs.nets.scoring.draw import draw_among, room
from openended.envs.nets.scoring.layout import critic, scorer, summarise
from openended.envs.nets.scoring.learning import Rows, desk
from openended.envs.nets.scoring.trainer import ScoringTrainer, improve
from openended.envs.nets.trainer import Judged
from openended.envs.policy import Mlp, Scorer
from openended.envs.simd.number import number
from tests.envs.nets.test_gradients import Problem, difference, settings

ROWS = 128
POLICY = Scorer((7, 12, 5, 1))


def decisions(seed=5, rows=ROWS, most=150):
    """Candidates of `rows` decisions, 1 to `most` of them, and where those of each begin."""
    random = np.random.default_rng(seed)
    counts = random.integers(1, 20, rows)
    counts[:3] = most, 1, 64
    offsets = np.concatenate(([0], np.cumsum(counts)))
    return random.normal(size=(offsets[-1], POLICY.inputs)).astype(np.float32), offsets


class Choices:
    """A trainer with random weights, and decisions that were made by a slightly different actor."""

    def __init__(self):
        random = np.random.default_rng(3)
        self.candidates, self.offsets = decisions()
        self.trainer = ScoringTrainer(POLICY, ROWS)
        sizes = self.sizes = (scorer(POLICY).sizes, critic(POLICY).sizes)
        self.flat = [random.normal(0, 0.4, _count(each)).astype(np.float32) for each in sizes]
        self.trainer.load(*self.flat)
        counts = np.diff(self.offsets)
        observed = np.zeros((ROWS, 2 * POLICY.inputs + 1), np.float32)
        for row, (first, count) in enumerate(zip(self.offsets, counts, strict=False)):
            summarise(self.candidates[first:], count, np.float32(0.5), observed[row])
        self.rows = Rows(
            observed,
            random.integers(counts)[:, None].astype(np.float32),
            np.zeros(ROWS, np.float32),
            random.normal(1, 2, ROWS).astype(np.float32),
            random.normal(size=ROWS).astype(np.float32),
            self.candidates,
            self.offsets,
        )
        before = self.log_probabilities(torch.tensor(self.flat[0], dtype=torch.float64))[0].numpy()
        off = random.normal(0, 0.2, ROWS)
        for edge in np.log([0.8, 1.2]):
            off = np.where(np.abs(off - edge) < 0.001, edge + 0.001, off)  # where float32 and float64 might part ways
        self.rows.log_probabilities[:] = before - off

    def log_probabilities(self, actor):
        """Of what was taken, and the entropy, float64[n] each."""
        scores = Problem.network(self.sizes[0], actor, torch.tensor(self.candidates, dtype=torch.float64))[:, 0]
        policies = [
            torch.distributions.Categorical(logits=scores[first:behind]) for first, behind in pairwise(self.offsets)
        ]
        taken = [policy.log_prob(torch.tensor(a[0])) for policy, a in zip(policies, self.rows.actions, strict=True)]
        return torch.stack(taken), torch.stack([policy.entropy() for policy in policies])

    def autograd(self, s):
        """The gradients of both networks, and the parts of the loss."""
        tensors = [torch.tensor(flat, dtype=torch.float64).requires_grad_() for flat in self.flat]
        density, entropy = self.log_probabilities(tensors[0])
        given = {name: torch.tensor(part, dtype=torch.float64) for name, part in self.rows._asdict().items()}
        advantages = (given["advantages"] - given["advantages"].mean()) / (given["advantages"].std() + 1e-8)
        ratio = (density - given["log_probabilities"]).exp()
        kept = ratio.clamp(1 - float(s.clip), 1 + float(s.clip))
        value = Problem.network(self.sizes[1], tensors[1], given["observations"])[:, 0]
        parts = {
            LOSS: -torch.minimum(ratio * advantages, kept * advantages).mean(),
            ENTROPY: entropy.mean(),
            DIVERGENCE: (ratio - 1 - ratio.log()).mean(),
            CLIPPED: (ratio != kept).double().mean(),
            VALUE_LOSS: ((value - given["targets"]) ** 2).mean(),
        }
        (parts[LOSS] - float(s.entropy) * parts[ENTROPY] + float(s.value) * parts[VALUE_LOSS]).backward()
        return [tensor.grad.numpy() for tensor in tensors], {name: float(part.detach()) for name, part in parts.items()}

    def improve(self, s):
        """One minibatch of all decisions."""
        trainer = self.trainer
        begin(trainer.nets, self.rows, s)
        room = desk(trainer.actor_net, trainer.critic_net, int(np.diff(self.offsets).max()))
        improve(trainer.nets, self.rows, s, room, np.zeros(1, np.uint8), number(LANES))


def _count(sizes):
    return sum((one + 1) * other for one, other in pairwise(sizes))


def test_the_gradient_of_the_objective_is_autograds():
    problem, s = Choices(), settings(CHOICE, minibatch=ROWS, entropy=0.01)
    problem.improve(s)
    n, (expected, parts) = problem.trainer.nets, problem.autograd(s)
    ours, first = n.gradients[0], len(n.actor_part)
    assert difference(unpacked(problem.trainer.actor_net, ours[:first]), expected[0]) < 1e-5
    assert difference(unpacked(problem.trainer.critic_net, ours[first:]), expected[1]) < 1e-5
    for which, part in parts.items():
        assert n.statistics[which] == pytest.approx(part, rel=1e-5, abs=1e-6)
    assert 0.05 < parts[CLIPPED] < 0.95
    assert n.statistics[NORM] == pytest.approx(np.linalg.norm(np.concatenate(expected)), rel=1e-5)


def test_a_linear_score_has_the_gradient_of_a_conditional_logit():
    """One number a candidate, score w x: d log p(a) / d w = x_a - sum of p_j x_j, by hand for x = 0, 1, 3 and w = 0."""
    trainer, rows = ScoringTrainer(Scorer((1, 1)), 64), 64
    trainer.load(np.zeros(2, np.float32), np.zeros(4, np.float32))
    candidates = np.tile(np.array([[0.0], [1.0], [3.0]], np.float32), (rows, 1))
    taken, advantages = np.tile([2.0, 0.0], 32), np.tile([1.0, -1.0], 32)
    given = Rows(
        np.zeros((rows, 3), np.float32), taken[:, None].astype(np.float32), np.full(rows, -np.log(3), np.float32),
        advantages.astype(np.float32), np.zeros(rows, np.float32), candidates, np.arange(0, 3 * rows + 1, 3),
    )  # fmt: skip
    s = settings(CHOICE, minibatch=rows, entropy=0.0)
    begin(trainer.nets, given, s)
    place = desk(trainer.actor_net, trainer.critic_net, 3)
    improve(trainer.nets, given, s, place, np.zeros(1, np.uint8), number(LANES))
    found = unpacked(trainer.actor_net, trainer.nets.gradients[0][: len(trainer.nets.actor_part)])
    size = np.sqrt(63 / 64)  # advantages are divided by their deviation, that of a sample
    assert found[0] == pytest.approx(-size * (0.5 * (3 - 4 / 3) - 0.5 * (0 - 4 / 3)), rel=1e-5)
    assert found[1] == pytest.approx(0.0, abs=1e-6)


@pytest.mark.slow
def test_what_is_drawn_has_the_probability_that_torch_gives_it():
    net, (candidates, offsets) = scorer(POLICY), decisions()
    trainer = ScoringTrainer(POLICY, ROWS)
    trainer.load(np.random.default_rng(1).normal(0, 0.5, _count(net.sizes)).astype(np.float32), trainer.critic)
    place, stream = room(net, 150), streams(7, 1)[0, 1]
    wide = torch.tensor(candidates, dtype=torch.float64)
    scores = Problem.network(net.sizes, torch.tensor(trainer.agent, dtype=torch.float64), wide)[:, 0].numpy()
    for row in range(20):
        count, own = int(offsets[row + 1] - offsets[row]), scores[offsets[row] : offsets[row + 1]]
        expected = own - np.log(np.exp(own - own.max()).sum()) - own.max()
        seen = np.zeros(count)
        for index in range(400):
            draw_among(trainer.actor(), place, candidates[offsets[row] :], count, stream, index, number(LANES))
            chosen = int(place.actions[0])
            seen[chosen] += 1
            assert place.densities[0] == pytest.approx(expected[chosen], rel=1e-5, abs=1e-6)
        assert np.abs(seen / 400 - np.exp(expected)).max() < 0.12


def test_what_the_critic_sees_depends_on_no_order():
    candidates = np.array([[1, 4], [2, -8], [6, 1]], np.float32)
    found = np.zeros((2, 5), np.float32)
    summarise(candidates, 3, np.float32(0.25), found[0])
    summarise(candidates[::-1].copy(), 3, np.float32(0.25), found[1])
    assert found[0].tolist() == found[1].tolist() == [3.0, -1.0, 6.0, 4.0, 0.25]


def test_a_gradient_that_is_not_a_number_is_dropped_and_counted():
    problem = Choices()
    before = problem.trainer.nets.parameters.copy()
    problem.candidates[40] = np.nan
    problem.improve(settings(CHOICE, minibatch=ROWS, rate=1e-3, epochs=2))
    assert problem.trainer.nets.counts[DROPPED] == 2
    assert problem.trainer.nets.counts[STEPS] == 0
    np.testing.assert_array_equal(problem.trainer.nets.parameters, before)


def test_padding_stays_zero():
    problem = Choices()
    problem.improve(settings(CHOICE, minibatch=64, rate=1e-2, epochs=3))
    trainer = problem.trainer
    again = packed(trainer.actor_net, trainer.agent), packed(trainer.critic_net, trainer.critic)
    np.testing.assert_array_equal(trainer.nets.parameters, np.concatenate(again))
    assert trainer.nets.counts[STEPS] == 6


def test_other_policies_are_refused():
    with pytest.raises(ValueError, match="of the kind mlp was given; this network is of the kind scorer"):
        scorer(Mlp((3, 4, 1)))


def test_an_update_takes_what_was_recorded():
    """The trainer's own way, whose record it takes apart, gives what the kernels alone give."""
    one, other = Choices(), Choices()
    s = settings(CHOICE, minibatch=64, rate=1e-3, epochs=2)
    one.improve(s)
    made = recorded(1, ROWS, 15, 1, 1)._replace(
        observations=other.rows.observations, actions=other.rows.actions,
        log_probabilities=other.rows.log_probabilities, candidates=other.candidates, offsets=other.offsets,
    )  # fmt: skip
    judged = Judged(other.rows.targets, other.rows.advantages, other.rows.targets)
    other.trainer.improve(made, judged, s, lambda work: work(), np.zeros(1, np.uint8))
    assert one.trainer.nets.parameters.tobytes() == other.trainer.nets.parameters.tobytes()
    assert perceptron(POLICY.sizes).sizes == one.trainer.actor_net.sizes
