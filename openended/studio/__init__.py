"""A local web page on which people watch a run and take part in it.

Its own process: it reads run files in short transactions and writes offers into a run's inbox, never into a run file.
"""
