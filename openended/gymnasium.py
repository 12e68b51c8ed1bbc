"""Importing this module makes our ids known to Gymnasium.

>>> import gymnasium, openended.gymnasium
>>> gymnasium.make("openended/BipedalWalker-v3")
>>> gymnasium.make("openended/Maze-v0", render_mode="ansi")

or in one, also for worker processes: `gymnasium.make("openended.gymnasium:openended/BipedalWalker-v3")`.
"""

from openended.envs.maze.gymnasium import ids as mazes
from openended.envs.walker.gymnasium import ids as walkers

walkers.register()
mazes.register()
