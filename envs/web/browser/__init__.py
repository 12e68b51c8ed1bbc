"""Sites as HTML, a browser that shows them, and the proof that they are what the simulator says."""
