import numpy as np
import pytest

from openended.core.learners import es
from openended.core.learners.memory import check
from openended.core.types import Learner

AGENT = np.ones(4, np.float32)
FRESH = es.start(es.Strategy(), 0, AGENT)


def learner(**changed):
    return Learner(7, AGENT, {name: each for name, each in (FRESH.memory | changed).items() if each is not None}, 3)


def test_what_a_trained_learner_remembers_is_sound():
    check(learner(t=np.array(5), m=-np.ones(4, np.float32), sigma=np.array(0.01)), FRESH)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"m": None}, r"remembers \['learning_rate', 'sigma', 't', 'v'\], not"),
        ({"x": np.zeros(1)}, "remembers .*'x'"),
        ({"m": np.zeros(4)}, r"m of learner 7 is float64\[4\], not float32\[4\]"),
        ({"m": np.zeros(5, np.float32)}, r"m of learner 7 is float32\[5\]"),
        ({"v": np.full(4, np.nan, np.float32)}, "v of learner 7 holds a number"),
        ({"sigma": np.array(0.0)}, "sigma of learner 7 holds"),
        ({"learning_rate": np.array(-1.0)}, "learning_rate of learner 7 holds"),
        ({"t": np.array(-1)}, "t of learner 7 holds"),
    ],
)
def test_what_no_learner_of_the_kind_remembers_is_refused(changed, message):
    with pytest.raises(ValueError, match=message):
        check(learner(**changed), FRESH)
