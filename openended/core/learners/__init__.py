"""Learners: how an agent is trained on tasks, one file for each kind."""
