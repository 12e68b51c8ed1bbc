"""Importing this module makes our ids known to Gymnasium.

>>> import gymnasium, openended.gymnasium
>>> gymnasium.make("openended/BipedalWalker-v3")

or in one, also for worker processes: `gymnasium.make("openended.gymnasium:openended/BipedalWalker-v3")`.
"""

from openended.envs.walker.gymnasium.ids import register

register()
