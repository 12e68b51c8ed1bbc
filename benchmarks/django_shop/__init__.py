"""A small shop, administered by Django's own pages: real software for agents to act in."""
