"""Looking at runs: status, plots, replays, the live view. Reads run files and never writes to them."""
