"""The refusals of setting a clinic up and of ending a demonstration, in the manner of app/errors.py."""

from app.errors import ClinicError
from app.words import N_


class ClinicTaken(ClinicError):
    status_code = 409
    code = "clinic-taken"
    message = N_("This clinic has its first administrator already. Sign in to go on.")


class DemonstrationOver(ClinicError):
    status_code = 409
    code = "demonstration-over"
    message = N_("This clinic is no demonstration any more. Nothing was removed.")
