"""A practitioner's own day: their visits and nobody else's, the next one booked, their delays and their time off."""
