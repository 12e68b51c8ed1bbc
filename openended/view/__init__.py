"""Looking at runs: status, plots, replays, reports, the live view. Reads run files and never writes to them."""

from .pyribs import to_pyribs

__all__ = ["to_pyribs"]
