"""The walkers as Gymnasium environments, single and vectorised."""
