"""The close of a day: what is open, bulk outcomes, the sheet on paper and as a file, and the close itself."""

import reflex as rx

from app import routes
from app.components.close_files import file_group, file_link
from app.components.close_list import open_list
from app.components.close_questions import questions
from app.components.offline_form import offline_sheet
from app.components.queue.keys import queue_keys
from app.components.shell import shell
from app.components.states import empty_state, error_state, loading_rows, notice
from app.components.words import N_, Text, format_date, format_time, reader_locale, t, tn
from app.state.base import PageState
from app.state.close import CloseState
from app.state.close_undo import CloseUndoState

KEYS = {"Z": N_("Undo what was done last")}


def close() -> rx.Component:
    """Show one location's day from its end."""
    return shell(
        rx.cond(
            CloseState.is_loaded,
            rx.el.div(
                _head(), rx.el.div(_open(), class_name="close-body"), questions(), _keys(), class_name="close-page"
            ),
            rx.cond(CloseState.has_failed, _failed(), loading_rows(10)),
        ),
        area=routes.CLOSE,
        tools=_tools(),
        keys=KEYS,
        here={"day": CloseState.day, "location": CloseState.location_id},
    )


def _failed() -> rx.Component:
    again = rx.button(t("Try again"), on_click=CloseState.load, variant="soft", high_contrast=True)
    return error_state(t("The day could not be read."), t("Nothing was changed."), again)


def _keys() -> rx.Component:
    return queue_keys(actions={"z": "undo"}, on_key=lambda *_: CloseUndoState.undo)


def _tools() -> rx.Component:
    return rx.el.div(
        rx.select.root(
            rx.select.trigger(aria_label=t("Location"), variant="soft", color_scheme="gray"),
            rx.select.content(
                rx.foreach(CloseState.places, lambda place: rx.select.item(place["name"], value=place["id"])),
                position="popper",
            ),
            value=CloseState.location_id,
            on_change=CloseState.choose_place,
            size="2",
        ),
        rx.el.input(
            type="date",
            value=CloseState.day,
            on_change=CloseState.choose_day,
            aria_label=t("Day to close"),
            class_name="close-day",
        ),
        class_name="close-tools",
    )


def _head() -> rx.Component:
    return rx.el.header(
        rx.el.div(
            rx.el.h1(t("Close of {day}", day=format_date(CloseState.day, style="long")), class_name="pane-title"),
            rx.el.p(
                rx.cond(
                    CloseState.count == 0,
                    t("Nothing is open."),
                    tn("{n} item is open.", "{n} items are open.", n=CloseState.count),
                ),
                class_name="muted",
                aria_live="polite",
            ),
        ),
        _decision(),
        rx.el.div(_files(), offline_sheet(CloseState.location_id), class_name="close-files"),
        class_name="close-top",
    )


def _files() -> rx.Component:
    return rx.cond(
        PageState.permissions.contains("day:export"),
        rx.fragment(
            file_group(
                "printer",
                t("Day sheet"),
                _sheet(t("by practitioner"), "practitioner", name=t("Day sheet by practitioner")),
                _sheet(t("by time"), "time", name=t("Day sheet by time")),
            ),
            file_group(
                "table",
                t("Export"),
                file_link(t("CSV"), name=t("CSV"), href=_file("csv")),
                file_link(t("Spreadsheet"), name=t("Spreadsheet"), href=_file("xlsx")),
            ),
        ),
        rx.fragment(),
    )


def _sheet(word: Text, by: str, *, name: Text) -> rx.Component:
    return file_link(word, name=name, href=_file("html") + f"&by={by}", target="_blank")


def _file(form: str) -> Text:
    day = f"{routes.DAY_FILE}/" + CloseState.location_id + "/" + CloseState.day
    return day + f".{form}?locale=" + reader_locale()


def _decision() -> rx.Component:
    is_closed = CloseState.closed_at != ""
    reopen = rx.cond(
        PageState.permissions.contains("appointments:reopen"),
        rx.button(t("Open the day again"), on_click=CloseState.reopen, variant="soft", color_scheme="gray"),
        rx.fragment(),
    )
    close_it = rx.button(
        rx.icon("moon", size=16, aria_hidden="true"),
        t("Close the day"),
        on_click=rx.cond(CloseState.count > 0, CloseState.confirm_close(True), CloseState.close()),
        disabled=CloseState.is_future,
    )
    return rx.cond(is_closed, reopen, close_it)


def _open() -> rx.Component:
    closed = notice(
        t(
            "Closed at {time} by {name}. Left open: {n}.",
            time=format_time(CloseState.closed_at, zone=CloseState.zone),
            name=CloseState.closed_by,
            n=CloseState.left_open,
        ),
        icon="moon",
    )
    nothing = empty_state("circle-check", t("Nothing is open on this day"), t("Close the day, or print its sheet."))
    return rx.fragment(
        rx.cond(CloseState.closed_at != "", closed, rx.fragment()),
        rx.cond(
            CloseState.is_future, notice(t("This day has not begun yet. Only its sheet can be taken.")), rx.fragment()
        ),
        rx.cond(CloseState.count > 0, open_list(), nothing),
    )
