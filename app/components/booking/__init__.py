"""Booking without an account; `flow.booking_flow(kind=...)` is what a page shows."""
