"""The domains `digits-v1`, `digits-hidden-v1`, `digits-shuffled-v1`: programs over digits, of which the base is seen,
not seen, or seen wrongly.
"""

from functools import partial

from ..api import Domain, Policies, Tasks
from ..policy import Gru, Policy, make
from ..simd.tanh import TANH
from . import draws, exercise, program
from .draws import seen_as
from .examples import OBSERVATIONS, SYMBOLS
from .pictures import PICTURES
from .simulation import SIMULATOR
from .specifications import SPECIFICATIONS
from .suites import suite

DEFAULT = Gru((OBSERVATIONS, 16, 32, SYMBOLS), discrete=True, tanh=TANH)
"""An agent must remember what it has read."""


def policy(kind: str, hidden: tuple[int, ...]) -> Policy:
    """See `envs.api.Policies`."""
    return make(kind, OBSERVATIONS, hidden, SYMBOLS, discrete=True, tanh=TANH)


def digits(id: str, seen: str) -> Domain:
    """A domain of exercises of which the base is seen so."""
    tasks = Tasks(
        first=seen_as(seen, draws.first),
        mutate=draws.mutate,
        describe=draws.describe,
        encode=exercise.encode,
        decode=exercise.decode,
        random=seen_as(seen, draws.random),
        features=draws.features,
        toward=draws.toward,
        easy=seen_as(seen, draws.easy),
        edit=draws.mutate,
        specifications=SPECIFICATIONS,
    )
    return Domain(
        id=id,
        axes=draws.AXES,
        tasks=tasks,
        simulator=SIMULATOR,
        policies=Policies(DEFAULT, policy, partial=True),
        pictures=PICTURES,
        suites={"digits-suite-v1": partial(suite, seen)},
        metrics={
            "nodes": lambda genome: program.size(genome.program),
            "digits": lambda genome: genome.digits,
            "answer": lambda genome: genome.answers,
        },
    )


DIGITS = digits("digits-v1", "shown")
DIGITS_HIDDEN = digits("digits-hidden-v1", "hidden")
DIGITS_SHUFFLED = digits("digits-shuffled-v1", "shuffled")
