"""The patient in one look: history, the last visits, what was prescribed and noted last."""

from typing import Any

import reflex as rx

from app.components.states import notice
from app.components.words import Text, format_date, t
from app.state.base import PageState
from app.state.my_day_patient import MyDayPatient, OtherVisitView, WrittenView

OF = MyDayPatient.summary


def look_part() -> rx.Component:
    """Show what was before, the nearest first."""
    is_clinical = PageState.permissions.contains("clinical:read")
    return rx.el.div(
        rx.cond(OF["comment"] != "", _block(t("What the patient said"), rx.el.p(OF["comment"], dir="auto"))),
        rx.cond(is_clinical, _block(t("Medical history"), _text(OF["history"], t("Nothing is written yet.")))),
        _block(t("Last visits"), _visits(OF["past"], t("This is the first one here."))),
        rx.cond(OF["coming"].to(list).length() > 0, _block(t("Coming visits"), _visits(OF["coming"], ""))),
        rx.cond(
            is_clinical,
            _block(t("Last prescriptions"), _written(OF["prescriptions"], t("Nothing was prescribed yet."))),
        ),
        _block(t("Last notes"), _written(OF["notes"], t("Nothing was noted yet."))),
        class_name="own-look",
    )


def flags() -> rx.Component:
    """Show what to mind before anything is said."""
    return rx.fragment(
        rx.cond(OF["alert"] != "", notice(OF["alert"], tone="warning", icon="triangle-alert", role="alert")),
        rx.el.ul(
            rx.cond(OF["is_first_visit"], _flag("sparkles", t("First visit"))),
            rx.cond(OF["needs_interpreter"], _flag("languages", t("Interpreter"))),
            rx.cond(~OF["is_verified"].to(bool), _flag("shield-question", t("Identity not checked"))),
            rx.cond(OF["lacks_referral"], _flag("file-question", t("Referral missing"))),
            rx.cond(OF["guardian"] != "", _flag("users-round", t("Guardian: {name}", name=OF["guardian"]))),
            class_name="pane-flags",
        ),
    )


def _flag(icon: str, words: Text) -> rx.Component:
    return rx.el.li(rx.icon(icon, size=14, aria_hidden="true"), words)


def _block(title: Text, content: rx.Component) -> rx.Component:
    return rx.el.section(rx.el.h3(title), content)


def _text(words: rx.Var[Any], nothing: Text) -> rx.Component:
    return rx.cond(words != "", rx.el.p(words, dir="auto", class_name="own-text"), _nothing(nothing))


def _nothing(words: Text) -> rx.Component:
    return rx.el.p(words, class_name="muted")


def _visits(found: rx.Var[Any], nothing: Text) -> rx.Component:
    lines = rx.el.ul(rx.foreach(found.to(list[OtherVisitView]), _visit), class_name="own-lines")
    return rx.cond(found.to(list).length() > 0, lines, _nothing(nothing))


def _visit(one: rx.Var[Any]) -> rx.Component:
    return rx.el.li(
        rx.el.span(format_date(one["starts_at"], zone=one["zone"], style="short"), class_name="figures muted"),
        rx.el.span(one["service"], " · ", one["practitioner"]),
        key=one["id"],
    )


def _written(found: rx.Var[Any], nothing: Text) -> rx.Component:
    lines = rx.el.ul(rx.foreach(found.to(list[WrittenView]), _line), class_name="own-lines")
    return rx.cond(found.to(list).length() > 0, lines, _nothing(nothing))


def _line(one: rx.Var[Any]) -> rx.Component:
    return rx.el.li(
        rx.el.span(format_date(one["at"], zone=PageState.clinic_zone, style="short"), class_name="figures muted"),
        rx.el.span(one["words"], dir="auto", class_name="own-text"),
        key=one["id"],
    )
