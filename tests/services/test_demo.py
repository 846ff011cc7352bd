"""The demonstration clinic: its figures and its invariants."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from app.components.board_history import ACTIONS
from app.services import demo
from app.services.accounts.keys import vault_of
from app.services.accounts.permissions import JOB_PERMISSIONS, ROLE_PERMISSIONS
from app.services.accounts.sessions import sign_in
from app.services.availability.starts import open_starts
from app.services.demo import figures
from app.services.demo.cast import acting
from app.services.demo.logins import DOCTOR_ID
from app.services.demo.story_book import make_up
from app.services.documents.read import documents_of, open_document
from app.services.documents.sniff import content_type_of
from app.services.patients.duplicates import similar_patients
from app.services.patients.merge_plan import require_possible
from app.services.patients.read import get
from app.services.patients.search import type_ahead
from app.services.schedules.generate import generate_slots
from app.services.waitlist.rounds import Looks, play_round
from models.accounts import Role
from models.db import DatabaseRole, transaction
from tests.services.demonstration import NOW, STAFF, ask, one

pytestmark = pytest.mark.database


def test_the_leads_have_the_public_median_and_90th_percentile() -> None:
    leads = figures.leads(5_001)
    assert leads[2_500] == 4
    assert leads[4_500] == 30


@pytest.mark.usefixtures("demonstration")
class TestLoaded:
    def test_the_clinic_has_what_was_asked_for(self) -> None:
        assert one("SELECT count(*) FROM locations") == 3
        assert one("SELECT count(DISTINCT timezone) FROM locations") == 2
        assert one("SELECT count(*) FROM practitioners") == 12
        assert one("SELECT count(DISTINCT specialty) FROM practitioners") == 5
        services = ask("SELECT duration_minutes, capacity, is_video, prepayment, room_kind, device_kind FROM services")
        assert len(services) == 8
        assert (min(s[0] for s in services), max(s[0] for s in services)) == (15, 60)
        assert [s[1] for s in services if s[1] > 1] == [20]
        assert sum(s[2] for s in services) == 1
        assert sum(s[3] != "none" for s in services) >= 2
        assert any(s[4] and s[5] for s in services)

    def test_two_thousand_patients_speak_five_languages(self) -> None:
        spoken = dict(ask("SELECT language, count(*) FROM patients GROUP BY language"))
        assert sum(spoken.values()) == 2_000
        assert set(spoken) == {"en", "es", "de", "fr", "ar"}
        assert min(spoken.values()) > 100

    def test_patients_open_under_the_clinics_keys_and_can_be_found(self) -> None:
        with transaction(STAFF) as session:
            vault = vault_of(session, demo.CLINIC_ID)
        patient, family = ask("SELECT id, family_name_sealed FROM patients WHERE language = 'ar' ORDER BY id")[0]
        name = vault.open("patients", "family_name", patient, family)
        assert any("؀" <= letter <= "ۿ" for letter in name)
        token = vault.token("name", name[:8])
        assert (patient,) in ask("SELECT patient_id FROM patient_search_tokens WHERE token = %s", token)

    def test_lead_and_no_show_figures_are_the_public_ones(self) -> None:
        past = ask(
            "SELECT starts_local::date - (created_at AT TIME ZONE timezone)::date, status = 'noshow'"
            " FROM appointments WHERE status IN ('fulfilled', 'noshow')"
            " AND starts_local::date < (%s AT TIME ZONE timezone)::date",
            NOW,
        )
        leads = sorted(lead for lead, _ in past)
        assert len(leads) > 5_000
        assert leads[len(leads) // 2] == 4
        assert leads[len(leads) * 9 // 10] in (29, 30, 31)
        for band, (_, share) in enumerate(figures.NO_SHOW_BY_LEAD):
            missed = [is_missed for lead, is_missed in past if figures.lead_band(lead) == band]
            assert len(missed) > 200
            assert abs(sum(missed) / len(missed) - share) < 0.02

    def test_the_past_reaches_eight_weeks_back_and_slots_twelve_weeks_ahead(self) -> None:
        first, last = ask("SELECT min(starts_at), max(starts_at) FROM slots")[0]
        assert timedelta(days=55) < NOW - first < timedelta(days=58)
        assert timedelta(days=83) < last - NOW < timedelta(days=86)

    def test_half_of_the_coming_time_is_booked_and_near_days_are_fuller(self) -> None:
        weeks = ask(
            "SELECT sum(least(current_bookings, 1)) / count(*)::float FROM slots WHERE starts_at > %s"
            " GROUP BY (starts_at - %s) / 7 < interval '4 days' ORDER BY 1",
            NOW,
            NOW,
        )
        assert one("SELECT avg(least(current_bookings, 1))::float FROM slots WHERE starts_at > %s", NOW) == (
            pytest.approx(0.5, abs=0.08)
        )
        assert weeks[0] < weeks[-1]

    def test_every_count_equals_its_live_appointments(self) -> None:
        wrong = one(
            "SELECT count(*) FROM slots s WHERE current_bookings <> (SELECT count(*) FROM appointment_slots t"
            " JOIN appointments a ON a.clinic_id = t.clinic_id AND a.id = t.appointment_id"
            " WHERE t.clinic_id = s.clinic_id AND t.slot_id = s.id AND a.live)"
        )
        assert wrong == 0

    def test_a_visit_takes_the_slots_that_cover_its_time_with_buffers(self) -> None:
        wrong = one(
            "SELECT count(*) FROM (SELECT a.id FROM appointments a"
            " JOIN appointment_slots t ON t.clinic_id = a.clinic_id AND t.appointment_id = a.id"
            " JOIN slots s ON s.clinic_id = t.clinic_id AND s.id = t.slot_id"
            " JOIN services v ON v.clinic_id = a.clinic_id AND v.id = a.service_id GROUP BY a.clinic_id, a.id, v.id"
            " HAVING min(s.starts_at) <> a.occupies_from OR max(s.ends_at) < a.occupies_until"
            " OR bool_or(s.service_id IS DISTINCT FROM CASE WHEN v.capacity > 1 THEN v.id END)"
            " OR sum(s.ends_at - s.starts_at) <> max(s.ends_at) - min(s.starts_at)) AS bad"
        )
        assert wrong == 0
        assert (
            one(
                "SELECT count(*) FROM appointments WHERE NOT EXISTS (SELECT 1 FROM appointment_slots t"
                " WHERE t.clinic_id = appointments.clinic_id AND t.appointment_id = appointments.id)"
            )
            == 0
        )

    def test_sessions_scarce_rooms_and_devices_are_in_use(self) -> None:
        assert one("SELECT max(current_bookings) FROM slots WHERE max_capacity = 20") > 5
        assert one("SELECT count(*) FROM appointments WHERE room_id IS NOT NULL AND device_id IS NOT NULL") > 100

    def test_time_stamps_follow_each_other_and_none_lies_ahead(self) -> None:
        stamps = "created_at, booked_at, arrived_at, checked_in_at, roomed_at, fulfilled_at, cancelled_at, noshow_at"
        for row in ask(f"SELECT {stamps} FROM appointments"):  # type: ignore[arg-type]
            known = [at for at in row if at is not None]
            assert known == sorted(known)
            assert known[-1] <= NOW

    def test_today_shows_every_status(self) -> None:
        today = ask(
            "SELECT status, roomed_at IS NOT NULL, count(*) FROM appointments"
            " WHERE starts_local::date = (%s AT TIME ZONE timezone)::date GROUP BY 1, 2",
            NOW,
        )
        shown = {(status, in_room) for status, in_room, _ in today}
        assert {("fulfilled", True), ("checked-in", True), ("arrived", False), ("booked", False)} <= shown
        assert {("noshow", False), ("cancelled", False), ("pending", False)} <= shown

    def test_holds_are_live_when_the_clinic_is_loaded(self) -> None:
        assert one("SELECT count(*) FROM appointments WHERE status = 'pending' AND hold_expires_at > %s", NOW) >= 3
        assert one("SELECT count(*) FROM appointments WHERE status = 'pending' AND hold_expires_at <= %s", NOW) == 0

    def test_today_and_the_future_have_their_audit_rows(self) -> None:
        missing = one(
            "SELECT count(*) FROM appointments a WHERE starts_local::date >= (%s AT TIME ZONE timezone)::date"
            " AND version <> (SELECT count(*) FROM audit_events e WHERE e.clinic_id = a.clinic_id"
            " AND e.object_id = a.id AND e.object_kind = 'appointment')",
            NOW,
        )
        assert missing == 0

    def test_what_was_done_is_told_by_the_names_of_the_products_own_verbs(self) -> None:
        done = ask("SELECT DISTINCT action FROM audit_events WHERE object_kind = 'appointment' AND to_status > ''")
        assert {action for (action,) in done} <= set(ACTIONS)

    def test_loading_twice_changes_nothing(self) -> None:
        counted = "SELECT count(*), max(updated_at), sum(version) FROM appointments"
        before = ask(counted)
        assert demo.is_loaded()
        assert not demo.load(now=NOW + timedelta(days=1))
        assert ask(counted) == before

    def test_every_service_can_still_be_booked_within_a_fortnight(self) -> None:
        desk = replace(STAFF, permissions=ROLE_PERMISSIONS[Role.RECEPTIONIST])
        with transaction(desk) as session:
            for service_id, name in ask("SELECT id, name FROM services"):
                starts = open_starts(
                    session, desk, service_id=service_id, since=NOW, until=NOW + timedelta(days=14), now=NOW
                )
                assert len(starts) >= 5, name

    def test_every_site_has_a_board_today_also_on_a_sunday(self) -> None:
        book = make_up(datetime(2025, 11, 2, 15, 0, tzinfo=UTC))
        today = [s.visit for _, s in book.stories if not book.is_past(s.visit)]
        sites = {visit.roster.site.name for visit in today if visit.local_day() == date(2025, 11, 2)}
        assert len(sites) == 3

    def test_the_generator_agrees_with_the_slots_that_were_loaded(self) -> None:
        until = (NOW + timedelta(days=84)).date()
        job = replace(STAFF, permissions=JOB_PERMISSIONS)
        with transaction(job, role=DatabaseRole.WORKER) as session:
            assert generate_slots(session, job, until=until, now=NOW) == 0


@pytest.mark.usefixtures("demonstration")
class TestFilesAndDesk:
    """What a newcomer finds: files with something in them, and work that waits."""

    def test_a_parent_answers_for_a_child_and_one_phone_finds_both(self) -> None:
        ((child_id, parent_id),) = ask("SELECT id, guardian_id FROM patients WHERE guardian_id IS NOT NULL")
        with transaction(acting(Role.RECEPTIONIST)) as session:
            child, parent = (
                get(session, acting(Role.RECEPTIONIST), patient_id=one, now=NOW) for one in (child_id, parent_id)
            )
            found = type_ahead(session, acting(Role.RECEPTIONIST), text=child.phone or "", now=NOW)
        assert child.family_name == parent.family_name
        assert {one.id for one in found} == {child_id, parent_id}
        assert child.birth_date.year - parent.birth_date.year > 20

    def test_somebody_has_two_files_that_the_house_takes_for_one(self) -> None:
        desk = acting(Role.RECEPTIONIST)
        ((twin_id,),) = ask(
            "SELECT object_id FROM audit_events WHERE object_kind = 'patient' AND detail->'fields' ? 'verification'"
        )
        with transaction(desk) as session:
            twin = get(session, desk, patient_id=twin_id, now=NOW)
            name = {"given_name": twin.given_name, "family_name": twin.family_name}
            alike = similar_patients(session, desk, **name, birth_date=twin.birth_date, phone=twin.phone, now=NOW)
            (known,) = (one for one in alike if one.id != twin_id)
            # Raises what would have to be settled before the two are made one.
            require_possible(session, desk, keep=known, lose=twin)
        assert known.phone == twin.phone

    def test_the_desk_is_warned_of_some_and_needs_an_interpreter_for_some(self) -> None:
        assert one("SELECT count(*) FROM patients WHERE alert_sealed IS NOT NULL") == 4
        assert one("SELECT count(*) FROM patients WHERE member_number_sealed IS NOT NULL") == 4
        assert one("SELECT count(*) FROM patients WHERE needs_interpreter") == 3

    def test_the_doctors_patients_have_a_history_and_whoever_is_in_the_room_has_papers(self) -> None:
        told = dict(ask("SELECT kind, count(*) FROM notes GROUP BY kind"))
        assert told["desk"] == 3
        assert told["clinical"] >= 15
        assert one("SELECT count(*) FROM prescriptions WHERE appointment_id IS NOT NULL") >= 3
        doctor, nurse = (acting(role) for role in (Role.PRACTITIONER, Role.NURSE))
        ((patient_id,),) = ask(
            "SELECT patient_id FROM appointments WHERE practitioner_id = %s AND status = 'checked-in'", DOCTOR_ID
        )
        with transaction(nurse) as session:
            papers = documents_of(session, nurse, patient_id=patient_id, now=NOW)
        assert {paper.content_type for paper in papers} == {"application/pdf", "image/png"}
        for paper in papers:
            opened = open_document(doctor, patient_id=patient_id, document_id=paper.id, now=NOW)
            assert content_type_of(opened.data) == paper.content_type

    def test_nothing_was_written_by_anybody_but_the_demonstrations_people(self) -> None:
        names = {login.display_name for login in demo.LOGINS}
        assert {author for (author,) in ask("SELECT DISTINCT author FROM notes")} <= names
        early = one(
            "SELECT count(*) FROM notes n JOIN appointments a ON a.id = n.appointment_id"
            " WHERE n.patient_id <> a.patient_id OR n.created_at < a.checked_in_at OR n.created_at > %s",
            NOW,
        )
        assert early == 0

    def test_two_walk_ins_wait_with_numbers_of_their_own(self) -> None:
        waiting = ask("SELECT number, state FROM queue_tickets WHERE is_walk_in")
        assert [state for _, state in waiting] == ["waiting", "waiting"]
        here = "(SELECT location_id FROM queue_tickets WHERE is_walk_in LIMIT 1)"
        numbers = ask(f"SELECT number FROM queue_tickets WHERE location_id = {here} ORDER BY 1")
        assert [number for (number,) in numbers] == list(range(1, len(numbers) + 1))

    def test_three_wait_for_a_place_and_there_is_none_to_offer_yet(self) -> None:
        assert ask("SELECT is_urgent, status FROM waitlist_entries ORDER BY 1 DESC, 2") == [
            (True, "waiting"),
            (False, "waiting"),
            (False, "waiting"),
        ]
        job = replace(STAFF, permissions=JOB_PERMISSIONS)
        assert play_round(job, looks=Looks(), clock=lambda: NOW) == 0

    def test_one_visit_has_lost_its_time(self) -> None:
        reasons = ask(
            "SELECT a.status, a.starts_at > %s FROM displaced_appointments d"
            " JOIN appointments a ON a.id = d.appointment_id WHERE d.settled_at IS NULL",
            NOW,
        )
        assert reasons == [("booked", True)]

    def test_a_course_goes_on_weekly_at_one_time(self) -> None:
        visits = ask("SELECT starts_local FROM appointments WHERE series_id IS NOT NULL ORDER BY 1")
        assert len(visits) >= 3
        assert len({(at.weekday(), at.time()) for (at,) in visits}) == 1

    def test_the_doctor_has_booked_next_visits(self) -> None:
        ahead = ask(
            "SELECT starts_at - created_at FROM appointments WHERE made_by = %s", acting(Role.PRACTITIONER).actor
        )
        assert len(ahead) == 2
        assert all(timedelta(days=27) < distance < timedelta(days=57) for (distance,) in ahead)


def test_every_demonstration_login_signs_in_with_its_role(demonstration: None, valkey: str) -> None:
    for login in demo.LOGINS:
        signed_in = sign_in(login=login.login, password=login.password, now=NOW)
        assert signed_in.principal.clinic_id == demo.CLINIC_ID
        assert signed_in.principal.permissions >= ROLE_PERMISSIONS[login.role]
