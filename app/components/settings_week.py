"""The drawn week with what stands around it: whose it is, how it is cut, the form of a block, the draft's buttons."""

from typing import Any

import reflex as rx

from app.components.settings_form import Of, choice, number, row, settings_form, text
from app.components.states import notice
from app.components.week_plan import week_plan
from app.components.words import Text, format_date, t
from app.state.settings_schedules import SchedulesState
from app.state.settings_week_draft import WeekDraftState

OF = Of(WeekDraftState, "block")
# A Monday of long ago, only to have the weekdays' names in the reader's language.
WEEKDAYS = tuple(f"2024-01-0{day}" for day in range(1, 8))
SLOT_MINUTES = (5, 10, 15, 20, 30, 45, 60)


def whose() -> rx.Component:
    """Choose the practitioner and the location; with a draft open that is asked first."""
    return rx.el.div(
        _pick(
            t("Practitioner"),
            SchedulesState.practitioners,
            value=SchedulesState.practitioner_id,
            on_change=SchedulesState.choose_practitioner,
        ),
        _pick(
            t("Location"),
            SchedulesState.places,
            value=SchedulesState.location_id,
            on_change=SchedulesState.choose_location,
        ),
        rx.el.label(
            rx.el.span(t("Changes hold from"), class_name="field-label"),
            rx.el.input(
                type="date",
                value=WeekDraftState.since,
                min=WeekDraftState.today,
                on_change=WeekDraftState.choose_since,
                disabled=WeekDraftState.is_dirty,
                class_name="set-input figures",
            ),
            class_name="field",
        ),
        class_name="set-whose",
    )


def week() -> rx.Component:
    """Show the week with its draft."""
    return rx.el.section(
        rx.el.div(_cut(), _buttons(), class_name="set-card-head"),
        rx.cond(
            WeekDraftState.is_active,
            rx.fragment(),
            notice(t("This schedule is switched off: nothing of it is offered."), tone="warning", icon="power-off"),
        ),
        rx.el.p(
            t("Draw on free ground to add hours. Drag a block to move it, its edge to change its length."),
            class_name="muted set-about",
        ),
        week_plan(
            blocks=WeekDraftState.drawn,
            label=t("Week"),
            selected=WeekDraftState.opened_id,
            step=rx.cond(WeekDraftState.slot_minutes < 15, WeekDraftState.slot_minutes, 15),
            on_draw=WeekDraftState.draw,
            on_change=WeekDraftState.change_block,
            on_open=WeekDraftState.open_entry,
            on_remove=WeekDraftState.remove_block,
        ),
        rx.cond(WeekDraftState.opened_id != "", _block(), rx.fragment()),
        _other(),
        class_name="set-card",
        custom_attrs={"data-unsaved": rx.cond(WeekDraftState.is_dirty, "true", "false")},
    )


def _pick(label: Text, options: Any, **props: Any) -> rx.Component:
    return rx.el.label(
        rx.el.span(label, class_name="field-label"),
        rx.el.select(
            rx.foreach(options, lambda one: rx.el.option(one["name"], value=one["id"], key=one["id"])),
            class_name="set-input",
            disabled=WeekDraftState.is_dirty,
            **props,
        ),
        class_name="field",
    )


def _cut() -> rx.Component:
    return rx.el.div(
        _setting(
            t("Slots of"),
            [(t("{n} min", n=minutes), str(minutes)) for minutes in SLOT_MINUTES],
            value=WeekDraftState.slot_minutes.to_string(),
            on_change=lambda value: WeekDraftState.cut("slot_minutes", value),
        ),
        _setting(
            t("Overbook by at most"),
            [(str(count), str(count)) for count in range(6)],
            value=WeekDraftState.overbook_limit.to_string(),
            on_change=lambda value: WeekDraftState.cut("overbook_limit", value),
        ),
        rx.el.label(
            rx.el.input(
                type="checkbox",
                checked=WeekDraftState.is_active,
                on_change=lambda value: WeekDraftState.cut("is_active", rx.cond(value, "1", "0")),
            ),
            rx.el.span(t("Offered")),
            class_name="set-tick",
        ),
        class_name="set-cut",
    )


def _setting(label: Text, options: list[tuple[Text, str]], **props: Any) -> rx.Component:
    return rx.el.label(
        rx.el.span(label),
        rx.el.select(*(rx.el.option(word, value=code) for word, code in options), class_name="set-input", **props),
        class_name="set-cut-one",
    )


def _buttons() -> rx.Component:
    return rx.el.div(
        rx.button(
            rx.icon("plus", size=16),
            t("Add hours"),
            on_click=WeekDraftState.begin,
            variant="soft",
            high_contrast=True,
            size="2",
        ),
        rx.cond(
            WeekDraftState.is_dirty,
            rx.fragment(
                rx.button(t("Discard"), on_click=SchedulesState.discard, variant="soft", color_scheme="gray", size="2"),
                rx.button(rx.icon("eye", size=16), t("Preview"), on_click=SchedulesState.preview_week, size="2"),
            ),
            rx.fragment(),
        ),
        class_name="set-buttons",
    )


def _block() -> rx.Component:
    remove = WeekDraftState.remove_block(WeekDraftState.opened_id)
    return rx.el.div(
        settings_form(
            OF,
            _block_fields(),
            save=t("Take into the draft"),
            on_submit=WeekDraftState.save_block,
            more=[
                _quiet(t("Close"), on_click=WeekDraftState.close_block),
                _quiet(rx.icon("trash-2", size=16), t("Remove"), on_click=remove),
            ],
        ),
        role="group",
        aria_label=t("The chosen hours"),
        class_name="set-inline",
    )


def _block_fields() -> rx.Component:
    block = WeekDraftState.block
    days = [rx.el.option(format_date(iso, style="weekday"), value=str(at)) for at, iso in enumerate(WEEKDAYS)]
    sessions = rx.foreach(
        SchedulesState.services,
        lambda one: rx.el.option(t("Session: {service}", service=one["name"]), value=one["id"], key=one["id"]),
    )
    everything = rx.el.option(t("Everything the practitioner offers"), value="")
    return row(
        choice(OF, "weekday", t("Weekday"), *days, value=block["weekday"].to_string()),
        text(OF, "starts_local", t("From"), block["starts_clock"], type="time"),
        text(OF, "ends_local", t("To"), block["ends_clock"], type="time", hint=t("00:00 is midnight.")),
        text(OF, "valid_from", t("First day"), block["since"], type="date"),
        text(OF, "valid_until", t("Last day"), block["until"], type="date", hint=t("Empty: without an end.")),
        choice(OF, "service_id", t("For"), everything, sessions, value=block["service_id"]),
        number(
            OF,
            "capacity",
            t("Places in the session"),
            rx.cond(block["service_id"] != "", block["places"].to_string(), ""),
            hint=t("Empty: as many as the service has."),
        ),
    )


def _quiet(*content: Any, on_click: Any) -> rx.Component:
    look = {"variant": "soft", "high_contrast": True, "color_scheme": "gray", "size": "2", "type": "button"}
    return rx.button(*content, on_click=on_click, **look)


def _other() -> rx.Component:
    """List what holds later or no more: it is not in the week that is drawn."""
    return rx.cond(
        WeekDraftState.other.length() > 0,
        rx.el.details(
            rx.el.summary(t("Hours that do not hold in this week")),
            rx.el.ul(rx.foreach(WeekDraftState.other, _other_line), class_name="set-things"),
        ),
        rx.fragment(),
    )


def _other_line(block: Any) -> rx.Component:
    weekday = rx.match(
        block["weekday"],
        *((at, format_date(iso, style="weekday")) for at, iso in enumerate(WEEKDAYS)),
        rx.Var.create(""),
    )
    return rx.el.li(
        rx.el.button(
            rx.el.span(weekday, class_name="set-line-title"),
            rx.el.span(block["starts_clock"], " – ", block["ends_clock"], class_name="figures"),
            rx.el.span(block["service"], class_name="muted", dir="auto"),
            rx.cond(
                block["since"] != "",
                rx.el.span(t("from {date}", date=format_date(block["since"])), class_name="muted"),
                rx.fragment(),
            ),
            rx.cond(
                block["until"] != "",
                rx.el.span(t("until {date}", date=format_date(block["until"])), class_name="muted"),
                rx.fragment(),
            ),
            type="button",
            on_click=WeekDraftState.open_entry(block["id"]),
            class_name="set-thing",
        ),
        key=block["id"],
    )
