"""The open items of a day, by kind, each with its one-click remedy and a button for all of a kind."""

from typing import Any

import reflex as rx

from app import routes
from app.components.words import N_, format_time, t, t_var
from app.state.close import CloseState

# Kind -> icon, what it is, what to do, and the outcomes offered: the first closes all of the kind at once.
KINDS: dict[str, tuple[str, str, str, tuple[str, ...]]] = {
    "in-room": ("door-open", N_("Still in a room"), N_("Visits that nobody has ended."), ("done", "left")),
    "arrived": (
        "user-check",
        N_("Arrived and not done"),
        N_("They came; the visit was not ended, or they left."),
        ("done", "left"),
    ),
    "no-outcome": (
        "calendar-x",
        N_("Past and without an outcome"),
        N_("Booked, and nobody said whether they came."),
        ("no-show", "done"),
    ),
    "to-come": ("calendar-clock", N_("Still to come"), N_("Their time has not passed yet."), ()),
    "held": ("hourglass", N_("Held"), N_("Times that are kept and not booked."), ("released",)),
    "displaced": (
        "calendar-off",
        N_("Displaced"),
        N_("Their time is not offered any more: give them another one."),
        (),
    ),
    "unsent": ("mail-warning", N_("Messages not sent"), N_("Given up after several attempts."), ("send-again",)),
}
OUTCOMES = {
    "done": N_("Done"),
    "no-show": N_("No-show"),
    "left": N_("Left"),
    "released": N_("Release"),
    "send-again": N_("Send again"),
}
ALL = {
    "done": N_("All done"),
    "no-show": N_("All no-show"),
    "released": N_("Release all"),
}


def open_list() -> rx.Component:
    """Show the groups."""
    return rx.fragment(rx.foreach(CloseState.groups, _group))


def _group(group: rx.Var[Any]) -> rx.Component:
    return rx.el.section(
        rx.match(group["kind"], *((kind, _head(kind, group)) for kind in KINDS), rx.fragment()),
        rx.el.table(
            rx.el.caption(
                _word(group["kind"], {kind: one[1] for kind, one in KINDS.items()}), class_name="visually-hidden"
            ),
            rx.el.thead(
                rx.el.tr(
                    *(
                        rx.el.th(word, scope="col")
                        for word in (t("Time"), t("Patient"), t("Practitioner"), t("Service"), t("What now"))
                    )
                )
            ),
            rx.el.tbody(rx.foreach(group["items"].to(list[dict[str, Any]]), _item)),
            class_name="close-table",
        ),
        key=group["kind"],
        class_name="close-group",
    )


def _head(kind: str, group: rx.Var[Any]) -> rx.Component:
    icon, title, about, outcomes = KINDS[kind]
    first = outcomes[0] if outcomes else ""
    for_all = (
        rx.button(
            t_var(rx.Var.create(ALL[first])),
            on_click=CloseState.ask_all(kind, first),
            size="1",
            variant="soft",
            high_contrast=True,
            disabled=CloseState.closed_at != "",
        )
        if first in ALL
        else rx.fragment()
    )
    return rx.el.div(
        rx.icon(icon, size=18, aria_hidden="true"),
        rx.el.h2(t_var(rx.Var.create(title)), rx.el.span(group["items"].to(list).length(), class_name="close-number")),
        rx.el.p(t_var(rx.Var.create(about)), class_name="muted"),
        for_all,
        class_name="close-head",
    )


def _item(item: rx.Var[Any]) -> rx.Component:
    return rx.el.tr(
        rx.el.td(format_time(item["starts_at"], zone=CloseState.zone), class_name="figures"),
        rx.el.td(
            rx.el.a(item["patient"], href=f"{routes.PATIENTS}?patient=" + item["patient_id"].to(str), dir="auto",
                    class_name="plain-link"),
            rx.cond(item["reason"] != "", rx.el.p(t_var(item["reason"]), role="alert", class_name="field-error")),
        ),
        rx.el.td(item["practitioner"]),
        rx.el.td(item["service"]),
        rx.el.td(
            rx.match(item["kind"], *((kind, _remedies(kind, item)) for kind in KINDS), rx.fragment()),
            class_name="close-remedies",
        ),
        key=item["id"],
    )  # fmt: skip


def _remedies(kind: str, item: rx.Var[Any]) -> rx.Component:
    outcomes = KINDS[kind][3]
    if outcomes:
        return rx.fragment(*(_remedy(outcome, item, leads=at == 0) for at, outcome in enumerate(outcomes)))
    target = f"{routes.BOARD}?day=" + CloseState.day + "&location=" + CloseState.location_id
    word = t("Find a time") if kind == "displaced" else t("On the board")
    return rx.el.a(word, href="/worklists" if kind == "displaced" else target, class_name="plain-link")


def _remedy(outcome: str, item: rx.Var[Any], *, leads: bool) -> rx.Component:
    word = t_var(rx.Var.create(OUTCOMES[outcome]))
    return rx.button(
        word,
        on_click=CloseState.settle(item["id"], outcome),
        size="1",
        variant="soft" if leads else "outline",
        color_scheme="teal" if leads else "gray",
        high_contrast=True,
        aria_label=t("{what}: {patient}", what=word, patient=item["patient"]),
        disabled=CloseState.closed_at != "",
    )


def _word(code: rx.Var[Any], words: dict[str, str]) -> rx.Var[Any]:
    return rx.match(code, *((name, t_var(rx.Var.create(word))) for name, word in words.items()), "")
