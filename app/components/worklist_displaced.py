"""The displaced worklist: the table of who has lost their time, the bar that acts on all, and whom to call."""

import reflex as rx

from app.components.forms import field
from app.components.pane import moment
from app.components.phone import phone_link
from app.components.states import empty_state, loading_rows, notice, too_much
from app.components.theme import status_badge
from app.components.words import format_date, format_time, t, t_var, tn
from app.state.worklists import WorklistsState
from app.state.worklists_displaced import LOOKING, DisplacedState
from app.state.worklists_undo import RETURNING

LINES = DisplacedState.lines


def displaced_list() -> rx.Component:
    """Show everybody who is displaced, and whom no letter reaches."""
    return rx.el.div(
        rx.cond(
            WorklistsState.is_loaded,
            rx.cond(LINES.length() > 0, _work(), rx.fragment(_bar(), _nobody())),
            loading_rows(8),
        ),
        rx.cond(DisplacedState.calls.length() > 0, _calls(), rx.fragment()),
        class_name="worklist",
    )


def _nobody() -> rx.Component:
    return empty_state(
        "calendar-check",
        t("Nobody is displaced"),
        t("When somebody is away or hours change, those who lose their time appear here."),
    )


def _work() -> rx.Component:
    return rx.fragment(
        _bar(),
        rx.cond(
            DisplacedState.total > LINES.length(),
            too_much(
                t("The first {n} of {all} are shown.", n=LINES.length(), all=DisplacedState.total),
                t("Move these first, or choose one location."),
            ),
            rx.fragment(),
        ),
        rx.el.div(_table(), class_name="worklist-scroll", tab_index=0, role="region", aria_label=t("Displaced")),
    )


def _bar() -> rx.Component:
    """Show what can be done for all of them; of an empty list only what is going on, and the way back."""
    return rx.el.div(
        rx.cond(LINES.length() > 0, _for_all(), rx.fragment()),
        undo_button(),
        rx.el.div(
            rx.cond(
                DisplacedState.busy != "",
                _progress(),
                rx.cond(
                    LINES.length() > 0,
                    rx.el.span(tn("{n} displaced", "{n} displaced", n=LINES.to(list).length()), class_name="muted"),
                ),
            ),
            role="status",
            class_name="worklist-progress",
        ),
        class_name="worklist-bar",
    )


def _for_all() -> rx.Component:
    return rx.fragment(
        rx.button(
            rx.icon("wand-sparkles", size=16),
            t("Find new times"),
            on_click=DisplacedState.find,
            disabled=DisplacedState.busy != "",
            variant="soft",
            high_contrast=True,
            size="2",
        ),
        rx.button(
            rx.icon("calendar-sync", size=16),
            tn("Move {n} patient", "Move {n} patients", n=DisplacedState.ready),
            on_click=DisplacedState.move_all,
            disabled=(DisplacedState.busy != "") | (DisplacedState.ready == 0),
            size="2",
        ),
    )


def undo_button() -> rx.Component:
    """Offer the way back of what was done last also when its notice has gone."""
    count = DisplacedState.undoable
    button = rx.button(
        rx.icon("undo-2", size=16),
        rx.cond(count > 0, tn("Undo for {n} patient", "Undo for {n} patients", n=count), t("Undo")),
        on_click=DisplacedState.undo,
        disabled=DisplacedState.busy != "",
        variant="soft",
        high_contrast=True,
        color_scheme="gray",
        size="2",
    )
    return rx.cond(DisplacedState.can_undo, button, rx.fragment())


def _progress() -> rx.Component:
    count = DisplacedState.busy_with
    words = rx.match(
        DisplacedState.busy,
        (LOOKING, tn("Looking for a time for {n} patient", "Looking for times for {n} patients", n=count)),
        (RETURNING, tn("Putting {n} patient back", "Putting {n} patients back", n=count)),
        tn("Moving {n} patient", "Moving {n} patients", n=count),
    )
    return rx.fragment(rx.el.progress(aria_label=words), rx.el.span(words))


def _table() -> rx.Component:
    heads = (t("Patient"), t("Was"), t("Why"), t("New time"))
    every = rx.el.input(
        type="checkbox",
        aria_label=t("Take everybody into the move"),
        checked=DisplacedState.left_out == 0,
        on_change=DisplacedState.leave_all_out(DisplacedState.left_out == 0),
    )
    return rx.el.table(
        rx.el.thead(
            rx.el.tr(rx.el.th(every, class_name="worklist-tick"), *(rx.el.th(head, scope="col") for head in heads))
        ),
        rx.el.tbody(rx.foreach(LINES, _line)),
        class_name="worklist-table",
    )


def _line(line: rx.Var) -> rx.Component:
    is_open = DisplacedState.opened == line["id"]
    tick = rx.el.input(
        type="checkbox",
        aria_label=t("Move {patient}", patient=line["patient"]),
        checked=~line["is_left_out"].to(bool),
        disabled=~line["can_move"].to(bool),
        on_change=lambda checked: DisplacedState.leave_out(line["id"], ~checked.to(bool)),
    )
    return rx.el.tr(
        rx.el.td(tick, class_name="worklist-tick"),
        rx.el.td(
            rx.el.button(
                rx.el.span(line["patient"], dir="auto"),
                type="button",
                on_click=DisplacedState.open(line["id"]),
                class_name="row-button",
                custom_attrs={"aria-expanded": rx.cond(is_open, "true", "false")},
            ),
            rx.el.div(_contact(line), class_name="muted"),
        ),
        rx.el.td(
            rx.el.div(moment(line["starts_at"], zone=line["zone"]), class_name="figures"),
            rx.el.div(line["practitioner"], " · ", line["service"], class_name="muted", dir="auto"),
        ),
        rx.el.td(
            rx.el.div(t_var(line["why"])),
            rx.el.div(t("since {day}", day=_since(line)), class_name="muted figures"),
        ),
        rx.el.td(_new_time(line)),
        key=line["id"],
        data_open=rx.cond(is_open, "true", "false"),
        data_out=rx.cond(line["is_left_out"].to(bool), "true", "false"),
    )


def _since(line: rx.Var) -> rx.Var[str]:
    at, zone = line["since_at"], line["zone"]
    return t("{day}, {time}", day=format_date(at, zone=zone), time=format_time(at, zone=zone))


def _contact(line: rx.Var) -> rx.Component:
    letter = rx.el.span(
        rx.icon("mail", size=14, aria_hidden="true"),
        rx.el.span(t("gets a letter")),
        class_name="worklist-reach",
    )
    call = rx.el.span(
        rx.icon("phone", size=14, aria_hidden="true"),
        rx.cond(line["phone"] != "", phone_link(line["phone"]), rx.el.span(t("no phone and no address"))),
        class_name="worklist-reach warn",
    )
    return rx.cond(line["is_reached"].to(bool), letter, call)


def _new_time(line: rx.Var) -> rx.Component:
    place = rx.el.div(
        rx.el.div(moment(line["new_at"], zone=line["new_zone"]), class_name="figures worklist-new"),
        rx.el.div(
            line["new_practitioner"],
            rx.cond(line["new_location"] != line["location"], rx.el.span(" · ", line["new_location"]), rx.fragment()),
            rx.cond(line["is_by_hand"].to(bool), rx.el.span(" · ", t("chosen by hand")), rx.fragment()),
            class_name="muted",
            dir="auto",
        ),
    )
    nothing = rx.cond(
        line["is_without"].to(bool),
        notice(t("No free time was found. Choose one by hand, or cancel."), tone="warning", icon="calendar-x"),
        rx.el.span("–", class_name="muted", aria_label=t("not looked for yet")),
    )
    return rx.el.div(
        rx.cond(
            line["can_move"].to(bool),
            rx.cond(line["new_at"] != "", place, nothing),
            rx.el.div(status_badge(line["status"]), " ", t("is not moved")),
        ),
        rx.cond(
            line["problem"] != "",
            notice(t_var(line["problem"]), tone="error", icon="circle-alert"),
            rx.fragment(),
        ),
    )


def _calls() -> rx.Component:
    return rx.el.section(
        rx.el.h2(t("To call"), class_name="worklist-title"),
        rx.el.p(t("No letter reaches these patients. Tick who was called."), class_name="muted"),
        rx.el.ul(rx.foreach(DisplacedState.calls, _call), class_name="call-list"),
    )


def _call(one: rx.Var) -> rx.Component:
    what = rx.cond(
        one["is_moved"].to(bool),
        t(
            "now {when}, {practitioner}, {place}",
            when=_when(one),
            practitioner=one["practitioner"],
            place=one["location"],
        ),
        t("cancelled, was {when}", when=_when(one)),
    )
    return rx.el.li(
        rx.el.label(
            rx.el.input(
                type="checkbox",
                checked=one["is_called"].to(bool),
                on_change=lambda checked: DisplacedState.mark_called(one["id"], checked),
            ),
            rx.el.span(t("Phoned"), class_name="call-word"),
            rx.el.strong(one["patient"], dir="auto"),
        ),
        rx.cond(one["phone"] != "", phone_link(one["phone"]), rx.el.span(t("no phone"), class_name="muted")),
        rx.el.span(what, class_name="muted figures"),
        key=one["id"],
        data_called=rx.cond(one["is_called"].to(bool), "true", "false"),
    )


def _when(one: rx.Var) -> rx.Var[str]:
    at, zone = one["at"], one["zone"]
    return t("{day}, {time}", day=format_date(at, zone=zone), time=format_time(at, zone=zone))


def place_day_field() -> rx.Component:
    """Choose the day whose free times are shown in the pane."""
    return field(
        "place_day",
        label=t("Free times on"),
        type="date",
        size="2",
        value=DisplacedState.day,
        on_change=DisplacedState.choose_day,
    )
