"""What is asked before many visits, or the day itself, are closed."""

import reflex as rx

from app.components.words import Text, t, tn
from app.state.close import CloseState


def questions() -> rx.Component:
    """Show the two questions; each is seen when it is asked."""
    return rx.fragment(_all_of_a_kind(), _whole_day())


def _all_of_a_kind() -> rx.Component:
    count = CloseState.asked_count
    text = rx.match(
        CloseState.asked_outcome,
        ("done", tn("Mark {n} visit as done?", "Mark {n} visits as done?", n=count)),
        ("no-show", tn("Mark {n} visit as no-show?", "Mark {n} visits as no-show?", n=count)),
        ("released", tn("Release {n} held time?", "Release {n} held times?", n=count)),
        "",
    )
    return _question(
        text,
        t("Each is closed by itself; what cannot be closed stays, with the reason. Undo each at its card."),
        is_open=CloseState.asked_kind != "",
        on_open_change=lambda _: CloseState.ask_nothing(),
        yes=rx.button(t("Yes, close them"), on_click=CloseState.settle_all),
    )


def _whole_day() -> rx.Component:
    return _question(
        t("Close the day with open items?"),
        tn(
            "{n} item stays open. It is written down with the close.",
            "{n} items stay open. They are written down with the close.",
            n=CloseState.count,
        ),
        is_open=CloseState.is_confirming,
        on_open_change=CloseState.confirm_close,
        yes=rx.button(t("Close the day"), on_click=CloseState.close),
    )


def _question(
    title: Text, about: Text, *, is_open: rx.Var[bool], on_open_change: rx.event.EventType, yes: rx.Component
) -> rx.Component:
    no = rx.button(t("Cancel"), variant="soft", color_scheme="gray", high_contrast=True)
    return rx.alert_dialog.root(
        rx.alert_dialog.content(
            rx.alert_dialog.title(title, size="4"),
            rx.alert_dialog.description(about, size="2"),
            rx.el.div(
                rx.alert_dialog.cancel(no), rx.alert_dialog.action(yes), class_name="dialog-actions close-answer"
            ),
            max_width="28em",
        ),
        open=is_open,
        on_open_change=on_open_change,
    )
