"""The look: Radix Themes' tokens, and the status palette, defined once for light and dark.

Pages and components write no colour and no pixel: they use Radix props (`size="2"`, `color_scheme="gray"`,
`spacing="3"`) and classes, whose style sheets in assets/ use Radix' tokens and the `--house-*` of assets/house.css:

    status_badge("booked")                    # icon and word in the status' colours
    status_badge(State.status)                # the same for a var
    rx.text(format_time(...), class_name="figures")   # tabular figures

In JavaScript and CSS the palette is `--status-<name>-bg`, `-fg` (text, at least 4.5:1 on bg) and `-edge`,
with the names of STATUSES. The accent is teal, grey is slate, corners are "medium".
"""

from dataclasses import dataclass
from typing import Any

import reflex as rx

from app.components.words import t, t_var
from app.words import N_


@dataclass(frozen=True, slots=True)
class StatusLook:
    """How a status is shown: never by colour alone, always with its icon (Lucide) and its word."""

    icon: str
    word: str

    def colour(self, part: str, *, name: str) -> str:
        """Return the palette's variable for the part: bg, fg or edge."""
        return f"var(--status-{name}-{part})"


# By the codes of models' AppointmentStatus; `in-room` is checked-in with an Encounter that runs.
STATUSES: dict[str, StatusLook] = {
    "pending": StatusLook("hourglass", N_("Held")),
    "booked": StatusLook("calendar-check", N_("Booked")),
    "arrived": StatusLook("user-check", N_("Arrived")),
    "checked-in": StatusLook("clipboard-check", N_("Checked in")),
    "in-room": StatusLook("door-open", N_("In room")),
    "fulfilled": StatusLook("circle-check", N_("Done")),
    "noshow": StatusLook("user-x", N_("No-show")),
    "cancelled": StatusLook("ban", N_("Cancelled")),
    "entered-in-error": StatusLook("eraser", N_("Entered in error")),
}


def radix_theme() -> rx.Component:
    """Return the theme that wraps every page."""
    return rx.theme(accent_color="teal", gray_color="slate", radius="medium", scaling="100%", panel_background="solid")


def status_badge(status: str | rx.Var[Any], **props: Any) -> rx.Component:
    """Show a status as icon and word in its colours; `status` is a code or a var that holds one."""
    if isinstance(status, str):
        return _badge(status, **props)
    return rx.match(status, *((name, _badge(name, **props)) for name in STATUSES), rx.fragment())


def _badge(name: str, **props: Any) -> rx.Component:
    look = STATUSES[name]
    return rx.el.span(
        rx.icon(look.icon, size=14, aria_hidden="true"),
        t_var(rx.Var.create(look.word)),
        class_name=f"status-badge status-{name}",
        **props,
    )


def color_mode_toggle(**props: Any) -> rx.Component:
    """Let the reader choose light or dark; until then the system's choice holds."""
    return rx.icon_button(
        rx.color_mode_cond(light=rx.icon("moon", size=18), dark=rx.icon("sun", size=18)),
        on_click=rx.toggle_color_mode,
        variant="ghost",
        color_scheme="gray",
        aria_label=t("Switch between light and dark"),
        title=t("Switch between light and dark"),
        custom_attrs={"data-command": "mode"},
        **props,
    )
