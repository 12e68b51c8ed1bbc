"""The shell around the core: recipes, the run file, threads, signals, and the loop that drives a run."""
