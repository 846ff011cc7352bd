"""Importing a file: what it holds, which column is what, a rehearsal, and taking it over, with its progress."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from functools import partial
from math import ceil

import reflex as rx
from reflex.event import EventSpec

from app.errors import ClinicError, InvalidField
from app.import_errors import ImportRefused
from app.services.clock import utc_now
from app.services.imports.columns import FIELDS, guessed
from app.services.imports.dates import DateOrder
from app.services.imports.history import past_imports
from app.services.imports.problems import Progress, Report
from app.services.imports.rehearse import rehearse
from app.services.imports.source import Source
from app.services.imports.take import take_over
from app.services.imports.uploads import drop_upload, open_upload, read_upload
from app.state.ask import ask, do
from app.state.background import PageLeft, senders_page
from app.state.base import PageState, policy, refused, report_exception
from app.state.imports_views import (
    NO_REPORT,
    ColumnView,
    PastView,
    PracticeView,
    ProblemView,
    ReportView,
    column_views,
    past_view,
    practice_views,
    problem_views,
    report_view,
)
from app.state.parse import id_from, number_from, text_from
from models.desk import ImportKind

WRITE = "settings:write"
CHECKING, TAKING = "checking", "taking"
LOOK_SECONDS = 0.4
# How many times as long as its check an import takes: of patients the check writes nothing (docs/benchmarks.md).
IMPORT_TO_CHECK = {ImportKind.PATIENTS: 5, ImportKind.APPOINTMENTS: 1}
# What was found stands below the columns: lead there, also who hears the page, once it is drawn.
TO_REPORT = "setTimeout(() => document.getElementById('import-report')?.focus(), 100)"


class ImportsState(PageState):
    """One file on its way in."""

    is_loaded: bool = False
    kind: str = ImportKind.PATIENTS.value
    upload_id: str = ""
    file_name: str = ""
    rows: int = 0
    columns: list[ColumnView] = []
    date_order: str = DateOrder.NOT_SAID.value
    # What runs, and how far it is.
    busy: str = ""
    done: int = 0
    total: int = 0
    # Why the file as a whole was refused; the sentence's gaps are filled in the browser.
    refusal: str = ""
    refusal_values: dict[str, str | int] = {}
    is_reported: bool = False
    # How many minutes an import takes, as far as the check tells.
    minutes: int = 1
    report: ReportView = NO_REPORT
    problems: list[ProblemView] = []
    remarks: list[ProblemView] = []
    practices: list[PracticeView] = []
    past: list[PastView] = []

    @rx.event
    @policy(permission=WRITE)
    async def load(self) -> EventSpec | None:
        """Read what was imported before."""
        try:
            self.past = [past_view(one) for one in await ask(past_imports)]
        except ClinicError as error:
            return refused(error)
        self.is_loaded = True
        return None

    @rx.event
    @policy(permission=WRITE)
    async def choose_kind(self, kind: str) -> EventSpec | None:
        """Say what the file holds; a file that is open is looked at anew."""
        if self.busy or kind not in set(ImportKind):
            return None
        self.kind = kind
        return await self._look() if self.upload_id else None

    @rx.event
    @policy(permission=WRITE)
    async def opened(self, upload_id: str, name: str) -> EventSpec | None:
        """Look at a file that was sent."""
        if self.busy:
            return None
        self.upload_id, self.file_name = upload_id, text_from(name)
        return await self._look()

    @rx.event
    @policy(permission=WRITE)
    def choose_column(self, number: int, holds: str) -> None:
        """Say what a column holds; what was found with another choice is no longer true."""
        place = number_from("column", number)
        known = {one.name for one in FIELDS[ImportKind(self.kind)]}
        if self.busy or holds not in known | {""}:
            return
        self.columns = [{**one, "holds": holds} if one["number"] == place else one for one in self.columns]
        self._forget_report()

    @rx.event
    @policy(permission=WRITE)
    def choose_order(self, order: str) -> None:
        """Say how the file writes dates."""
        if not self.busy and order in set(DateOrder):
            self.date_order = order
            self._forget_report()

    @rx.event
    @policy(permission=WRITE)
    async def drop(self) -> EventSpec | None:
        """Put the file away."""
        if self.busy:
            return None
        try:
            await ask(drop_upload, upload_id=id_from("upload_id", self.upload_id))
        except ClinicError as error:
            return refused(error)
        finally:
            self._forget_file()
        return await self.load()

    @rx.event(background=True)
    @policy(permission=WRITE)
    async def check(self) -> AsyncIterator[EventSpec | None]:
        """Find out what the file would do, without doing it."""
        async for event in self._long(CHECKING):
            yield event

    @rx.event(background=True)
    @policy(permission=WRITE)
    async def take(self) -> AsyncIterator[EventSpec | None]:
        """Take the file over, all of it or nothing."""
        async for event in self._long(TAKING):
            yield event

    async def _look(self) -> EventSpec | None:
        self._forget_report()
        self.columns, self.rows = [], 0
        try:
            table = await ask(read_upload, upload_id=id_from("upload_id", self.upload_id))
        except ClinicError as error:
            self.upload_id = ""
            return self._refuse(error)
        mapping = guessed(ImportKind(self.kind), table.header)
        self.columns, self.rows = column_views(table, mapping), len(table.rows)
        return None

    async def _long(self, what: str) -> AsyncIterator[EventSpec | None]:
        """Run an import outside the tab's lock; whatever happens, the page is not left waiting."""
        async with self:
            if self.busy or not self.upload_id or (what == TAKING and self.report["is_taken"]):
                return
            self._forget_report()
            self.busy, self.done, self.total = what, 0, 0
        with suppress(PageLeft):
            event: EventSpec | None = None
            try:
                event = await self._run(what)
            except ClinicError as error:
                async with senders_page(self):
                    event, self.busy = self._refuse(error), ""
            except PageLeft:
                raise
            except Exception as error:
                event = report_exception(error)
                async with senders_page(self):
                    self.busy = ""
            yield event

    async def _run(self, what: str) -> EventSpec | None:
        upload_id = id_from("upload_id", self.upload_id)
        data = await ask(open_upload, upload_id=upload_id)
        mapping = [one["holds"] for one in self.columns]
        source = Source(ImportKind(self.kind), data, mapping, DateOrder(self.date_order))
        progress, began = Progress(), asyncio.get_running_loop().time()
        verb = partial(take_over if what == TAKING else rehearse, source=source, progress=progress, now=utc_now())
        report = await self._watched(asyncio.create_task(do(verb)), progress)
        seconds = asyncio.get_running_loop().time() - began
        past: list[PastView] | None = None
        if report.is_taken:
            # What is not dropped now goes with the night's sweep; that it was taken over is said all the same.
            with suppress(ClinicError):
                await ask(drop_upload, upload_id=upload_id)
                past = [past_view(one) for one in await ask(past_imports)]
        async with senders_page(self):
            self._show(report)
            self.minutes = ceil(IMPORT_TO_CHECK[source.kind] * seconds / 60)
            self.past = self.past if past is None else past
            # Together with the report, so that whoever reads it can choose the next file.
            self.busy = ""
        return rx.call_script(TO_REPORT)

    async def _watched(self, work: asyncio.Task[Report], progress: Progress) -> Report:
        """Show how far it is until it is there; the work goes on when nobody looks any more."""
        while not work.done():
            await asyncio.wait({work}, timeout=LOOK_SECONDS)
            with suppress(PageLeft):
                async with senders_page(self):
                    self.done, self.total = progress.done, progress.total
        return work.result()

    def _show(self, report: Report) -> None:
        self.report, self.is_reported = report_view(report), True
        self.problems, self.remarks = problem_views(report.problems), problem_views(report.remarks)
        self.practices = practice_views(report.practices)

    def _refuse(self, error: ClinicError) -> EventSpec | None:
        """Say on the page what is wrong with the whole file, anything else as a notice."""
        if isinstance(error, InvalidField) or error.status_code not in (404, 409, 413, 422):
            return refused(error)
        self.refusal = str(error)
        self.refusal_values = dict(error.values) if isinstance(error, ImportRefused) else {}
        return None

    def _forget_report(self) -> None:
        self.refusal, self.refusal_values = "", {}
        self.is_reported, self.report = False, NO_REPORT
        self.problems, self.remarks, self.practices = [], [], []

    def _forget_file(self) -> None:
        self._forget_report()
        self.upload_id, self.file_name, self.rows, self.columns = "", "", 0, []
