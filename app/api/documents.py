"""GET /openapi.json and GET /docs: the contract for programs and for people, from this process alone."""

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, JSONResponse

from app.api.docs_page import page_of
from app.api.openapi import BASE, document_of

CACHED = {"Cache-Control": "public, max-age=300"}

router = APIRouter(include_in_schema=False)


@router.get("/openapi.json")
async def get_document(request: Request) -> JSONResponse:
    """The whole contract."""
    return JSONResponse(document_of(request.app), headers=CACHED)


@router.get("/docs")
async def get_page(request: Request) -> HTMLResponse:
    """The same for people: one page without script, and nothing from another host."""
    return HTMLResponse(page_of(document_of(request.app), base=BASE), headers=CACHED)
