"""An open-ended search engine: it invents tasks, trains agents on them, and keeps the best of both in an archive."""

__version__ = "0.1.0"
