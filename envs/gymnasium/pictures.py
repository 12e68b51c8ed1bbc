"""Pictures that an environment draws itself (`render_mode="rgb_array"`), of an episode played again."""

import os
import threading
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..api import Genome, Picture, Pictures, Trace
from .episode import SEEDS, Episodes


def pictures(episodes: Episodes) -> Pictures | None:
    """The pictures of an environment; None if it draws none."""
    metadata = episodes.first.metadata
    if "rgb_array" not in metadata.get("render_modes", ()):
        return None
    return Pictures(draw=Player(episodes).draw, steps_per_second=float(metadata.get("render_fps", 25)))


@dataclass
class Player:
    """Plays an episode again by its actions. It stays where it was drawn last, so that a film plays it only once.

    Some environments change what they show whenever they are drawn (the lunar lander's sparks fade), so a picture may
    depend in such details on those before it.
    """

    episodes: Episodes
    trace: Trace | None = None
    genome: Genome = None
    step: int = 0
    env: Any = None
    lock: Any = field(default_factory=threading.Lock)

    def draw(self, genome: Genome, trace: Trace, step: int, width: int, height: int) -> Picture:
        """The environment's own picture before action `step`, as large as fits, on white."""
        from PIL import Image

        with self.lock:
            if trace is not self.trace or genome != self.genome or step < self.step:
                self.begin(genome, trace)
            while self.step < step:
                self.env.step(self.episodes.act(trace.actions[self.step]))
                self.step += 1
            whole = Image.fromarray(np.ascontiguousarray(self.env.render()))
        scale = min(width / whole.width, height / whole.height)
        size = max(round(whole.width * scale), 1), max(round(whole.height * scale), 1)
        sheet = Image.new("RGB", (width, height), (255, 255, 255))
        sheet.paste(whole.resize(size, Image.Resampling.BOX), ((width - size[0]) // 2, (height - size[1]) // 2))
        return np.array(sheet)

    def begin(self, genome: Genome, trace: Trace) -> None:
        if self.env is not None:
            self.env.close()
        os.environ.setdefault("SDL_VIDEODRIVER", "dummy")  # pictures need no screen
        self.env = self.episodes.made(genome, render_mode="rgb_array")
        self.env.reset(seed=int(trace.scene["key"][0]) % SEEDS)
        self.trace, self.genome, self.step = trace, genome, 0
