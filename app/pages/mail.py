"""Sent mail in the demonstration: what would have reached a patient's mailbox."""

from typing import Any

import reflex as rx

from app import routes
from app.components.forms import pair
from app.components.letter_words import KINDS, OUTCOMES
from app.components.shell import shell
from app.components.states import empty_state, loading_rows, notice
from app.components.words import format_date, format_time, t, t_var
from app.state.base import PageState
from app.state.mail import MailState
from app.words import LANGUAGES


def mail() -> rx.Component:
    """Show the list, and the open message beside it."""
    return shell(
        rx.cond(
            MailState.is_demonstration,
            rx.el.div(_list(), _message(), class_name="mail"),
            empty_state("mail", t("There is no mail page here"), t("It exists only in a demonstration.")),
        ),
        area=routes.MAIL,
        tools=rx.button(
            rx.icon("refresh-cw", size=16), t("Refresh"), on_click=MailState.load, variant="soft", color_scheme="gray"
        ),
    )


def _list() -> rx.Component:
    lines = rx.el.ul(rx.foreach(MailState.messages, _line), class_name="mail-lines")
    nothing = empty_state(
        "mail", t("No mail yet"), t("Book a visit: its confirmation appears here a few seconds later.")
    )
    return rx.el.section(
        rx.el.h1(t("Sent mail"), class_name="pane-title"),
        rx.cond(MailState.has_more, notice(t("Only the newest {n} are shown.", n=100)), rx.fragment()),
        rx.cond(MailState.is_loaded, rx.cond(MailState.messages.length() > 0, lines, nothing), loading_rows(8)),
        class_name="mail-list",
    )


def _line(message: rx.Var[Any]) -> rx.Component:
    return rx.el.li(
        rx.el.button(
            rx.el.span(message["subject"], dir="auto", class_name="mail-subject"),
            rx.el.span(_when(message), class_name="figures muted"),
            rx.el.span(_recipient(message), class_name="muted"),
            rx.el.span(_word(message["kind"], KINDS), class_name="muted"),
            type="button",
            on_click=MailState.read(message["id"]),
            custom_attrs={"aria-current": rx.cond(MailState.opened_id == message["id"], "true", "false")},
            class_name="mail-line",
        ),
        key=message["id"],
    )


def _message() -> rx.Component:
    nothing = empty_state("mail-open", t("No message is open"), t("Choose one from the list."))
    return rx.el.section(
        rx.cond(MailState.opened_id != "", rx.fragment(rx.foreach(MailState.opened, _opened)), nothing),
        aria_label=t("Message"),
        class_name="mail-message",
        aria_live="polite",
    )


def _opened(message: rx.Var[Any]) -> rx.Component:
    language = rx.match(message["language"], *LANGUAGES.items(), message["language"])
    return rx.el.article(
        rx.el.h2(message["subject"], dir="auto", class_name="pane-title"),
        rx.el.dl(
            pair(t("To"), _recipient(message)),
            pair(t("Made"), _when(message), figures=True),
            pair(t("Language"), language),
            class_name="mail-facts",
        ),
        rx.match(
            message["outcome"],
            *((outcome, notice(t_var(rx.Var.create(word)), icon=icon)) for outcome, (icon, word) in OUTCOMES.items()),
            rx.fragment(),
        ),
        rx.el.pre(MailState.body, dir="auto", lang=message["language"], class_name="mail-body"),
    )


def _when(message: rx.Var[Any]) -> rx.Var[str]:
    instant, zone = message["created_at"], PageState.clinic_zone
    return t("{day}, {time}", day=format_date(instant, zone=zone), time=format_time(instant, zone=zone))


def _recipient(message: rx.Var[Any]) -> rx.Var[str]:
    return rx.cond(message["recipient"] != "", message["recipient"], t("no address"))


def _word(code: rx.Var[Any], words: dict[str, str]) -> rx.Var[Any]:
    return rx.match(code, *((name, t_var(rx.Var.create(word))) for name, word in words.items()), code)
