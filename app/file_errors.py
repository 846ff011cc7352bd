"""Refusals about what lies in a patient's file; the rest of them is in app/errors.py."""

from app.errors import ClinicError, NotFound, NotPermitted
from app.words import N_


class PatientMerged(ClinicError):
    """The file was merged into another one; `patient_id` is that one's."""

    status_code = 409
    code = "patient-merged"
    message = N_("This file was merged into another one. Use that one.")


class MergeRefused(ClinicError):
    """Two files cannot become one as they stand; the message says what has to be settled first."""

    status_code = 409
    code = "merge-refused"
    message = N_("These two files cannot be merged.")


class StorageUnavailable(ClinicError):
    """The document store cannot be reached or refuses us; nothing was kept, so it is safe to try again."""

    status_code = 503
    code = "storage-unavailable"
    message = N_("Documents cannot be reached at the moment. Nothing was changed; please try again in a moment.")
    retry_after_seconds: int = 10


class FileRefused(ClinicError):
    """A file of a kind that is not kept; the message says which are."""

    status_code = 415
    code = "file-refused"
    message = N_("Only PDF, PNG, JPEG, WebP and plain text files can be added, without scripts or other files inside.")


class FileTooLarge(ClinicError):
    status_code = 413
    code = "file-too-large"
    message = N_("This file is too large to be added.")


class DocumentNotFound(NotFound):
    message = N_("There is no such document.")


class NoteNotFound(NotFound):
    message = N_("There is no such note.")


class NoteReplaced(ClinicError):
    """A note is corrected once; whoever wants to correct further corrects the correction."""

    status_code = 409
    code = "note-replaced"
    message = N_("Somebody has corrected this note already. Look at it again first.")


class PrescriptionNotFound(NotFound):
    message = N_("There is no such prescription.")


class NotAPrescriber(NotPermitted):
    message = N_("Only practitioners prescribe. Ask an administrator which practitioner your account belongs to.")
