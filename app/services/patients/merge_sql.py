"""The statements of `merge`: what is locked, what moves, and how the one file points to the other."""

from typing import LiteralString

APPOINTMENTS: LiteralString = """
SELECT id FROM appointments WHERE clinic_id = %(clinic_id)s::uuid AND patient_id = %(lose)s::uuid
"""
# After appointments in the order of locks (waitlist/entries.py).
LOCK_ENTRIES: LiteralString = """
SELECT id FROM waitlist_entries
 WHERE clinic_id = %(clinic_id)s::uuid AND patient_id IN (%(keep)s::uuid, %(lose)s::uuid)
 ORDER BY id FOR NO KEY UPDATE
"""
# One person, one wish for a service: of two, the one to which a place is offered stays, else the kept file's.
WITHDRAW_TWINS: LiteralString = """
UPDATE waitlist_entries e
   SET status = 'withdrawn', version = version + 1, updated_at = %(now)s::timestamptz, ended_at = %(now)s::timestamptz
 WHERE e.clinic_id = %(clinic_id)s::uuid AND e.patient_id IN (%(keep)s::uuid, %(lose)s::uuid) AND e.status = 'waiting'
   AND EXISTS (
     SELECT 1 FROM waitlist_entries o
      WHERE o.clinic_id = e.clinic_id AND o.service_id = e.service_id AND o.id <> e.id
        AND o.patient_id IN (%(keep)s::uuid, %(lose)s::uuid)
        AND (o.status = 'offered' OR (o.status = 'waiting' AND o.patient_id = %(keep)s::uuid)))
RETURNING e.id
"""
# What the patient made, as by a letter's link, is the kept file's: whoever opens the link acts as that one.
_MOVED: LiteralString = """
   SET patient_id = %(keep)s::uuid, version = version + 1, updated_at = %(now)s::timestamptz,
       made_by = CASE made_by WHEN 'patient:' || %(lose)s::uuid::text THEN 'patient:' || %(keep)s::uuid::text
                              ELSE made_by END
 WHERE clinic_id = %(clinic_id)s::uuid AND patient_id = %(lose)s::uuid
"""
MOVE_APPOINTMENTS: LiteralString = (
    "UPDATE appointments" + _MOVED + "RETURNING id, location_id, practitioner_id, starts_local::date, version, live"
)
_PLACE: LiteralString = " WHERE clinic_id = %(clinic_id)s::uuid AND patient_id = %(lose)s::uuid"
MOVE: dict[str, LiteralString] = {
    "waitlist_entries": "UPDATE waitlist_entries" + _MOVED,
    "series": "UPDATE series SET patient_id = %(keep)s::uuid, version = version + 1" + _PLACE,
    "messages": "UPDATE messages SET patient_id = %(keep)s::uuid" + _PLACE,
    "documents": "UPDATE documents SET patient_id = %(keep)s::uuid" + _PLACE,
    "prescriptions": "UPDATE prescriptions SET patient_id = %(keep)s::uuid" + _PLACE,
    "notes": "UPDATE notes SET patient_id = %(keep)s::uuid" + _PLACE,
}
# Those for whom the given-up file's person answers; the kept one is not their own ward.
MOVE_WARDS: LiteralString = """
UPDATE patients SET guardian_id = CASE WHEN id = %(keep)s::uuid THEN NULL ELSE %(keep)s::uuid END,
                    version = CASE WHEN id = %(keep)s::uuid THEN version ELSE version + 1 END,
                    updated_at = %(now)s::timestamptz
 WHERE clinic_id = %(clinic_id)s::uuid AND guardian_id = %(lose)s::uuid
"""
# Whatever was merged into it before points on: one step leads to the file that stands.
POINT: LiteralString = """
UPDATE patients
   SET merged_into_id = %(keep)s::uuid, merged_at = coalesce(merged_at, %(now)s::timestamptz),
       guardian_id = CASE WHEN id = %(lose)s::uuid THEN NULL ELSE guardian_id END,
       version = version + 1, updated_at = %(now)s::timestamptz
 WHERE clinic_id = %(clinic_id)s::uuid AND (id = %(lose)s::uuid OR merged_into_id = %(lose)s::uuid)
"""
QUEUE: LiteralString = """
INSERT INTO outbox_events (clinic_id, id, kind, aggregate_id, aggregate_version, payload, dedupe_key, not_before,
                           created_at)
SELECT %(clinic_id)s::uuid, %(id)s::uuid, 'patient.merged', p.id, p.version, %(payload)s,
       'patient.merged/' || p.id || '/' || p.version, %(now)s::timestamptz, %(now)s::timestamptz
  FROM patients p WHERE p.clinic_id = %(clinic_id)s::uuid AND p.id = %(keep)s::uuid
"""
