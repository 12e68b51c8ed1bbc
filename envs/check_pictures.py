"""Checks a domain's pictures."""

import numpy as np

from .api import Genome, Picture, Pictures, Trace
from .contract import require
from .sketch import Sketch


def check_pictures(pictures: Pictures, genome: Genome, trace: Trace) -> None:
    """Draw an episode in every way there is."""
    require(0 < pictures.steps_per_second < np.inf, f"steps_per_second is {pictures.steps_per_second}")
    for step in (0, len(trace.rewards)):
        _check_picture(pictures.draw(genome, trace, step, 64, 48), f"draw at step {step}", 64, 48)
    if pictures.strip:
        _check_picture(pictures.strip(genome, trace, 300, 50), "strip", 300, 50)
    if pictures.profile:
        _check_picture(pictures.profile(genome, 300, 50), "profile", 300, 50)
    if pictures.page:
        page = pictures.page(genome, trace)
        sound = isinstance(page, str) and page.startswith("<!doctype html>") and "Content-Security-Policy" in page
        require(sound, f"page gives {page!r:.50}; it must be an HTML page with a content security policy")
    if pictures.sketch:
        check_sketch(pictures.sketch(genome, trace), len(trace.rewards) + 1)


def _check_picture(picture: Picture, what: str, width: int, height: int) -> None:
    sound = picture.dtype == np.uint8 and picture.shape == (height, width, 3)
    require(sound, f"{what} gives {picture.dtype}{picture.shape}; asked for were uint8({height}, {width}, 3)")
    require(picture.min() < picture.max(), f"{what} gives an empty picture")


def check_sketch(sketch: Sketch, times: int) -> None:
    """Check a sketch of so many times."""
    bodies = sketch.poses.shape[1] if sketch.poses.ndim == 3 else 0
    require(sketch.poses.shape == (times, bodies, 3), f"sketch: poses are {sketch.poses.shape}, not ({times}, b, 3)")
    require(np.isfinite(sketch.poses).all(), "sketch: poses hold values that are not finite")
    require(0 <= sketch.centre < bodies and sketch.width > 0, "sketch: there is no such centre, or nothing to see")
    for place, shape in enumerate(sketch.shapes):
        points, fewest = shape.points, {"area": 3, "line": 1 if shape.towards >= 0 else 2, "dot": 1}.get(shape.kind, 0)
        require(fewest, f"sketch: shape {place} is a {shape.kind!r}; it must be area, line or dot")
        sound = points.ndim == 2 and points.shape[1] == 2 and len(points) >= fewest and np.isfinite(points).all()
        require(sound, f"sketch: shape {place}, a {shape.kind}, has points {points.tolist()}")
        require(min(shape.body, shape.towards) >= -1, f"sketch: shape {place} moves with a body below -1")
        require(max(shape.body, shape.towards) < bodies, f"sketch: shape {place} moves with a body that is not there")
        require(
            shape.shown is None or shape.shown.shape == (times,), f"sketch: shape {place} is not shown at all times"
        )
