"""Environments that misbehave, registered by importing this module."""

import os
import time

import gymnasium
import numpy as np
from gymnasium import spaces


class Slow(gymnasium.Env):
    """Sleeps at every step, ends its process (`deadly`), or divides by zero (`faulty`)."""

    observation_space = spaces.Box(-1, 1, (2,), np.float32)
    action_space = spaces.Discrete(2)

    def __init__(self, pause=0.0, deadly=0.0, faulty=0.0):
        self.pause, self.deadly, self.faulty = pause, deadly, faulty

    def reset(self, seed=None, options=None):
        super().reset(seed=seed)
        return np.zeros(2, np.float32), {}

    def step(self, action):
        time.sleep(self.pause)
        if self.deadly:
            os._exit(3)
        reward = 1.0 / (1.0 - np.sign(self.faulty).item())
        return np.zeros(2, np.float32), reward, False, False, {}


class Many(Slow):
    action_space = spaces.MultiDiscrete([2, 3])


class Endless(Slow):
    action_space = spaces.Box(-np.inf, np.inf, (2,), np.float32)


class Wordy(Slow):
    observation_space = spaces.Sequence(spaces.Discrete(3))


for kind in (Slow, Many, Endless, Wordy):
    gymnasium.register(f"{kind.__name__}-v0", kind)
