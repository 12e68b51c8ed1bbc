"""Rigid bodies: the parts of Box2D that the walkers need, to the bit."""
