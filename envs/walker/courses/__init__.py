"""Obstacle courses: what a task is, how a course is generated from it, and what describes it."""
