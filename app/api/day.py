"""A day's sheet as a page to print, as CSV and as a spreadsheet, for people who are signed in on our own pages.

`GET /desk/day/<location>/<day>.html|csv|xlsx?locale=&by=`: the address holds no patient's data, and every answer is
written into the audit log before it is given.
"""

from datetime import date
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from app import routes
from app.api.callers import identity
from app.errors import InvalidField, NotFound, NotPermitted, NotSignedIn
from app.infra.executor import run
from app.services.board.read import place_of
from app.services.clock import utc_now
from app.services.day.export import as_csv, as_xlsx
from app.services.day.paper import as_paper
from app.services.day.sheet import DaySheet, read_sheet
from models.db import transaction
from models.principal import ActorKind, Principal

KINDS = {
    "html": "text/html; charset=utf-8",
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
YEARS = (2000, 2099)
LONGEST_LOCALE = 35


async def day_file(request: Request) -> Response:
    """Answer with the sheet; raises NotSignedIn, NotPermitted, NotFound, InvalidField."""
    principal = await person(request)
    location_id, day, form = _asked(request)
    locale = request.query_params.get("locale", "en")[:LONGEST_LOCALE]
    by_time = request.query_params.get("by") == "time"
    sheet, content = await run(_made, principal, location_id, day, form, locale, by_time)
    headers = {"Cache-Control": "no-store"}
    if form != "html":
        headers["Content-Disposition"] = f'attachment; filename="day-{sheet.day.isoformat()}.{form}"'
    return Response(content, media_type=KINDS[form], headers=headers)


async def person(request: Request) -> Principal:
    """Return the member of staff who asks; raises NotSignedIn, also while the computer is locked."""
    principal = await identity(request)
    if principal is None:
        raise NotSignedIn
    if principal.kind is not ActorKind.USER:
        raise NotPermitted
    return principal


def _asked(request: Request) -> tuple[UUID, date, str]:
    day, _, form = request.path_params["file"].partition(".")
    if form not in KINDS:
        raise NotFound
    try:
        location_id, asked = UUID(request.path_params["location_id"]), date.fromisoformat(day)
    except ValueError:
        raise InvalidField("day", "Give a location's id and a date.") from None
    # At the calendar's ends there is no instant of midnight.
    if not YEARS[0] <= asked.year <= YEARS[1]:
        raise InvalidField("day", "Give a date of this century.")
    return location_id, asked, form


def _made(
    principal: Principal, location_id: UUID, day: date, form: str, locale: str, by_time: bool
) -> tuple[DaySheet, bytes]:
    now = utc_now()
    with transaction(principal) as session:
        place = place_of(session, principal, location_id=location_id)
        sheet = read_sheet(session, principal, place=place, day=day, form=form, now=now)
    if form == "csv":
        return sheet, as_csv(sheet, language=locale.partition("-")[0])
    if form == "xlsx":
        return sheet, as_xlsx(sheet, language=locale.partition("-")[0])
    return sheet, as_paper(sheet, locale=locale, by_time=by_time).encode()


def day_routes() -> list[Route]:
    """Return the route."""
    return [Route(f"{routes.DAY_FILE}/{{location_id}}/{{file}}", day_file, methods=["GET"])]
