"""The algorithms: pure functions from a state to the next one. No files, clocks, processes or global random state."""
