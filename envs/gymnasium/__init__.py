"""Environments of Gymnasium as a domain: its tasks are parameters of the environment."""
