"""Web sites as data-generating programs: sites, requests, what a visitor sees and does, and the same sites as HTML."""
