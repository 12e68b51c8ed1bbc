"""The run file: one SQLite file holds everything that a run produced."""
