from dataclasses import replace

import numpy as np
import pytest
from ribs.archives import CVTArchive, GridArchive

import openended
from openended.file.errors import Damaged
from openended.view import to_pyribs


def test_the_archive_has_the_elites_of_the_run_in_its_niches(made):
    run = openended.open(made({(1, 0): 250.0, (5, 2): -20.0, (7, 5): 0.0, (0, 3): float("nan")}))
    archive = to_pyribs(run)
    data = archive.data()
    order = np.argsort(data["index"])
    finite = [pair for pair in run.elites.values() if np.isfinite(pair.best_fitness)]
    assert isinstance(archive, GridArchive)
    assert data["index"][order].tolist() == [pair.niche for pair in finite]
    assert data["objective"][order].tolist() == [pair.best_fitness for pair in finite]
    assert data["task"][order].tolist() == [pair.task for pair in finite]
    assert (data["solution"][order] == np.stack(run.best_agents(finite))).all()
    low, high = (np.array([getattr(axis, end) for axis in run.domain.axes]) for end in ("low", "high"))
    expected = [(run.descriptor(pair) - low) / (high - low) for pair in finite]
    assert data["measures"][order] == pytest.approx(np.array(expected))


def test_a_cvt_archive_has_the_centroids_of_the_run(made):
    run = openended.open(made({(1, 0): 250.0, (5, 2): -20.0}))
    centroids = np.random.default_rng(0).random((9, 2))
    config = run.config | {"archive": {"kind": "cvt", "cells": [9], "samples": 1000}}
    state = replace(run.state, arrays={"centroids": centroids})
    archive = to_pyribs(replace(run, config=config, state=state))
    assert isinstance(archive, CVTArchive)
    assert (archive.centroids == centroids).all()
    assert archive.stats.num_elites == 2


def test_a_run_without_elites_gives_an_empty_archive(unstarted):
    assert to_pyribs(openended.open(unstarted)).stats.num_elites == 0


@pytest.mark.parametrize(
    "archive", [{}, {"kind": "grid", "cells": [2, 2, 2], "samples": 1}, {"kind": "cvt", "cells": [4], "samples": 100}]
)
def test_settings_that_make_no_archive_are_damage(made, archive):
    run = openended.open(made({(1, 0): 250.0}))
    with pytest.raises(Damaged, match="make no archive"):
        to_pyribs(replace(run, config={"archive": archive}))
