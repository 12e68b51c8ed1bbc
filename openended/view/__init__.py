"""Looking at runs: status, heatmaps, replays, the live view. Reads run files and never writes to them."""

from .pyribs import to_pyribs

__all__ = ["to_pyribs"]
