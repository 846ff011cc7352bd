"""The patients' frame: one page in two sizes, online at 16 px and at the kiosk at 20 px with large targets.

    def book() -> rx.Component:
        return patient_frame(booking_flow(), kind="online")
    def kiosk() -> rx.Component:
        return patient_frame(booking_flow(), kind="kiosk")

Everything inside is built from the same components with the same `size` props: the frame scales Radix' tokens
(type, spacing, heights) for its content. `width` is the measure of the content column: "narrow" or "wide". `clinic`
is the name that stands at the top, once it is known.
"""

from typing import Any, Literal

import reflex as rx

from app import routes
from app.components.frame import skip_link
from app.components.states import connection_state
from app.components.theme import color_mode_toggle
from app.components.words import LANGUAGES, language_switch, reader_language, set_language, t

Kind = Literal["online", "kiosk"]


def patient_frame(
    *content: rx.Component,
    kind: Kind = "online",
    width: Literal["narrow", "wide"] = "narrow",
    clinic: rx.Var[str] | str = "",
    **props: Any,
) -> rx.Component:
    """Frame a page that patients use."""
    is_kiosk = kind == "kiosk"
    return rx.theme(
        rx.el.div(
            _kiosk_bar(clinic) if is_kiosk else _online_bar(clinic),
            rx.el.main(*content, id="content", class_name=f"patient-content {width}", tab_index=-1, **props),
            rx.el.footer(connection_state(), class_name="patient-foot"),
            class_name=f"patient-frame {kind}",
        ),
        has_background=False,
        class_name=f"scale-{kind}",
    )


def _online_bar(clinic: rx.Var[str] | str) -> rx.Component:
    return rx.el.header(
        skip_link(),
        rx.el.a(*_brand(clinic), href=routes.HOME, class_name="patient-brand"),
        rx.el.div(language_switch(size="2"), color_mode_toggle(size="2"), class_name="reader-settings"),
        class_name="patient-bar",
    )


def _kiosk_bar(clinic: rx.Var[str] | str) -> rx.Component:
    """At the kiosk every language stands open: nobody should have to find a menu in a foreign one."""
    return rx.el.header(
        skip_link(),
        # No link: whoever stands here should find no way out of the kiosk.
        rx.el.span(*_brand(clinic), class_name="patient-brand"),
        rx.el.div(
            *(_language(code, name) for code, name in LANGUAGES.items()),
            role="group",
            aria_label=t("Language"),
            class_name="kiosk-languages",
        ),
        class_name="patient-bar",
    )


def _language(code: str, name: str) -> rx.Component:
    return rx.el.button(
        name,
        lang=code,
        type="button",
        on_click=set_language(code),
        custom_attrs={"aria-pressed": rx.cond(reader_language() == code, "true", "false")},
        class_name="kiosk-language",
    )


def _brand(clinic: rx.Var[str] | str) -> tuple[rx.Component, rx.Component]:
    mark = rx.icon("calendar-heart", size=22, aria_hidden="true", class_name="shell-mark")
    return mark, rx.el.span(rx.cond(clinic != "", clinic, t("Clinic appointments")), dir="auto")
