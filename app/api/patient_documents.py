"""A patient's documents: add, list, download, remove. What a download holds is never shown by a browser as a page."""

import asyncio
import hmac
from hashlib import sha256
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Security
from starlette.responses import JSONResponse, Response

from app.api import shapes
from app.api.answers import of_list, problems
from app.api.callers import caller
from app.api.fields import idempotency_key
from app.api.file_form import FORM, file_form
from app.api.routing import Route
from app.errors import Overloaded
from app.infra.crypto import derived_key
from app.infra.executor import run
from app.infra.live import publish_patient
from app.services.accounts.permissions import Permission
from app.services.booking.answer import Answer, RequestKey, request_key
from app.services.booking.claim import utc_text
from app.services.clock import utc_now
from app.services.documents.add import Upload, add_document
from app.services.documents.names import disposition
from app.services.documents.read import DocumentView, OpenedDocument, documents_of, open_document
from app.services.documents.remove import remove_document
from models.db import transaction
from models.principal import Principal

# The form's own route, which reads its body piece by piece, and those with JSON or none.
forms = APIRouter(prefix="/patients/{patient_id}/documents", tags=["Documents"])
router = APIRouter(route_class=Route, prefix="/patients/{patient_id}/documents", tags=["Documents"])
Reader = Annotated[Principal, Security(caller, scopes=[Permission.DOCUMENTS_READ])]
Writer = Annotated[Principal, Security(caller, scopes=[Permission.DOCUMENTS_WRITE])]
# Each upload lies in memory two or three times while it is read and sealed.
UPLOADS_AT_ONCE = 3
# Who sends more slowly gives way to the next.
UPLOAD_SECONDS = 120
_gate = asyncio.Semaphore(UPLOADS_AT_ONCE)
DOWNLOAD: dict[int | str, dict[str, Any]] = {
    200: {"description": "The file.", "content": {"application/octet-stream": {"example": "%PDF-1.7 ..."}}}
}
NOT_SHOWN = {"Content-Security-Policy": "sandbox; default-src 'none'", "X-Content-Type-Options": "nosniff"}


@forms.post(
    "",
    status_code=201,
    response_model=shapes.NewDocument,
    responses=problems(400, 401, 403, 404, 409, 413, 415),
    operation_id="post_document",
    openapi_extra={"requestBody": FORM},
    summary="Add a document",
)
async def post_document(
    request: Request, principal: Writer, patient_id: UUID, key: Annotated[str, Depends(idempotency_key)]
) -> JSONResponse:
    """PDF, PNG, JPEG, WebP or plain text, as the content says; nothing that could run. It is kept encrypted."""
    try:
        async with _gate, asyncio.timeout(UPLOAD_SECONDS):
            upload = await file_form(request)
            answer = await run(_add, principal, patient_id, request.url.path, key, upload)
    except TimeoutError:
        raise Overloaded from None
    return JSONResponse(answer.body, answer.status)


@router.get("", response_model=shapes.Documents, responses=problems(401, 403, 404), summary="A patient's documents")
async def get_documents(principal: Reader, patient_id: UUID) -> JSONResponse:
    """The newest first; of clinical ones only whoever may open them hears the name."""
    return of_list([_body(view) for view in await run(_list, principal, patient_id)])


@router.get(
    "/{document_id}",
    response_class=Response,
    responses={**problems(401, 403, 404), **DOWNLOAD},
    summary="Download a document",
)
async def get_document(principal: Reader, patient_id: UUID, document_id: UUID) -> Response:
    """The file itself, to be saved; every download is written to the audit log."""
    found: OpenedDocument = await run(
        open_document, principal, patient_id=patient_id, document_id=document_id, now=utc_now()
    )
    headers = {"Content-Disposition": disposition(found.name), **NOT_SHOWN}
    return Response(found.data, media_type="application/octet-stream", headers=headers)


@router.delete("/{document_id}", status_code=204, responses=problems(401, 403, 404), summary="Remove a document")
async def delete_document(principal: Writer, patient_id: UUID, document_id: UUID) -> Response:
    """It is no longer in the file; its content is deleted some weeks later."""
    await run(_remove, principal, patient_id, document_id)
    return Response(status_code=204)


def _add(principal: Principal, patient_id: UUID, path: str, key: str, upload: Upload) -> Answer:
    request = _key(principal, path=path, key=key, upload=upload)
    answer = add_document(principal, patient_id=patient_id, upload=upload, key=request, now=utc_now())
    publish_patient(principal.clinic_id, patient_id)
    return answer


def _key(principal: Principal, *, path: str, key: str, upload: Upload) -> RequestKey:
    # Keyed, as in keys.py: a plain digest would tell who holds the same file.
    told = f"{upload.kind}\n{upload.appointment_id}\n{upload.name}\n{sha256(upload.data).hexdigest()}"
    digest = hmac.digest(derived_key(b"request-body"), told.encode(), "sha256")
    return request_key(principal, method="POST", path=path, key=key, body=digest.hex())


def _list(principal: Principal, patient_id: UUID) -> list[DocumentView]:
    with transaction(principal) as session:
        return documents_of(session, principal, patient_id=patient_id, now=utc_now())


def _remove(principal: Principal, patient_id: UUID, document_id: UUID) -> None:
    with transaction(principal) as session:
        remove_document(session, principal, patient_id=patient_id, document_id=document_id, now=utc_now())
    publish_patient(principal.clinic_id, patient_id)


def _body(view: DocumentView) -> dict[str, Any]:
    return {
        "id": str(view.id),
        "kind": view.kind.value,
        "name": view.name or None,
        "content_type": view.content_type,
        "size_bytes": view.size_bytes,
        "created_at": utc_text(view.created_at),
    }
