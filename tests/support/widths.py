"""Lane widths for tests. By default tests compile one lane and the machine's own number; the others are `slow`."""

import pytest

from openended.envs.walker.simulation.episode import native_width

NATIVE = native_width()
WIDTHS = [pytest.param(width, marks=() if width in (1, NATIVE) else pytest.mark.slow) for width in (1, 4, 8, 16)]
LANES = WIDTHS[1:]
