"""Preferences: the fit against scipy's, simulated voters, what nothing on the way may call."""

import ast
import hashlib
import inspect
import math
import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from openended.core import exponential as exponentials
from openended.core import preference as preferences
from openended.core import questions
from openended.core.exponential import exponential, tangent
from openended.core.preference import EQUAL, LEFT, RIGHT, columns, fit, novelty_factors, parent_weights
from openended.core.questions import question

NONE = np.zeros((0, 2), np.int64), np.zeros(0, np.int64)
SEEDS = st.integers(0, 2**32 - 1)


@given(st.floats(-700, 700))
def test_the_exponential_is_that_of_the_library(x):
    assert float(exponential(np.array([x]))[0]) == pytest.approx(math.exp(x), rel=4e-16)


@given(st.floats())
def test_the_tangent_is_that_of_the_library_and_odd(x):
    if not math.isnan(x):
        found = float(tangent(np.array([x]))[0])
        assert found == pytest.approx(math.tanh(x), abs=3e-16)
        assert found == -float(tangent(np.array([-x]))[0])


def drawn(seed, tasks=30, votes=80, axes=3, features=0):
    stream = np.random.default_rng(seed)
    rows = columns(stream.uniform(size=(tasks, axes)), stream.normal(size=(tasks, features)) if features else None)
    return rows, stream.integers(tasks, size=(votes, 2)), stream.integers(3, size=votes)


def likeliest(rows, pairs, answers, model):
    """Weights and t by scipy's quasi-Newton method on the model written down anew."""
    apart = (rows[pairs[:, 0]] - rows[pairs[:, 1]]) / model.spread

    def minus_log(found):
        d = apart @ found[:-1]
        powers = np.stack((d / 2, -d / 2, np.full(len(d), found[-1])))
        return (np.logaddexp.reduce(powers) - powers[answers, np.arange(len(d))]).sum() + found @ found / 2

    return minimize(minus_log, np.zeros(apart.shape[1] + 1), options={"gtol": 1e-9}).x


@pytest.mark.parametrize(("votes", "axes", "features"), [(1, 1, 0), (80, 3, 0), (300, 3, 8)])
def test_the_fit_is_scipys(votes, axes, features):
    rows, pairs, answers = drawn(votes, votes=votes, axes=axes, features=features)
    model = fit(rows, pairs, answers)
    expected = likeliest(rows, pairs, answers, model)
    assert np.append(model.weights, model.tie) == pytest.approx(expected, abs=1e-5)


@given(SEEDS)
@settings(deadline=None, max_examples=25)
def test_the_fit_converges_also_where_answers_are_unanimous(seed):
    rows, pairs, _ = drawn(seed, votes=150, axes=4)
    truth = rows @ np.random.default_rng(seed).normal(size=rows.shape[1])
    answers = np.where(truth[pairs[:, 0]] > truth[pairs[:, 1]], LEFT, RIGHT)
    model = fit(rows, pairs, answers)
    apart = (rows[pairs[:, 0]] - rows[pairs[:, 1]]) / model.spread
    slope, _ = preferences._slope(apart, answers, np.append(model.weights, model.tie))
    assert np.abs(slope).max() < 1e-8


@given(SEEDS)
@settings(deadline=None, max_examples=25)
def test_sides_do_not_matter(seed):
    rows, pairs, answers = drawn(seed)
    swapped = np.where(answers == EQUAL, EQUAL, RIGHT - answers)
    one, other = fit(rows, pairs, answers), fit(rows, pairs[:, ::-1], swapped)
    assert other.utility(rows) == pytest.approx(one.utility(rows), abs=1e-9)
    chances, mirrored = one.chances(rows[:15], rows[15:]), one.chances(rows[15:], rows[:15])
    assert chances.sum(axis=1) == pytest.approx(1.0)
    assert mirrored[:, [RIGHT, LEFT, EQUAL]] == pytest.approx(chances)


def test_without_answers_nothing_is_preferred_and_doubt_is_that_of_the_beginning():
    rows, *_ = drawn(5)
    model = fit(rows, *NONE)
    assert not model.utility(rows).any()
    assert model.chances(rows[:1], rows[1:2])[0] == pytest.approx([1 / 3] * 3)
    apart = (rows[:10] - rows[10:20]) / model.spread
    assert model.doubt(rows[:10], rows[10:20]) == pytest.approx((apart * apart).sum(axis=1))


def test_doubt_is_the_variance_of_the_likeliest_model():
    rows, pairs, answers = drawn(7)
    model = fit(rows, pairs, answers)
    covariance = np.linalg.inv(model.root @ model.root.T)[:-1, :-1]
    apart = (rows[:10] - rows[10:20]) / model.spread
    assert model.doubt(rows[:10], rows[10:20]) == pytest.approx(np.einsum("ij,jk,ik->i", apart, covariance, apart))


def test_a_column_that_is_the_same_everywhere_has_no_weight():
    rows, pairs, answers = drawn(9)
    rows[:, 1] = 4.0
    assert fit(rows, pairs, answers).weights[1] == 0.0


def linear(differences, noise, stream):
    """Says equal where there is little difference; with the probability `noise` the contrary of what it thinks."""
    said = np.where((differences > 0) != (stream.random(len(differences)) < noise), LEFT, RIGHT)
    return np.where(np.abs(differences) < 0.05, EQUAL, said)


def at_random(differences, noise, stream):
    return stream.integers(2, size=len(differences))


def accuracy(seed, voter, noise, counts=(10, 30, 100)):
    """Share of unseen pairs guessed right after so many answers of a simulated voter, asked about what tells most."""
    stream = np.random.default_rng(seed)
    rows = columns(stream.uniform(size=(200, 3)))
    truth = (rows - rows.mean(axis=0)) / rows.std(axis=0) @ stream.normal(size=rows.shape[1])
    unseen = stream.integers(200, size=(400, 2))
    thought = voter(truth[unseen[:, 0]] - truth[unseen[:, 1]], 0.0, stream)
    model, pairs, shares = fit(rows, *NONE), np.zeros((0, 2), np.int64), []
    answers = np.zeros(0, np.int64)
    for count in range(1, max(counts) + 1):
        left, right = asked = question(model, rows, int(stream.integers(2**60)))
        pairs = np.concatenate((pairs, [asked]))
        answers = np.append(answers, voter(truth[[left]] - truth[[right]], noise, stream))
        if count <= 10 or count % 5 == 0:
            model = fit(rows, pairs, answers)
        if count in counts:
            liked = model.utility(rows)
            guess = np.where(liked[unseen[:, 0]] > liked[unseen[:, 1]], LEFT, RIGHT)
            shares.append(np.mean((guess == thought)[thought != EQUAL]))
    return shares


@pytest.mark.parametrize(
    ("voter", "noise", "bounds"),
    [
        (linear, 0.1, ((0.65, 1.0), (0.75, 1.0), (0.85, 1.0))),
        (linear, 0.3, ((0.5, 1.0), (0.6, 1.0), (0.7, 1.0))),
        (linear, 1.0, ((0.0, 0.35), (0.0, 0.25), (0.0, 0.15))),
        (at_random, 0.0, ((0.45, 0.55), (0.45, 0.55), (0.45, 0.55))),
    ],
    ids=["linear", "noisy", "spiteful", "random"],
)
def test_simulated_voters_are_understood(voter, noise, bounds):
    shares = np.mean([accuracy(seed, voter, noise) for seed in range(8)], axis=0)
    for share, (low, high) in zip(shares, bounds, strict=True):
        assert low <= share <= high


def test_a_question_is_a_function_of_its_key_and_leaves_out_what_was_passed():
    rows, pairs, answers = drawn(3)
    model = fit(rows, pairs, answers)
    asked = question(model, rows, 1)
    assert asked == question(model, rows, 1) != question(model, rows, 2)
    assert set(asked) != set(question(model, rows, 1, {frozenset(asked)}))
    assert question(model, rows[:1], 1) is None
    assert question(model, rows[:2], 1, {frozenset((0, 1))}) is None
    assert set(question(model, rows[:2], 1)) == {0, 1}


def test_pairs_that_look_equal_are_asked_about_last():
    rows = np.array([[0.0], [0.01], [4.0]])
    pairs, answers = np.array([(0, 1)] * 30 + [(2, 0)] * 5), np.array([EQUAL] * 30 + [LEFT] * 5)
    model = fit(rows, pairs, answers)
    assert model.chances(rows[:1], rows[1:2])[0, EQUAL] > questions.ALIKE
    for key in range(20):
        assert set(question(model, rows, key)) != {0, 1}
    assert set(question(model, rows, 1, {frozenset((0, 2)), frozenset((1, 2))})) == {0, 1}


@given(st.lists(st.floats(-50, 50), min_size=1, max_size=30), st.floats(0, 1))
def test_parents_are_drawn_by_preference_but_a_quarter_evenly(utilities, strength):
    weights = parent_weights(np.array(utilities), strength)
    assert weights.sum() == pytest.approx(1.0)
    assert weights.min() >= 0.25 / len(utilities)
    order = np.argsort(utilities)
    assert (np.diff(weights[order]) >= 0).all()
    factors = novelty_factors(np.array(utilities), strength)
    assert ((factors >= 0.5) & (factors <= 1.5)).all()


def test_a_strength_of_nothing_changes_nothing():
    utilities = np.array([-3.0, 0.0, 7.0, 1e9])
    assert parent_weights(utilities, 0.0).tolist() == [0.25] * 4
    assert novelty_factors(utilities, 0.0).tolist() == [1.0] * 4


def test_the_bits_of_a_fit_are_pinned():
    stream = np.random.default_rng(11)
    rows, pairs = stream.uniform(size=(30, 12)), stream.integers(30, size=(200, 2))
    model = fit(rows, pairs, stream.integers(3, size=200))
    bits = model.weights.tobytes() + model.root.tobytes() + np.float64(model.tie).tobytes()
    assert hashlib.sha256(bits).hexdigest()[:16] == "107f355cf7324d83"


@pytest.mark.parametrize("module", [preferences, questions, exponentials])
def test_nothing_calls_what_depends_on_the_machine(module):
    """Of `math` and `numpy` only what is rounded correctly or is exact; no products of matrices, no powers."""
    tree = ast.parse(inspect.getsource(module))
    calls = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)]
    methods = {call.attr for call in calls if isinstance(call, ast.Attribute)}
    whole = "arange argsort array asarray concatenate cumsum empty full ones stack unique where zeros zeros_like"
    whole += " ones_like int32"
    rounded = "abs floor ldexp maximum minimum sign sqrt"
    known = {f"np.{name}" for name in (whole + " " + rounded).split()} | {"math.sqrt", "math.fsum", "float.fromhex"}
    named = {ast.unparse(call) for call in calls if ast.unparse(call).startswith(("np.", "math.", "float."))}
    assert {name for name in named if re.fullmatch(r"[a-z.]+_?[a-z0-9]+", name)} <= known
    assert not any(isinstance(node, ast.MatMult | ast.Pow) for node in ast.walk(tree))
    assert not methods & {"sum", "dot", "mean", "std", "var", "prod", "cumprod", "trace"}
