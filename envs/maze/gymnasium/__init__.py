"""Mazes as environments of Gymnasium."""
