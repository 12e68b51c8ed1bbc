"""Comparisons of groups of runs."""

import numpy as np
import pytest

from openended import envs
from openended.core.types import Changes, Counters
from openended.file.errors import Usage
from openended.file.writer import Writer, create
from openended.view import compare as view
from openended.view.compare import compare, plot, text
from tests.support.altered import altered
from tests.support.point import POINT

from .conftest import CELLS, settings

LINE = altered(POINT, id="line-v1")


def write(path, scores, steps=100, **changes):
    """A run whose metric `annecs` is one of the scores per generation, each after so many steps more."""
    create(path, "made", settings(CELLS) | changes, {})
    with Writer(path) as run:
        for generation, score in enumerate(scores):
            counters = Counters(env_steps=steps * generation)
            metrics = {"annecs": score, "qd_score": float(score or 0)}
            run.commit(Changes(generation, counters=counters, metrics=metrics), seconds=1.0)
    return path


@pytest.fixture
def groups(point, tmp_path):
    good = [write(tmp_path / f"good-seed{seed}.run", [0, 3, 5 + seed]) for seed in range(3)]
    bad = [write(tmp_path / f"bad-seed{seed}.run", [0, seed, seed, 99], steps=100) for seed in range(3)]
    return good, bad


def test_groups_are_compared_at_equal_steps(groups):
    found = compare(*groups, metric="annecs")
    assert found.names == ("good", "bad")
    assert found.places[-1] == 200
    assert found.curves[1][:, -1].tolist() == [0, 1, 2]
    assert found.means[0].value == pytest.approx(6)
    assert found.means[0].low <= 6 <= found.means[0].high
    assert found.improvement.value == 1
    assert "annecs after 200 environment steps" in text(found)
    assert "probability 1.00 [1.00, 1.00]" in text(found)


@pytest.mark.parametrize("ending", ["png", "svg", "pdf"])
def test_a_comparison_can_be_drawn_and_the_same_runs_give_the_same_bytes(groups, tmp_path, ending):
    one, other = tmp_path / f"one.{ending}", tmp_path / f"other.{ending}"
    assert plot(compare(*groups, metric="annecs"), one) == one
    plot(compare(*groups, metric="annecs"), other)
    assert len(one.read_bytes()) > 5000
    assert one.read_bytes() == other.read_bytes()


def test_what_cannot_be_compared_is_refused(groups, tmp_path, monkeypatch):
    good, bad = groups
    with pytest.raises(Usage, match="no metric 'score'; choose one of: annecs,"):
        compare(good, bad, "score")
    with pytest.raises(Usage, match="nothing to compare with"):
        compare(good, [])
    with pytest.raises(Usage, match="holds no generation yet"):
        compare(good, [write(tmp_path / "empty.run", [])])
    with pytest.raises(Usage, match="has no annecs after"):
        compare(good, [write(tmp_path / "none.run", [0, None, None])], "annecs")
    monkeypatch.setitem(envs.DOMAINS, "line-v1", "tests.view.test_compare:LINE")
    other = [write(tmp_path / "line.run", [0, 1, 2], domain="line-v1")]
    with pytest.raises(Usage, match=r"point-v1 and .* of line-v1; compare runs of one domain, or say --across"):
        compare(good, other, "annecs")
    assert compare(good, other, "annecs", across=True).improvement.value == 1
    with pytest.raises(Usage, match="different archives"):
        compare(good, other, "qd_score", across=True)


def test_a_value_holds_until_the_next_generation(groups):
    run = view.history(groups[0][0], "annecs")
    assert run.at(np.array([0.0, 99.0, 100.0, 150.0, 200.0])).tolist() == [0, 0, 3, 3, 5]
