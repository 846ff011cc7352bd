"""Reading a file that is sent as a form: bounded while it comes, kept in memory, never on a disk."""

from contextlib import closing
from tempfile import SpooledTemporaryFile
from typing import Any
from uuid import UUID

from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request

from app.api.problems import UnsupportedMedia
from app.errors import InvalidField
from app.services.documents.add import Upload
from app.services.documents.kinds import kind_of
from models.files import DocumentKind

MEDIA = "multipart/form-data"
# What a form holds beside the file: boundaries, names, two short fields.
BESIDE_BYTES = 16 * 1024
LONGEST_NAME = 400
FORM: dict[str, Any] = {
    "required": True,
    "content": {
        MEDIA: {
            "schema": {
                "type": "object",
                "required": ["file", "kind"],
                "properties": {
                    "file": {"type": "string", "format": "binary", "description": "At most 20 MB."},
                    "kind": {"type": "string", "enum": [kind.value for kind in DocumentKind]},
                    "appointment_id": {"type": "string", "format": "uuid"},
                },
            },
            "example": {"file": "%PDF-1.7 ...", "kind": "referral"},
        }
    },
}


class _InMemory(MultiPartParser):
    """The form parser, without its files on a disk: what is sealed later must lie nowhere in plain text."""

    spool_max_size = 2**40


async def file_form(request: Request) -> Upload:
    """Return the one file of a form with its kind; raises UnsupportedMedia, InvalidField."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != MEDIA:
        raise UnsupportedMedia(f"Send the file as {MEDIA}.")
    try:
        form = await _InMemory(request.headers, request.stream(), max_files=1, max_fields=4).parse()
    except (MultiPartException, KeyError, UnicodeError) as error:
        raise InvalidField("file", "The form cannot be read. Send one file with its kind.") from error
    file = form.get("file")
    if not isinstance(file, UploadFile):
        raise InvalidField("file", "Send a file.")
    with closing(file.file):
        assert isinstance(file.file, SpooledTemporaryFile)
        name = (file.filename or "")[:LONGEST_NAME]
        return Upload(name=name, kind=kind_of(_text(form, "kind")), data=file.file.read(), appointment_id=_visit(form))


def _visit(form: FormData) -> UUID | None:
    text = _text(form, "appointment_id")
    try:
        return UUID(text) if text else None
    except ValueError:
        raise InvalidField("appointment_id", "Give the id of an appointment.") from None


def _text(form: FormData, name: str) -> str:
    value = form.get(name, "")
    return value.strip() if isinstance(value, str) else ""
