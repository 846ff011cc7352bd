"""What a page shows when it has nothing (yet): skeletons, empty lists, errors, too much, a lost connection.

rx.cond(State.is_loading, loading_rows(6), ...)      # of a page; skeleton_rows() of a part of one
empty_state("calendar-x", t("No appointments on this day"), t("Click a free time to book one."))
error_state(t("The list could not be loaded."), action=rx.button(t("Try again"), on_click=State.load))
too_much(t("More than 50 patients match."), t("Type one more letter."))
"""

import reflex as rx
from reflex_base.utils.imports import ImportVar
from reflex_base.vars import VarData
from reflex_base.vars.base import Var
from reflex_components_core.base.error_boundary import ErrorBoundary
from reflex_components_core.core.banner import has_connection_errors

from app import routes
from app.components.words import Text, t
from app.state.base import PageState

_WAITING = Var(
    _js_expr="waiting_",
    _var_type=bool,
    _var_data=VarData(
        imports={"$/public/connection.js": [ImportVar(tag="useWaiting", install=False)]},
        hooks={"const waiting_ = useWaiting()": None},
    ),
).to(bool)


def is_cut_off() -> rx.Var[bool]:
    """Tell whether the page is out of touch: the websocket is down, or the server cannot keep its state."""
    return has_connection_errors | _WAITING


def skeleton_rows(rows: int = 5) -> rx.Component:
    """Hold the place of a list that is on its way."""
    return rx.el.div(
        *(rx.skeleton(height="var(--space-6)", width="100%") for _ in range(rows)),
        class_name="skeleton-rows",
        aria_hidden="true",
    )


def loading_rows(rows: int = 5) -> rx.Component:
    """Hold the place of what a page is for; when nothing comes, say so and offer to load the page again."""
    return rx.fragment(skeleton_rows(rows), late_note())


def late_note() -> rx.Component:
    """Say that an answer is late, and offer to load the page again: drawn at once, shown after a while (house.css).

    The region around it is there from the start, for a screen reader to tell of what comes in (connection.js).
    """
    note = rx.el.div(
        rx.icon("hourglass", size=18, aria_hidden="true"),
        rx.el.span(t("This takes longer than it should.")),
        _load_again(),
        class_name="notice late-note",
    )
    return rx.el.div(note, role="status")


def loading_page() -> rx.Component:
    """Hold the place of a page until the server has answered."""
    return rx.el.div(
        rx.el.span(t("Loading"), class_name="visually-hidden", role="status"),
        rx.skeleton(height="var(--space-7)", width="40%"),
        loading_rows(8),
        class_name="loading-page",
    )


def empty_state(
    icon: str, title: Text, next_step: Text | None = None, action: rx.Component | None = None
) -> rx.Component:
    """Say that there is nothing, and what can be done about it."""
    return _plain_words(icon, title, next_step, action, tone="")


def error_state(title: Text, next_step: Text | None = None, action: rx.Component | None = None) -> rx.Component:
    """Say what happened and what to do next."""
    return _plain_words("circle-alert", title, next_step, action, tone="error", role="alert")


def too_much(title: Text, next_step: Text) -> rx.Component:
    """Say that there is more than is shown, and how to narrow it."""
    return _plain_words("list-filter", title, next_step, None, tone="")


def notice(text: Text, *, tone: str = "info", icon: str = "info", **props: str) -> rx.Component:
    """Show a short remark inside a page; tone is info, warning or error."""
    return rx.el.div(
        rx.icon(icon, size=18, aria_hidden="true"), rx.el.span(text, dir="auto"), class_name=f"notice {tone}", **props
    )


def connection_state() -> rx.Component:
    """Say whether what is shown is kept up to date; while it is not, the page returns by itself."""
    lost = rx.el.span(rx.icon("plug-zap", size=14, aria_hidden="true"), t("Reconnecting"), class_name="connection lost")
    word = rx.el.span(t("Connected"))
    held = rx.el.span(rx.icon("circle-check", size=14, aria_hidden="true"), word, class_name="connection")
    return rx.el.div(rx.cond(is_cut_off(), lost, held), role="status")


def connection_banner() -> rx.Component:
    """Cover the top of every page while the server cannot be reached."""
    return rx.cond(
        is_cut_off(),
        rx.el.div(
            rx.icon("plug-zap", size=16, aria_hidden="true"),
            t("The connection is lost. Reconnecting; what you see may be out of date."),
            # The plain element: the sheet is no page of the router, and opens without the server.
            rx.cond(
                PageState.is_signed_in,
                rx.el.A.create(t("Offline sheet"), href=routes.OFFLINE, target="_blank", class_name="plain-link"),
                rx.fragment(),
            ),
            role="alert",
            class_name="connection-banner",
        ),
        rx.fragment(),
    )


def failure_boundary() -> rx.Component:
    """Stand in for a page that failed to draw: plain words and a way on, never the failure's own text."""
    words = error_state(t("This page could not be shown."), t("Nothing was lost. Load it again."), _load_again())
    return ErrorBoundary.create(on_error=rx.noop(), fallback_render=words)


def _load_again() -> rx.Component:
    # The browser's own listener (connection.js): an event of ours would wait behind the one that is not answered.
    attributes = {"data-load-again": ""}
    return rx.el.button(t("Load the page again"), type="button", class_name="link-button", custom_attrs=attributes)


def _plain_words(
    icon: str, title: Text, next_step: Text | None, action: rx.Component | None, *, tone: str, role: str = "status"
) -> rx.Component:
    return rx.el.div(
        rx.icon(icon, size=28, aria_hidden="true"),
        rx.el.p(title, class_name="plain-title"),
        rx.fragment() if next_step is None else rx.el.p(next_step, class_name="muted"),
        action or rx.fragment(),
        class_name=f"plain-words {tone}",
        role=role,
    )
