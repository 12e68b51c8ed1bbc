"""The directions of the lidar's rays: their sines are the platform's, so here each is the nearest float64 there is."""

from decimal import Decimal, localcontext

from openended.envs.walker.simulation.lidar import REACH
from openended.envs.walker.simulation.robot import LIDAR_RANGE


def sine(angle, cosine=False):
    """sin or cos of a float64 by its series, to 50 digits."""
    x = Decimal(angle)
    term = Decimal(1) if cosine else x
    total, n = term, 0 if cosine else 1
    while abs(term) > Decimal("1e-60"):
        n += 2
        term *= -x * x / (n * (n - 1))
        total += term
    return float(total)


def test_every_machine_has_the_same_rays():
    with localcontext() as context:
        context.prec = 80
        angles = [1.5 * i / 10.0 for i in range(len(REACH))]
        expected = [[sine(angle) * LIDAR_RANGE, -sine(angle, cosine=True) * LIDAR_RANGE] for angle in angles]
    assert REACH.tolist() == expected
