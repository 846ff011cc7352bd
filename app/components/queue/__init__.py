"""The parts of the page of arrivals and of the waiting room's display."""
