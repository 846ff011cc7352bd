"""A location's day as a whole: its sheet on paper, as a file and offline, what of it is open, and its close."""
