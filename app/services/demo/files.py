"""What lies in the files of those who come around now, written by the same verbs as anybody's."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from functools import partial
from itertools import islice
from uuid import UUID

from sqlmodel import Session

from app.file_errors import StorageUnavailable
from app.services.board.referral import set_referral
from app.services.booking.answer import single_use_key
from app.services.demo import papers, told
from app.services.demo.cast import Cast, acting
from app.services.demo.catalogue import DOCTOR
from app.services.demo.patients import InventedPatient
from app.services.demo.rows import Numbered
from app.services.documents.add import Upload, file_document
from app.services.notes.write import write_note
from app.services.patients.write import change
from app.services.prescriptions.prescribe import prescribe
from models.accounts import Role
from models.appointments import AppointmentStatus as S
from models.files import DocumentKind, NoteKind

DAY = timedelta(days=1)
# Of so many patients of the doctor's day, so many visits each.
PATIENTS_TOLD, VISITS_TOLD = 18, 2
INTERPRETED = 3
CHILD_UNTIL, PARENT_FROM, PARENT_UNTIL = 14, 22, 42


def fill_files(session: Session, cast: Cast) -> None:
    """Fill the files: what to mind, who answers for whom, two files of one person, notes, orders and papers."""
    _tell_details(session, cast)
    _lengthen_names(session, cast)
    _join_family(session, cast)
    _make_twin(session, cast)
    for number, one in enumerate(cast.own[:PATIENTS_TOLD]):
        _tell_care(session, cast, one, number=number)
    _note_for_the_desk(session, cast)
    with suppress(StorageUnavailable):
        # Without its store the demonstration starts all the same, and says so at the first upload.
        _add_papers(session, cast)


def _change(session: Session, cast: Cast, patient_id: UUID, *, days_ago: int, **changes: object) -> None:
    desk = acting(Role.RECEPTIONIST)
    change(session, desk, patient_id=patient_id, changes=changes, now=cast.now - days_ago * DAY)


def _tell_details(session: Session, cast: Cast) -> None:
    """Write down what the desk must see first, of the doctor's patients and of who else is here today."""
    adults = cast.choose([*cast.own, *cast.today], fits=cast.is_adult)
    for number, (details, (_, story)) in enumerate(zip(told.DETAILS, adults, strict=False)):
        _change(session, cast, story.visit.patient.id, days_ago=20 + number, **details)
    foreign = cast.choose(cast.today, fits=partial(_speaks, languages=("ar", "es", "fr")))
    for _, story in islice(foreign, INTERPRETED):
        _change(session, cast, story.visit.patient.id, days_ago=12, needs_interpreter=True)


def _lengthen_names(session: Session, cast: Cast) -> None:
    for language, (given, family) in told.LONG_NAMES.items():
        speakers = cast.choose(cast.today, fits=partial(_speaks, languages=(language,)))
        for _, story in islice(speakers, 1):
            _change(session, cast, story.visit.patient.id, days_ago=30, given_name=given, family_name=family)


def _speaks(one: Numbered, *, languages: Sequence[str]) -> bool:
    return one[1].visit.patient.language in languages


def _join_family(session: Session, cast: Cast) -> None:
    """Let a parent answer for a child of theirs, whom the same phone reaches."""
    for _, first in cast.choose(cast.near, fits=lambda one: cast.age(one[1].visit.patient) < CHILD_UNTIL):
        child = first.visit.patient
        for _, second in cast.choose(cast.near, fits=partial(_is_parent, cast=cast, child=child)):
            parent = second.visit.patient
            shared = {"family_name": parent.family_name, "phone": parent.phone, "guardian_id": parent.id}
            _change(session, cast, child.id, days_ago=40, **shared)
            return


def _is_parent(one: Numbered, *, cast: Cast, child: InventedPatient) -> bool:
    other = one[1].visit.patient
    older = cast.age(other) - cast.age(child)
    return other.language == child.language and PARENT_FROM <= older <= PARENT_UNTIL


def _make_twin(session: Session, cast: Cast) -> None:
    """Let somebody have two files: the second was made online, with the name misspelt and nobody's look at it."""
    _, first = next(cast.choose(cast.near, fits=lambda one: cast.is_adult(one) and _speaks(one, languages=("en",))))
    known = first.visit.patient
    # Otherwise the house would refuse to make one file of two.
    _, second = next(cast.choose(cast.near, fits=lambda one: cast.never_meet(known, one[1].visit.patient)))
    same = {"given_name": known.given_name, "birth_date": known.birth_date, "phone": known.phone, "language": "en"}
    misspelt = known.family_name[:-1] + known.family_name[-1] * 2
    _change(session, cast, second.visit.patient.id, days_ago=9, family_name=misspelt, verification="unverified", **same)


def _tell_care(session: Session, cast: Cast, one: Numbered, *, number: int) -> None:
    """Write what was found and ordered at a patient's last visits, and today if it is over or under way."""
    _, story = one
    told_of = cast.seen(story.visit.patient.id)[:VISITS_TOLD]
    for place, visit in enumerate(told_of):
        _tell_visit(session, visit, number=number + place)
    if not any(_is_with_the_doctor(visit) for visit in told_of):
        _renew(session, cast, story.visit.patient.id, number=number)
    if story.status is S.FULFILLED:
        _tell_visit(session, one, number=number + VISITS_TOLD)
    elif story.checked_in_at is not None:
        _write(session, one, Role.NURSE, told.AT_HOME if story.visit.service.is_video else told.BEFORE_THE_DOCTOR)


def _is_with_the_doctor(one: Numbered) -> bool:
    return one[1].visit.roster.person.name == DOCTOR


def _tell_visit(session: Session, one: Numbered, *, number: int) -> None:
    if not _is_with_the_doctor(one):
        _write(session, one, Role.NURSE, told.NURSING[number % len(told.NURSING)])
        return
    consultation = told.CONSULTATIONS[number % len(told.CONSULTATIONS)]
    _write(session, one, Role.PRACTITIONER, consultation.note)
    if consultation.order is not None:
        appointment_id, story = one
        at = story.fulfilled_at or story.visit.ends_at
        whose = {"patient_id": story.visit.patient.id, "appointment_id": appointment_id}
        prescribe(session, acting(Role.PRACTITIONER), fields=consultation.order, now=at, **whose)


def _renew(session: Session, cast: Cast, patient_id: UUID, *, number: int) -> None:
    """Order once more, by telephone, what a patient takes for long."""
    order = told.RENEWED[number % len(told.RENEWED)]
    at = cast.now - (18 + number) * DAY
    prescribe(session, acting(Role.PRACTITIONER), patient_id=patient_id, fields=order, now=at)


def _write(session: Session, one: Numbered, role: Role, text: str) -> None:
    appointment_id, story = one
    at = story.fulfilled_at or story.checked_in_at or story.visit.starts_at
    whose = {"patient_id": story.visit.patient.id, "appointment_id": appointment_id}
    write_note(session, acting(role), kind=NoteKind.CLINICAL, text=text, now=at, **whose)


def _note_for_the_desk(session: Session, cast: Cast) -> None:
    desk = acting(Role.RECEPTIONIST)
    for place, (text, (_, story)) in enumerate(zip(told.DESK, cast.own, strict=False)):
        patient_id, at = story.visit.patient.id, cast.now - (15 + place) * DAY
        write_note(session, desk, patient_id=patient_id, kind=NoteKind.DESK, text=text, now=at)


def _add_papers(session: Session, cast: Cast) -> None:
    """Put a result and a picture into the file of who is with the doctor, and a referral where one is asked for."""
    _, current = cast.own[0]
    result = Upload("Laboratory report.pdf", DocumentKind.RESULT, papers.typed_page(told.RESULT))
    strip = Upload("ECG.png", DocumentKind.IMAGE, papers.heart_strip())
    for days_ago, upload in ((6, result), (2, strip)):
        _add(session, cast, current.visit.patient.id, upload, role=Role.NURSE, days_ago=days_ago)
    for appointment_id, story in cast.coming(after=timedelta()):
        if story.visit.service.needs_referral:
            page = papers.typed_page(told.REFERRAL)
            letter = Upload("Referral to cardiology.pdf", DocumentKind.REFERRAL, page, appointment_id)
            _add(session, cast, story.visit.patient.id, letter, role=Role.RECEPTIONIST, days_ago=0)
            _tick_referral(session, cast, appointment_id)
            return


def _add(session: Session, cast: Cast, patient_id: UUID, upload: Upload, *, role: Role, days_ago: int) -> None:
    who = acting(role)
    key = single_use_key(who, "demonstration-paper")
    file_document(session, who, patient_id=patient_id, upload=upload, key=key, now=cast.now - days_ago * DAY)


def _tick_referral(session: Session, cast: Cast, appointment_id: UUID) -> None:
    desk = acting(Role.RECEPTIONIST)
    key = single_use_key(desk, "demonstration-referral")
    set_referral(session, desk, appointment_id=appointment_id, has_referral=True, key=key, now=cast.now)
