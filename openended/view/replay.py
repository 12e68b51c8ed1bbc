"""An elite on its own task: a moving GIF, or one wide picture (PNG).

The episode is run again from the run file; what is seen is what was scored. Any domain with `trace` and `draw` can be
replayed. A domain may offer more: `strip(task, trace, width, height)`, its own picture of a whole episode, and
`steps_per_second`, so that the film runs no slower than life.
"""

import io
import math
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from envs.api import Trace
from openended.core.types import Pair
from openended.run.errors import Usage
from openended.view.output import target, write
from openended.view.snapshot import Snapshot, described, snapshot

if TYPE_CHECKING:
    from PIL import Image

ENDINGS = ("gif", "png")
FRAMES_PER_SECOND = 25
LONGEST = 20.0
"""Most seconds of a film; longer episodes are shown faster."""
HOLD = 1.0
"""Seconds for which the last frame stays before the film starts again."""
COLOURS = 255
PAPER, INK = (250, 249, 246), (45, 48, 55)


@dataclass(frozen=True)
class Episode:
    """A pair and its best agent's episode on its task."""

    pair: Pair
    task: Any
    trace: Trace
    caption: str

    @property
    def steps(self) -> int:
        return len(self.trace.rewards)


def replay(
    path: str | Path,
    output: str | Path,
    niche: int | None = None,
    best: bool = False,
    width: int = 0,
    height: int = 0,
) -> Path:
    """Show an elite of the run file on its task, and return where the picture is.

    Args:
        path: the run file.
        output: the picture; `.gif` moves, `.png` is a strip.
        niche: whose elite; None: that with the best fitness.
        best: show the solved elite on the hardest task instead, the one farthest from the descriptors' low ends.
        width: pixels, without: 600 of a GIF, 1800 of a strip.
        height: pixels of the scene above the caption, without: 300 or 220.

    Raises:
        Usage: an unknown ending, a missing folder, an empty niche, a run without elites.
        Failure: the run file cannot be read or the picture not be written.
    """
    place, kind = target(output, ENDINGS)
    if best and niche is not None:
        raise Usage(f"niche {niche} and --best name two elites; choose one of the two.")
    view = snapshot(path)
    shown = episode(view, chosen(view, niche, best))
    film = kind == "gif"
    size = (width or (600 if film else 1800), height or (300 if film else 220))
    return write(place, gif(view.domain, shown, *size) if film else strip(view.domain, shown, *size))


def chosen(view: Snapshot, niche: int | None, best: bool) -> Pair:
    """The elite to be shown. Raises Usage if there is none."""
    if not view.elites:
        raise Usage("the run has no elites yet; let it run for some generations first.")
    if niche is not None:
        if niche not in view.elites:
            occupied = ", ".join(str(held) for held in view.elites)
            raise Usage(f"niche {niche} is empty; occupied are: {occupied}.")
        return view.elites[niche]
    solved = [pair for pair in view.elites.values() if pair.best_fitness >= view.solved]
    if best and solved:
        return max(solved, key=lambda pair: (view.hardness(pair), pair.best_fitness))
    return max(view.elites.values(), key=lambda pair: -math.inf if math.isnan(pair.best_fitness) else pair.best_fitness)


def episode(view: Snapshot, pair: Pair) -> Episode:
    """The best agent of the pair on its task, run again."""
    task = view.state.tasks[pair.task]
    trace = view.domain.trace(task.genome, pair.best_agent, 0, int(view.config["episodes"]["cap"]))
    end = "finished" if trace.facts.get("finished") else f"not finished, {len(trace.rewards)} steps"
    where = described(view.domain.axes, task.descriptor)
    caption = f"niche {pair.niche}:  {where}   |   return {trace.rewards.sum():.1f}   |   {end}"
    return Episode(pair, task.genome, trace, caption)


def gif(domain: Any, shown: Episode, width: int, height: int) -> bytes:
    """The film. All frames share one palette, and none is dithered, so that nothing flickers."""
    from PIL import Image

    rate = getattr(domain, "steps_per_second", FRAMES_PER_SECOND)
    stride = max(1, round(rate / FRAMES_PER_SECOND), math.ceil(shown.steps / (LONGEST * FRAMES_PER_SECOND)))
    steps = [*range(0, shown.steps, stride), shown.steps]
    caption = label(shown.caption, width)

    def frame(step: int) -> Image.Image:
        return joined(domain.draw(shown.task, shown.trace, step, width, height), caption)

    palette = common([frame(step) for step in steps[:: max(1, len(steps) // 12)]])
    frames = [frame(step).quantize(palette=palette, dither=Image.Dither.NONE) for step in steps]
    buffer = io.BytesIO()
    pause = 1000 // FRAMES_PER_SECOND
    durations = [*[pause] * (len(frames) - 1), int(1000 * HOLD)]
    frames[0].save(buffer, "GIF", save_all=True, append_images=frames[1:], duration=durations, loop=0, optimize=False)
    return buffer.getvalue()


def strip(domain: Any, shown: Episode, width: int, height: int) -> bytes:
    """The whole episode in one PNG: as the domain draws it, otherwise frames at regular times, side by side."""
    if hasattr(domain, "strip"):
        scene = domain.strip(shown.task, shown.trace, width, height)
    else:
        count = max(1, min(shown.steps + 1, width // height))
        edges = np.linspace(0, width, count + 1).astype(int)
        times = np.linspace(0, shown.steps, count).astype(int)
        scene = np.concatenate(
            [
                domain.draw(shown.task, shown.trace, int(step), int(size), height)
                for step, size in zip(times, np.diff(edges), strict=True)
            ],
            axis=1,
        )
        for edge in edges[1:-1]:
            scene[:, edge - 1 : edge + 1] = PAPER
    buffer = io.BytesIO()
    joined(scene, label(shown.caption, width)).save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def joined(scene: NDArray[np.uint8], caption: "Image.Image") -> "Image.Image":
    """The scene with the caption below it."""
    from PIL import Image

    picture = Image.new("RGB", (scene.shape[1], scene.shape[0] + caption.height))
    picture.paste(Image.fromarray(scene), (0, 0))
    picture.paste(caption, (0, scene.shape[0]))
    return picture


@lru_cache(maxsize=4)
def label(text: str, width: int) -> "Image.Image":
    """A line of text on paper, as large as the width allows between 9 and 14 pixels."""
    from PIL import Image, ImageDraw, ImageFont

    fonts = [ImageFont.load_default(size=size) for size in range(14, 8, -1)]
    font = next((font for font in fonts if font.getlength(text) <= width - 20), fonts[-1])
    picture = Image.new("RGB", (width, 26), PAPER)
    ImageDraw.Draw(picture).text((10, 13), text, INK, font, anchor="lm")
    return picture


def common(frames: "list[Image.Image]") -> "Image.Image":
    """One palette for all frames."""
    from PIL import Image

    sheet = Image.fromarray(np.concatenate([np.asarray(frame) for frame in frames]))
    return sheet.quantize(COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
