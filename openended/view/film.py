"""Films: one or more episodes, panel by panel at the same time, as GIF or MP4.

GIFs have few colours and 16 frames a second, as they grow with both; MP4s have 25 and are made by FFmpeg, the program
that the optional package imageio-ffmpeg brings.
"""

import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from openended.file.errors import Resources, Usage
from openended.view.episode import Episode

if TYPE_CHECKING:
    from PIL import Image

HOLD = 1.0
"""Seconds for which the last frame stays before the film starts again."""
COLOURS = 48
GAP = 12
"""Pixels between columns."""
CODING = ("-crf", "27", "-preset", "veryfast", "-tune", "animation", "-movflags", "+faststart")
REPEATABLE = ("-fflags", "+bitexact", "-flags:v", "+bitexact", "-threads", "1")
"""The same frames give the same bytes."""
PAPER, INK = (250, 249, 246), (45, 48, 55)


@dataclass(frozen=True)
class Film:
    """Episodes to be shown side by side, in rows of `columns`, each scene so many pixels wide and high."""

    domain: Any
    episodes: Sequence[Episode]
    width: int
    height: int
    columns: int = 1

    def steps(self, frames_per_second: float, longest: float) -> tuple[list[int], float]:
        """The steps shown, and the seconds that each stays: as in life, or faster if it took more than `longest`."""
        rate = self.domain.pictures.steps_per_second
        last = max(episode.steps for episode in self.episodes)
        life = max(1, round(rate / frames_per_second))
        pause = life / rate
        stride = max(life, math.ceil(last * pause / longest))
        return [*range(0, last, stride), last], pause

    def frame(self, step: int) -> "Image.Image":
        """All scenes before action `step`; an episode that has ended stays as it ended."""
        scenes = [
            self.domain.pictures.draw(each.task, each.trace, min(step, each.steps), self.width, self.height)
            for each in self.episodes
        ]
        return tiled(
            [joined(scene, each.caption) for scene, each in zip(scenes, self.episodes, strict=True)], self.columns
        )


def gif(film: Film, frames_per_second: float = 50 / 3, longest: float = 20.0) -> bytes:
    """The film as an endless GIF. All frames share one palette, and none is dithered, so that nothing flickers."""
    from PIL import Image

    steps, pause = film.steps(frames_per_second, longest)
    palette = common([film.frame(step) for step in steps[:: max(1, len(steps) // 12)]])
    frames = [film.frame(step).quantize(palette=palette, dither=Image.Dither.NONE) for step in steps]
    durations = [*[round(1000 * pause)] * (len(frames) - 1), round(1000 * HOLD)]
    buffer = io.BytesIO()
    first, *others = sparse(frames)
    options: dict[str, Any] = {"transparency": COLOURS, "disposal": 1, "loop": 0, "optimize": False}
    first.save(buffer, "GIF", save_all=True, append_images=others, duration=durations, **options)
    return buffer.getvalue()


def sparse(frames: "list[Image.Image]") -> "list[Image.Image]":
    """The frames with colour number `COLOURS`, which is none, wherever they are as the frame before."""
    from PIL import Image

    pixels = [np.asarray(frame) for frame in frames]
    changed = [pixels[0], *(np.where(now == before, COLOURS, now) for before, now in pairwise(pixels))]
    pictures = [Image.fromarray(each.astype(np.uint8)) for each in changed]
    palette = [*(frames[0].getpalette() or []), *[0] * 3 * COLOURS][: 3 * COLOURS]
    for picture in pictures:
        picture.putpalette([*palette, 0, 0, 0])
        picture.info["transparency"] = COLOURS
    return pictures


def mp4(film: Film, frames_per_second: float = 25.0, longest: float = 60.0) -> bytes:
    """The film as MP4 (H.264). Raises Usage if imageio-ffmpeg is not installed, Resources if FFmpeg is missing or
    fails.
    """
    try:
        from imageio_ffmpeg import write_frames
    except ImportError:
        raise Usage("an mp4 needs imageio-ffmpeg: pip install 'openended[film]', or choose gif.") from None
    steps, pause = film.steps(frames_per_second, longest)
    with TemporaryDirectory() as folder:
        place = Path(folder, "film.mp4")
        first = film.frame(0)
        writer = write_frames(
            str(place), first.size, fps=1 / pause, codec="libx264", quality=None, macro_block_size=2,
            output_params=[*CODING, *REPEATABLE], ffmpeg_log_level="error",
        )  # fmt: skip
        try:
            writer.send(None)
            for step in steps:
                picture = film.frame(step).tobytes()
                writer.send(picture)
            for _ in range(round(HOLD / pause)):
                writer.send(picture)
            writer.close()
            return place.read_bytes()
        except (OSError, RuntimeError) as error:
            raise Resources(f"FFmpeg could not make the film ({error}); free some space, or choose gif.") from error


def tiled(pictures: "Sequence[Image.Image]", columns: int) -> "Image.Image":
    """Pictures of one size in rows of `columns`, on paper."""
    from PIL import Image

    width, height = pictures[0].size
    rows = -(-len(pictures) // columns)
    if len(pictures) == 1:
        return pictures[0]
    sheet = Image.new("RGB", (width * columns + GAP * (columns - 1), height * rows), PAPER)
    for place, picture in enumerate(pictures):
        sheet.paste(picture, ((width + GAP) * (place % columns), height * (place // columns)))
    return sheet


def joined(scene: NDArray[np.uint8], caption: str) -> "Image.Image":
    """The scene with its caption below it."""
    from PIL import Image

    words = label(caption, scene.shape[1])
    picture = Image.new("RGB", (scene.shape[1], scene.shape[0] + words.height))
    picture.paste(Image.fromarray(scene), (0, 0))
    picture.paste(words, (0, scene.shape[0]))
    return picture


@lru_cache(maxsize=64)
def label(text: str, width: int) -> "Image.Image":
    """A line of text on paper, as large as the width allows between 9 and 14 pixels; if it is longer, its first part,
    before the first bar, is cut.
    """
    from PIL import Image, ImageDraw, ImageFont

    fonts = [ImageFont.load_default(size=size) for size in range(14, 8, -1)]
    text, room = " ".join(text.split()), width - 20
    font = next((font for font in fonts if font.getlength(text) <= room), fonts[-1])
    head, bar, tail = text.partition(" |")
    while head and font.getlength(text) > room:
        head = head[:-1]
        text = f"{head}…{bar}{tail}"
    picture = Image.new("RGB", (width, 26), PAPER)
    ImageDraw.Draw(picture).text((10, 13), text, INK, font, anchor="lm")
    return picture


def common(frames: "list[Image.Image]") -> "Image.Image":
    """One palette for all frames."""
    from PIL import Image

    sheet = Image.fromarray(np.concatenate([np.asarray(frame) for frame in frames]))
    return sheet.quantize(COLOURS, method=Image.Quantize.MEDIANCUT, kmeans=4, dither=Image.Dither.NONE)
