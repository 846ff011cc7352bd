"""The waiting room's display."""

import reflex as rx

from app.components.queue.wall import wall_display


def wall() -> rx.Component:
    """Show numbers and rooms to whoever opened the page with its key."""
    return wall_display()
