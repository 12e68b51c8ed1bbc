"""An open-ended search engine: it invents tasks, trains agents on them, and keeps the best of both in an archive."""

from .gymnasium_ids import announce

__version__ = "0.1.0"

announce()
