"""What is measured: metrics of a state, statistics over runs, results on suites."""
