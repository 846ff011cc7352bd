"""The frame of every settings page: a list of the settings at the start, the page beside it."""

from typing import Any

import reflex as rx

from app import routes
from app.components.set_up_steps import set_up_checklist
from app.components.shell import shell
from app.components.words import Text, t, t_var
from app.services.setup.progress import Step
from app.state.base import PageState
from app.state.set_up import SetUpState


def settings_page(*content: rx.Component, route: str, tools: rx.Component | None = None) -> rx.Component:
    """Show one settings page; the list shows those that the reader may change."""
    return shell(
        rx.el.div(
            rx.el.nav(
                rx.el.h1(t("Settings"), class_name="set-title"),
                *(_entry(area, is_here=area.route == route) for area in routes.SETTINGS_AREAS),
                aria_label=t("Settings"),
                class_name="set-nav",
            ),
            rx.el.div(_still_to_do(), *content, class_name="set-page"),
            class_name="set",
        ),
        area=routes.SETTINGS,
        tools=tools,
    )


def head(title: Text, about: Text, *actions: rx.Component) -> rx.Component:
    """Show what a page is about and what can be done there."""
    return rx.el.header(
        rx.el.div(rx.el.h2(title, class_name="set-heading"), rx.el.p(about, class_name="set-about muted")),
        rx.el.div(*actions, class_name="set-actions"),
        class_name="set-head",
    )


def _entry(area: routes.WorkArea, *, is_here: bool) -> rx.Component:
    attributes: dict[str, Any] = {"aria-current": "page"} if is_here else {}
    link = rx.el.a(
        rx.icon(area.icon, size=16, aria_hidden="true"),
        rx.el.span(t_var(rx.Var.create(area.title))),
        href=area.route,
        class_name="set-link",
        custom_attrs=attributes,
    )
    is_shown = PageState.permissions.contains(area.permission)
    if area.route in routes.DEMONSTRATION_ONLY:
        is_shown = is_shown & PageState.is_demonstration
    return rx.cond(is_shown, link, rx.fragment())


def _still_to_do() -> rx.Component:
    is_theirs = PageState.permissions.contains(routes.PERMISSION_OF[routes.SETTINGS_CLINIC])
    # The frame may know the clinic as it was a moment ago; the list reads anew, and goes once nothing is left.
    is_over = SetUpState.done.contains(Step.READY.value)
    return rx.cond(PageState.is_being_set_up & is_theirs & ~is_over, set_up_checklist(), rx.fragment())
