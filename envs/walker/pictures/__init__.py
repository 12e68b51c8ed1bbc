"""Pictures of courses and episodes."""
