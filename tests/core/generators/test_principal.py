"""NumPy's LAPACK is the oracle of our own eigenvectors and principal components."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from openended.core.generators.jacobi import eigenvectors, first_eigenvectors, times
from openended.core.generators.principal import fit, restored


def square(size, rank, seed=1):
    """A symmetric matrix without negative eigenvalues, whose first ones stand apart."""
    factor = np.random.default_rng(seed).normal(size=(size, rank)) * 0.7 ** np.arange(rank)
    return factor @ factor.T


@settings(max_examples=20, deadline=None)
@given(arrays(np.float64, st.integers(1, 9).map(lambda n: (n, n)), elements=st.floats(-100, 100)))
def test_eigenvectors_of_any_symmetric_matrix_are_orthonormal_and_make_it_up_again(given):
    matrix = given + given.T
    values, rows = eigenvectors(matrix)
    assert np.allclose(rows @ rows.T, np.eye(len(matrix)), atol=1e-12)
    assert np.allclose((rows.T * values) @ rows, matrix, atol=1e-10)
    assert np.allclose(values, np.linalg.eigvalsh(matrix)[::-1], atol=1e-10)


@pytest.mark.parametrize("size", [8, 9, 90])
def test_the_first_eigenvectors_are_lapacks(size):
    matrix = square(size, 12)
    values, rows = first_eigenvectors(matrix, 4)
    wanted, vectors = np.linalg.eigh(matrix)
    assert np.allclose(values, wanted[::-1][:4], rtol=1e-10)
    assert np.allclose(np.abs(np.sum(rows * vectors.T[::-1][:4], axis=1)), 1.0, atol=1e-9)


def test_a_product_adds_in_the_order_of_its_terms():
    assert times(np.array([[1e16, 1.0, -1e16]]), np.ones((3, 1))) == [[(1e16 + 1.0) - 1e16]]


@pytest.mark.parametrize(("count", "size"), [(40, 8), (20, 60), (90, 120)])
def test_components_are_those_of_the_singular_value_decomposition(count, size):
    vectors = np.random.default_rng(2).normal(size=(count, 6)) * 0.6 ** np.arange(6) @ square(6, 6) @ np.eye(6, size)
    model = fit(vectors + 3.0, 3)
    _, lengths, axes = np.linalg.svd(vectors - vectors.mean(axis=0), full_matrices=False)
    assert np.allclose(model.mean, vectors.mean(axis=0) + 3.0)
    assert np.allclose(model.deviations, lengths[:3] / np.sqrt(count - 1))
    assert np.allclose(np.abs(np.sum(model.axes * axes[:3], axis=1)), 1.0)
    points = model.encode(vectors + 3.0)
    assert np.allclose(points.mean(axis=0), 0.0)
    assert np.allclose(points.std(axis=0, ddof=1), 1.0)


def test_with_all_dimensions_a_vector_comes_back_and_the_run_file_keeps_the_whole_model():
    vectors = np.random.default_rng(3).normal(size=(20, 5))
    model = fit(vectors, 5)
    assert np.allclose(model.decode(model.encode(vectors)), vectors)
    assert restored(model.arrays).decode(np.ones((1, 5))).tobytes() == model.decode(np.ones((1, 5))).tobytes()


def test_tasks_that_are_all_alike_or_vary_in_fewer_directions_have_points_at_zero_there():
    alike = fit(np.ones((6, 4)), 2)
    assert np.array_equal(alike.decode(np.full((1, 2), 5.0)), np.ones((1, 4)))
    line = fit(np.outer(np.arange(6.0), [1.0, 2.0, 0.0, 0.0]), 2)
    assert line.deviations[1] == 0.0
    assert np.array_equal(line.encode(np.array([[0.0, 0.0, 9.0, 9.0]]))[:, 1], [0.0])
