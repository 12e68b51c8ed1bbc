"""Programs over digits: a supervised domain, whose tasks are small programs that make questions and right answers."""
