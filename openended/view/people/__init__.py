"""What people, scripted authors and the search itself brought to a run, side by side."""
