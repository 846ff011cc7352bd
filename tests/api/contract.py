"""The table of paths as the contract was agreed, written down apart from the code: what each answers at least.

Every operation may answer 422 and 503; every one that changes something takes an Idempotency-Key (400) unless it is
a PATCH or a search. Payments and their webhooks come with their own part.
"""

# Reading in public, which may be slowed down.
PUBLIC = {200, 429}
# Reading and changing with identity.
READ = {200, 401, 403}
ONE = {200, 304, 401, 403, 404}
CHANGE = {200, 400, 401, 403, 404, 409, 412}

CONTRACT: dict[tuple[str, str], set[int]] = {
    ("POST", "/auth/token"): {200, 401, 429},
    ("POST", "/auth/revoke"): {200},
    ("GET", "/.well-known/jwks.json"): {200},
    ("GET", "/clinic"): PUBLIC,
    ("GET", "/locations"): PUBLIC,
    ("GET", "/services"): PUBLIC,
    ("GET", "/practitioners"): PUBLIC,
    ("GET", "/slots"): PUBLIC,
    ("GET", "/slots/days"): PUBLIC,
    ("GET", "/slots/explain"): READ,
    ("POST", "/appointments"): {201, 400, 401, 403, 409, 429},
    ("GET", "/appointments"): READ,
    ("GET", "/appointments/{appointment_id}"): ONE,
    ("GET", "/appointments/{appointment_id}/history"): READ | {404},
    ("POST", "/appointments/{appointment_id}/confirm"): CHANGE | {410},
    ("POST", "/appointments/{appointment_id}/cancel"): CHANGE,
    ("POST", "/appointments/{appointment_id}/reschedule"): CHANGE,
    ("POST", "/appointments/{appointment_id}/arrive"): CHANGE,
    ("POST", "/appointments/{appointment_id}/check-in"): CHANGE,
    ("POST", "/appointments/{appointment_id}/complete"): CHANGE,
    ("POST", "/appointments/{appointment_id}/no-show"): CHANGE,
    ("POST", "/appointments/{appointment_id}/undo"): CHANGE,
    ("POST", "/patients"): {201, 400, 401, 403},
    ("GET", "/patients/{patient_id}"): ONE,
    ("PATCH", "/patients/{patient_id}"): {200, 401, 403, 404, 412},
    ("POST", "/patients/search"): READ,
}
# Served beside them, and not part of the document that they serve.
PAGES = ("/api/v1/openapi.json", "/api/v1/docs", "/healthz", "/readyz", "/metrics")
# Which filters a list takes.
FILTERS: dict[str, set[str]] = {
    "/locations": {"limit", "cursor"},
    "/services": {"specialty", "location_id", "limit", "cursor"},
    "/practitioners": {"specialty", "location_id", "service_id", "language", "limit", "cursor"},
    "/slots": {
        *("service_id", "practitioner_id", "specialty", "location_id"),
        *("from", "to", "limit", "first_available", "cursor"),
    },
    "/slots/days": {"service_id", "practitioner_id", "specialty", "location_id", "from", "to"},
    "/appointments": {"patient_id", "practitioner_id", "from", "to", "status", "limit", "cursor"},
}
# The fields of what comes back, by schema.
FIELDS: dict[str, set[str]] = {
    "Service": {"id", "name", "duration_minutes", "price", "prepayment", "capacity"},
    "Slot": {"id", "practitioner_id", "location_id", "start", "end", "capacity", "free", "version"},
    "Held": {
        *("id", "status", "hold_expires_at", "slot_id", "patient_id", "practitioner_id", "start", "end"),
        *("price", "version", "access_token"),
    },
    "Problem": {"type", "title", "status", "detail", "code", "instance", "errors", "blocking", "alternatives"},
}
