"""The dialog in which lead staff set the passphrase of a location's offline day sheet."""

import reflex as rx

from app import routes
from app.components.close_files import file_group, file_link
from app.components.forms import password_field
from app.components.words import Text, t, t_var
from app.state.base import PageState
from app.state.offline import OfflineState


def offline_sheet(location_id: rx.Var[str]) -> rx.Component:
    """Show the ways to the offline sheet of a location, and the form to those who may set its passphrase."""
    as_file = file_link(t("as a file"), name=t("Offline sheet as a file"), href=f"{routes.SHEETS}/" + location_id)
    return file_group(
        "cloud-off",
        t("Offline sheet"),
        file_link(t("open"), name=t("Open the offline sheet"), href=routes.OFFLINE, target="_blank"),
        rx.cond(PageState.permissions.contains("day:export"), as_file, rx.fragment()),
        rx.cond(PageState.permissions.contains("day:seal"), _passphrase(location_id), rx.fragment()),
    )


def _passphrase(location_id: rx.Var[str]) -> rx.Component:
    return rx.dialog.root(
        rx.dialog.trigger(rx.el.button(t("Set its passphrase"), type="button", class_name="close-file")),
        rx.dialog.content(
            rx.dialog.title(t("Passphrase of the offline sheet"), size="4"),
            rx.dialog.description(
                t("Staff of this location need it when the server cannot be reached. Keep it where they find it then."),
                size="2",
            ),
            rx.form(
                _field("passphrase", t("Passphrase, at least 12 characters")),
                _field("passphrase_again", t("The same passphrase again")),
                rx.el.div(
                    rx.dialog.close(
                        rx.button(t("Cancel"), variant="soft", color_scheme="gray", high_contrast=True, type="button")
                    ),
                    rx.button(t("Set the passphrase"), type="submit"),
                    class_name="dialog-actions",
                ),
                on_submit=lambda form: OfflineState.save(location_id, form),
                class_name="dialog-form",
            ),
            max_width="28em",
        ),
        open=OfflineState.is_open,
        on_open_change=OfflineState.show,
    )


def _field(name: str, label: Text) -> rx.Component:
    error = rx.cond(OfflineState.wrong_field == name, t_var(OfflineState.wrong_reason), "")
    return password_field(name, label=label, error=error, size="2", required=True, auto_complete="new-password")
