"""Refusals of a whole file that is to be imported; what is wrong with single rows is listed instead."""

from app.errors import ClinicError, NotFound
from app.words import N_


class ImportRefused(ClinicError):
    """A file that cannot be read as a table; the message says why, `values` fill its gaps."""

    status_code = 422
    code = "import-refused"
    message = N_("This file cannot be read as a table.")

    def __init__(self, message: str, **values: str | int) -> None:
        super().__init__(message)
        self.values = values


class ImportTooLarge(ClinicError):
    status_code = 413
    code = "import-too-large"
    message = N_("This file is larger than 10 MB. Split it and import the parts one after the other.")


class AlreadyImported(ClinicError):
    status_code = 409
    code = "already-imported"
    message = N_("This very file was imported before. Nothing was changed.")


class UploadNotFound(NotFound):
    message = N_("This file is no longer there. Please choose it again.")
