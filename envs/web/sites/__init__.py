"""What a site is, how it mutates, and how it is built for a request."""
