"""The page: HTML, style, ES modules."""
