"""Pictures of runs, one kind per file. Each has `figure(...)`, which gives a matplotlib Figure, and draws with
matplotlib's object-oriented part alone (Agg), never pyplot. The same run gives the same bytes.
"""
