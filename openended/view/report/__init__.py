"""The report of a run: one page for a browser, complete in itself."""
