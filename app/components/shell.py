"""The staff frame: app bar, rail of work areas, the page, status bar; it fills the window at any width.

    def board() -> rx.Component:
        return shell(
            board_content(), area=routes.BOARD, tools=board_tools(), keys={"T": N_("Go to today")},
            here={"day": BoardState.day, "location": BoardState.location_id},
        )

`tools` are the page's own controls in the app bar (location, date), `status` its own entries in the status bar.
`keys` are the page's keys for the sheet that `?` opens; those of one letter are also commands of the palette.
`here` names what is looked at: after a handover at the lock the next person comes back to it, so the page reads
`?day=` and `?location=`. `heard` is what a page that follows others was sent last: the status bar says when it changed,
by the clock of `zone` (the clinic's main site's, unless the page names its own).
The rail shows only the areas that the signed-in user's permissions open. The content area scrolls by itself, so a page
that wants panes sets `height="100%"`.
"""

from typing import Any

import reflex as rx

from app import routes
from app.components.frame import language_and_mode, skip_link
from app.components.idle import idle_watch
from app.components.keys import keys_sheet
from app.components.lock import lock_screen
from app.components.palette import palette
from app.components.person import person_menu
from app.components.pin_form import pin_form
from app.components.queue_status import queue_status
from app.components.sheet_keeper import sheet_keeper
from app.components.states import connection_state, loading_page
from app.components.status_news import status_news
from app.components.words import Text, t, t_var
from app.state.base import PageState
from app.state.shell import ShellState

# Where the rail has no room for all of them, as on a phone.
TO_HERE = rx.call_script(
    "document.querySelector('.shell-rail [aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' })"
)


def shell(
    *content: rx.Component,
    area: str,
    tools: rx.Component | None = None,
    status: rx.Component | None = None,
    keys: dict[str, str] | None = None,
    keys_about: Text | None = None,
    here: dict[str, Text] | None = None,
    heard: Any = None,
    zone: Text | None = None,
    **props: Any,
) -> rx.Component:
    """Frame a staff page; until the server has said who is signed in, its skeleton is shown."""
    frame = rx.el.div(
        _app_bar(tools, keys or {}, keys_about),
        _rail(area),
        rx.el.main(
            rx.cond(PageState.is_signed_in, rx.fragment(*content), loading_page()),
            _here(here or {}),
            id="content",
            class_name="shell-content",
            tab_index=-1,
            **props,
        ),
        _status_bar(status, heard, PageState.clinic_zone if zone is None else zone),
        idle_watch(),
        pin_form(),
        sheet_keeper(),
        class_name="shell",
        custom_attrs={"data-letters": rx.cond(ShellState.has_letters, "on", "off")},
    )
    # The lock stands beside the frame, which it makes inert.
    return rx.fragment(frame, lock_screen())


def _app_bar(tools: rx.Component | None, keys: dict[str, str], about: Text | None) -> rx.Component:
    actions = {key: word for key, word in keys.items() if len(key) == 1 and key.isalpha()}
    return rx.el.header(
        skip_link(),
        rx.el.div(
            rx.icon("calendar-heart", size=20, aria_hidden="true", class_name="shell-mark"),
            rx.el.span(PageState.clinic_name, class_name="shell-clinic"),
            class_name="shell-brand",
        ),
        rx.el.div(tools or rx.fragment(), class_name="shell-tools"),
        palette(actions),
        keys_sheet(keys, about=about),
        language_and_mode(),
        class_name="shell-bar",
    )


def _here(named: dict[str, Text]) -> rx.Component:
    if not named:
        return rx.fragment()
    attributes = {f"data-{name}": value for name, value in named.items()}
    return rx.el.span(hidden=True, custom_attrs={"data-here": "", **attributes})


def _rail(current: str) -> rx.Component:
    return rx.el.nav(
        *(_entry(area, current=area.route == current) for area in routes.WORK_AREAS),
        aria_label=t("Work areas"),
        class_name="shell-rail",
    )


def _entry(area: routes.WorkArea, *, current: bool) -> rx.Component:
    link = rx.el.a(
        rx.icon(area.icon, size=20, aria_hidden="true"),
        rx.el.span(t_var(rx.Var.create(area.title))),
        href=area.route,
        class_name="rail-entry",
        custom_attrs={"aria-current": "page"} if current else {},
        **({"on_mount": TO_HERE} if current else {}),
    )
    is_shown = PageState.permissions.contains(area.permission)
    if area.route in routes.DEMONSTRATION_ONLY:
        is_shown = is_shown & PageState.is_demonstration
    return rx.cond(is_shown, link, rx.fragment())


def _status_bar(status: rx.Component | None, heard: Any, zone: Text) -> rx.Component:
    return rx.el.footer(
        connection_state(),
        queue_status(),
        rx.cond(PageState.is_signed_in, status_news(heard, zone=zone), rx.fragment()),
        rx.el.div(status or rx.fragment(), class_name="shell-status-page"),
        rx.cond(PageState.is_signed_in, person_menu(), rx.fragment()),
        class_name="shell-status",
    )
