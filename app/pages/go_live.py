"""Settings: the end of the demonstration, in one guided step."""

import reflex as rx

from app import routes
from app.components.account_fields import account_fields, to_sign_in
from app.components.settings_form import Of, group, settings_form, text
from app.components.settings_frame import head, settings_page
from app.components.states import empty_state, loading_rows, notice
from app.components.words import N_, format_number, t, t_var
from app.state.base import PageState
from app.state.go_live import PREFIX, GoLiveState

OF = Of(GoLiveState, PREFIX)
GOING = {
    "patients": N_("Patients, with their files"),
    "appointments": N_("Appointments"),
    "documents": N_("Documents"),
    "messages": N_("Letters in the sent mail"),
    "locations": N_("Locations, with rooms and devices"),
    "services": N_("Services"),
    "practitioners": N_("Practitioners, with their schedules"),
    "logins": N_("Logins, also those that you made to try it"),
}
STAYING = (
    N_("Holdfast itself, its address and its settings on this machine"),
    N_("The encryption keys, which protect what you enter from now on"),
    N_("Every other clinic of this installation"),
    N_("One line in the log: who went live, when, and how much went"),
)


def go_live() -> rx.Component:
    """Show what goes and what stays, and ask for the confirmation and the first own login."""
    over = empty_state(
        "circle-check", t("This clinic is live"), t("There is no demonstration here any more that could be removed.")
    )
    return settings_page(
        head(t("Go live"), t("Remove the demonstration, and begin with your own clinic.")),
        rx.cond(PageState.is_demonstration, rx.cond(GoLiveState.is_loaded, _content(), loading_rows(8)), over),
        route=routes.GO_LIVE,
    )


def _content() -> rx.Component:
    return rx.fragment(
        rx.el.div(_goes(), _stays(), class_name="set-columns"),
        rx.cond(GoLiveState.has_mail, rx.fragment(), _no_mail()),
        rx.el.section(
            rx.el.h3(t("In one step, and for good"), class_name="set-subheading"),
            rx.el.p(
                t("Everybody who is signed in is signed out. You are signed in anew, and the set-up guide begins."),
                class_name="set-about",
            ),
            _form(),
            class_name="set-card",
        ),
    )


def _goes() -> rx.Component:
    return rx.el.section(
        rx.el.h3(t("What goes"), class_name="set-subheading"),
        rx.el.dl(
            *(
                rx.el.div(
                    rx.el.dt(t_var(rx.Var.create(word))),
                    rx.el.dd(format_number(GoLiveState.going[name]), class_name="figures"),
                    class_name="pair",
                )
                for name, word in GOING.items()
            ),
            class_name="live-counts",
        ),
        class_name="set-card",
    )


def _stays() -> rx.Component:
    return rx.el.section(
        rx.el.h3(t("What stays"), class_name="set-subheading"),
        rx.el.ul(*(rx.el.li(t_var(rx.Var.create(word))) for word in STAYING), class_name="live-stays"),
        class_name="set-card",
    )


def _no_mail() -> rx.Component:
    return notice(
        t("No mail server is set (SMTP_URL). A live clinic has no page of sent mail: without a server no letter goes."),
        tone="warning",
        icon="mail-x",
    )


def _form() -> rx.Component:
    return settings_form(
        OF,
        text(
            OF,
            "name",
            t("The demonstration's name, to confirm"),
            "",
            hint=t("Type {name}", name=GoLiveState.name),
        ),
        group(t("Your own login, as the clinic's first administrator"), *account_fields(OF)),
        save=t("Remove the demonstration and go live"),
        icon="rocket",
        on_submit=GoLiveState.go_live,
        **to_sign_in(PREFIX),
    )
