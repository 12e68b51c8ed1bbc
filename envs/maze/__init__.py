"""The domain `maze-v1`: an agent that sees a few cells ahead looks for the goal of a maze."""
