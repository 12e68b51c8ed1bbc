"""Ray as executor: episodes run on the workers of a cluster."""
