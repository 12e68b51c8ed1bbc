"""Episodes as JSON for the player of the page (`player.js`, which does the opposite).

An episode is given by shapes that move (`envs.api.Sketch`), drawn anew by the browser at any size; of a domain that
cannot sketch, by some frames of its `draw`. A column of numbers, such as the x of a body over time, is a whole number
of units at each time. It is written as the differences from one to the next: each d as 2 |d|, less 1 where d < 0, in
groups of seven bits, the lowest first, the eighth bit set in all groups but the last; all bytes in base64.
"""

import io
from base64 import b64encode
from typing import Any

import numpy as np
from numpy.typing import NDArray

from openended.envs.api import Trace
from openended.envs.sketch import Colour, Shape, Sketch

SAMPLES_PER_SECOND = 25
FINE = 2500
"""Units of length in the width that a camera shows; a screen has hardly more pixels."""
TURN, SCORE = 0.004, 0.1
"""Units of angles (rad) and of returns."""
FRAMES, SIZE, ACROSS = 60, (360, 180), 6
"""Frames of an episode that is not sketched, their pixels, and how many stand side by side in one picture."""


def film(domain: Any, genome: Any, trace: Trace) -> dict[str, Any]:
    """An episode on a task for the player, JSON values by name."""
    rate, sketched = domain.pictures.steps_per_second, domain.pictures.sketch is not None
    last = len(trace.rewards)
    stride = max(1, round(rate / SAMPLES_PER_SECOND)) if sketched else max(1, -(-last // (FRAMES - 1)))
    steps = np.unique([*range(0, last, stride), last])
    returns = np.concatenate(([0.0], np.cumsum(trace.rewards)))[steps]
    scene = shapes(domain.pictures.sketch(genome, trace), steps) if sketched else frames(domain, genome, trace, steps)
    times = {"rate": rate, "stride": stride, "steps": last, "samples": len(steps)}
    if sketched and domain.pictures.aspect:
        times["aspect"] = domain.pictures.aspect
    return times | {"returns": column(returns, SCORE), "units": {"turn": TURN, "score": SCORE}} | scene


def shapes(sketch: Sketch, steps: NDArray[Any]) -> dict[str, Any]:
    """A sketch at some steps."""
    unit = sketch.width / FINE
    poses = sketch.poses[steps]
    bodies = [
        [column(body[:, axis], size) for axis, size in enumerate((unit, unit, TURN))] for body in poses.swapaxes(0, 1)
    ]
    return {
        "unit": unit,
        "width": sketch.width,
        "centre": sketch.centre,
        "sky": [colour(each) for each in sketch.sky],
        "bodies": bodies,
        "shapes": [outline(shape, steps) for shape in sketch.shapes],
    }


def outline(shape: Shape, steps: NDArray[Any]) -> dict[str, Any]:
    """A shape as JSON, without absent properties."""
    known = {"kind": shape.kind, "colour": colour(shape.colour), "size": round(float(shape.size), 4)}
    known["points"] = [round(value, 3) for value in shape.points.ravel().tolist()]
    if shape.edge is not None:
        known["edge"] = colour(shape.edge)
    if shape.body >= 0:
        known["body"] = shape.body
    if shape.towards >= 0:
        known["towards"] = shape.towards
    if shape.shown is not None:
        known["shown"] = "".join("1" if seen else "0" for seen in shape.shown[steps])
    return known


def frames(domain: Any, genome: Any, trace: Trace, steps: NDArray[Any]) -> dict[str, Any]:
    """Frames at some steps, in rows in one picture."""
    from PIL import Image

    width, height = SIZE
    sheet = Image.new("RGB", (width * ACROSS, height * -(-len(steps) // ACROSS)))
    for place, step in enumerate(steps.tolist()):
        picture = Image.fromarray(domain.pictures.draw(genome, trace, step, width, height))
        sheet.paste(picture, (width * (place % ACROSS), height * (place // ACROSS)))
    return {"frames": png(sheet, 64), "across": ACROSS, "size": [width, height]}


def column(values: NDArray[Any], unit: float) -> str | int:
    """Values in units, coded as the module says; one number if all are equal. What is not finite is 0."""
    whole = np.rint(np.nan_to_num(values.astype(np.float64) / unit, posinf=0, neginf=0)).astype(np.int64)
    if (whole == whole[0]).all():
        return int(whole[0])
    data = bytearray()
    for step in np.diff(whole, prepend=0).tolist():
        rest = 2 * step if step >= 0 else -2 * step - 1
        while rest > 127:
            data.append(rest & 127 | 128)
            rest >>= 7
        data.append(rest)
    return b64encode(data).decode()


def colour(value: Colour) -> str:
    return "#{:02x}{:02x}{:02x}".format(*value)


def png(picture: Any, colours: int) -> str:
    """A picture (Pillow's) of so many colours as a `data:` address."""
    from PIL import Image

    few = picture.quantize(colours, method=Image.Quantize.MEDIANCUT, kmeans=2, dither=Image.Dither.NONE)
    buffer = io.BytesIO()
    few.save(buffer, "PNG", optimize=True)
    return address(buffer.getvalue(), "image/png")


def address(data: bytes, kind: str) -> str:
    """Data of a media type as a `data:` address."""
    return f"data:{kind};base64,{b64encode(data).decode()}"
