"""The dialog that merges the open file with another: found, both side by side, said what cannot be undone, done."""

from typing import Any

import reflex as rx

from app.components.patient_fields import FIELDS
from app.components.patient_search import patient_search
from app.components.states import notice
from app.components.words import N_, format_date, format_time, t, t_var
from app.state.base import PageState
from app.state.patient_merge import PatientMergeState as Merge

COUNTED = {
    "appointments": N_("Appointments"),
    "waitlist_entries": N_("Entries of the waitlist"),
    "series": N_("Series"),
    "messages": N_("Messages"),
    "documents": N_("Documents"),
    "prescriptions": N_("Prescriptions"),
    "notes": N_("Notes"),
}


def merge_dialog() -> rx.Component:
    """Show the button that opens the dialog, for whoever may merge, and the dialog."""
    dialog = rx.dialog.root(
        rx.dialog.trigger(
            rx.button(
                rx.icon("merge", size=16), t("Merge"), variant="soft", color_scheme="gray", high_contrast=True, size="2"
            )
        ),
        rx.dialog.content(
            rx.dialog.title(t("Merge two files of one person"), size="4"),
            rx.dialog.description(t("Everything of one file moves to the other. This cannot be undone."), size="2"),
            rx.cond(Merge.lost_name == "", _search(), _both()),
            max_width="46rem",
            class_name="merge",
        ),
        open=Merge.is_open,
        on_open_change=Merge.show,
    )
    return rx.cond(PageState.permissions.contains("patients:merge"), dialog, rx.fragment())


def _search() -> rx.Component:
    return rx.el.div(
        patient_search("merge", on_chosen=Merge.take_chosen, label=t("Find the other file"), can_add=False),
        _buttons(),
        class_name="merge-body",
    )


def _both() -> rx.Component:
    go = rx.button(
        rx.icon("merge", size=16), t("Merge for good"), on_click=Merge.merge, disabled=Merge.refusal != "", size="2"
    )
    swap = rx.button(
        rx.icon("arrow-left-right", size=16), t("Keep the other one"), on_click=Merge.swap, variant="soft", size="2",
        high_contrast=True,
    )  # fmt: skip
    return rx.el.div(
        rx.cond(Merge.refusal != "", _refusal(), rx.fragment()),
        rx.cond(Merge.wrong != "", notice(t_var(Merge.wrong), tone="error", role="alert"), rx.fragment()),
        rx.el.table(
            rx.el.caption(t("Choose which values stay. Alerts and medical notes of both are kept.")),
            rx.el.thead(
                rx.el.tr(
                    rx.el.th(t("Field"), scope="col"),
                    rx.el.th(t("Stays: {name}", name=Merge.kept_name), scope="col"),
                    rx.el.th(t("Is given up: {name}", name=Merge.lost_name), scope="col"),
                )
            ),
            rx.el.tbody(rx.foreach(Merge.choices, _row)),
            class_name="merge-table",
        ),
        _moved(),
        _buttons(go, swap),
        class_name="merge-body",
    )


def _refusal() -> rx.Component:
    return rx.el.div(
        notice(t_var(Merge.refusal), tone="warning", icon="triangle-alert", role="alert"),
        rx.el.ul(
            rx.foreach(
                Merge.clashes,
                lambda one: rx.el.li(
                    format_date(one["at"], zone=one["zone"]), ", ", format_time(one["at"], zone=one["zone"])
                ),
            ),
            class_name="figures",
        ),
    )


def _row(one: rx.Var[Any]) -> rx.Component:
    label = rx.match(one["name"], *((name, t_var(rx.Var.create(word))) for name, word in FIELDS.items()), one["name"])
    return rx.el.tr(
        rx.el.th(label, scope="row"),
        rx.el.td(_value(one, "kept", is_taken=False, label=label)),
        rx.el.td(_value(one, "lost", is_taken=True, label=label)),
        key=one["name"],
    )


def _value(one: rx.Var[Any], side: str, *, is_taken: bool, label: Any) -> rx.Component:
    text = rx.cond(one["name"] == "birth_date", format_date(one[side], style="short"), one[side]).to(str)
    shown = rx.cond(one[side] != "", rx.el.span(text, dir="auto"), rx.el.span(t("nothing"), class_name="muted"))
    chosen = one["taken"].to(bool) if is_taken else ~one["taken"].to(bool)
    radio = rx.el.label(
        rx.el.input(
            type="radio",
            name="merge-" + one["name"].to(str),
            checked=chosen,
            on_change=lambda _: Merge.choose(one["name"], is_taken),
        ),
        shown,
        class_name="pane-choice",
    )
    return rx.cond(one["differs"].to(bool), radio, shown)


def _moved() -> rx.Component:
    words = [(kind, t_var(rx.Var.create(word))) for kind, word in COUNTED.items()]
    line = rx.el.ul(
        rx.foreach(
            Merge.counts,
            lambda one: rx.el.li(
                rx.match(one["kind"], *words, one["kind"]), " ", rx.el.strong(one["n"], class_name="figures"),
                class_name="chip",
            ),
        ),
        class_name="pane-flags",
    )  # fmt: skip
    return rx.el.div(
        rx.el.p(t("What moves"), class_name="field-label"),
        rx.cond(Merge.counts.length() > 0, line, rx.el.p(t("Nothing but the details."), class_name="muted")),
    )


def _buttons(*before: rx.Component) -> rx.Component:
    back = rx.dialog.close(rx.button(t("Cancel"), variant="soft", color_scheme="gray", high_contrast=True, size="2"))
    return rx.el.div(*before, back, class_name="pane-actions dialog-actions")
