"""Courses as they are drawn: every height of the ground and every obstacle, in whole numbers."""
