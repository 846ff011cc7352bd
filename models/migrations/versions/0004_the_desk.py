"""The desk: patients' files, the queue, each person's view, closed days, imports, locked computers."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

APP = "holdfast_app"
WORKER = "holdfast_worker"
# Table -> (what app may do, what worker may do), as in 0002.
GRANTS = {
    "documents": ("SELECT, INSERT, UPDATE", "SELECT"),
    # Nobody rewrites either: a prescription is revoked, a note replaced, and both follow a merge.
    "prescriptions": (
        "SELECT, INSERT, UPDATE (patient_id, revoked_at, revoked_by, revoke_reason, revoke_words_sealed)",
        "SELECT",
    ),
    "notes": ("SELECT, INSERT, UPDATE (patient_id)", "SELECT"),
    "queue_tickets": ("SELECT, INSERT, UPDATE", "SELECT"),
    "running_late": ("SELECT, INSERT, UPDATE", "SELECT"),
    "preferences": ("SELECT, INSERT, UPDATE, DELETE", "SELECT"),
    "day_closes": ("SELECT, INSERT, UPDATE", "SELECT"),
    "imports": ("SELECT, INSERT", "SELECT"),
}
OWN_CLINIC = "clinic_id = nullif(current_setting('holdfast.clinic_id', true), '')::uuid"
# Whoever works for one clinic is at home there; an account of several belongs to the operator.
FIND_HOMES = """
UPDATE users u SET home_clinic_id = g.clinic_id
  FROM (SELECT user_id, min(clinic_id::text)::uuid AS clinic_id FROM role_grants
         GROUP BY user_id HAVING count(DISTINCT clinic_id) = 1) g
 WHERE g.user_id = u.id
"""
DOUBLE_ROLES = """
DELETE FROM role_grants g USING role_grants o
 WHERE o.clinic_id = g.clinic_id AND o.user_id = g.user_id AND o.role = g.role AND o.id < g.id
   AND g.location_id IS NULL AND o.location_id IS NULL
"""
# What the application may change of a clinic: never whether it is a demonstration, whose data may be removed.
CHANGED = "name, phone, language, timezone, country, currency, lock_minutes, is_being_set_up, set_up_code_hash"
# The log of a demonstration tells of people who do not exist and goes with them; any other stays, whoever asks.
KEEP_AUDIT = """
CREATE FUNCTION refuse_audit_loss() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM clinics WHERE id = OLD.clinic_id AND is_demonstration) THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'audit events are append-only' USING ERRCODE = 'insufficient_privilege';
END
$$
"""
# Children before parents. The keys stay: running processes hold them, and what they seal next must open again.
DEMONSTRATION_TABLES = (
    *("waitlist_offers", "waitlist_entries", "queue_tickets", "prescriptions", "notes", "messages", "documents"),
    *("displaced_appointments", "appointment_slots", "appointments", "slots", "schedule_rules"),
    *("schedule_exceptions", "series", "schedules", "running_late", "rooms", "role_grants", "preferences"),
    *("practitioner_services", "patient_search_tokens", "leaves", "holidays", "devices", "day_closes", "closures"),
    *("services", "practitioners", "patients", "locations", "imports", "outbox_events", "idempotency_keys"),
    "audit_events",
)
# The application may delete next to nothing, so this one removal is the owner's: it takes the clinic of the
# transaction, and refuses unless that is a demonstration. An account that another clinic needs too is only ended.
REMOVE_DEMONSTRATION = f"""
CREATE FUNCTION remove_demonstration() RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
    removed uuid := nullif(current_setting('holdfast.clinic_id', true), '')::uuid;
    place text;
BEGIN
    PERFORM 1 FROM clinics WHERE id = removed AND is_demonstration FOR UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'this clinic is no demonstration' USING ERRCODE = 'insufficient_privilege';
    END IF;
    FOREACH place IN ARRAY ARRAY[{", ".join(f"'{table}'" for table in DEMONSTRATION_TABLES)}] LOOP
        EXECUTE format('DELETE FROM %I WHERE clinic_id = $1', place) USING removed;
    END LOOP;
    DELETE FROM sessions
     WHERE clinic_id = removed OR user_id IN (SELECT id FROM users WHERE home_clinic_id = removed);
    DELETE FROM api_clients WHERE clinic_id = removed;
    UPDATE users u SET is_active = false, home_clinic_id = NULL WHERE u.home_clinic_id = removed
       AND (EXISTS (SELECT 1 FROM role_grants g WHERE g.user_id = u.id)
            OR EXISTS (SELECT 1 FROM preferences p WHERE p.user_id = u.id));
    DELETE FROM users WHERE home_clinic_id = removed;
    UPDATE clinics SET is_demonstration = false, is_being_set_up = true, name = '', phone = '' WHERE id = removed;
END
$$
"""
CHANNELS = ("desk", "kiosk", "online", "api", "waitlist")


def upgrade() -> None:
    op.create_table(
        "imports",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "patients", "appointments", name="import_kind", native_enum=False, create_constraint=True, length=24
            ),
            nullable=False,
        ),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("row_count", sa.Integer(), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinics.id"], name=op.f("fk_imports_clinic_id")),
        sa.PrimaryKeyConstraint("clinic_id", "id", name=op.f("pk_imports")),
        sa.UniqueConstraint("clinic_id", "kind", "digest", name=op.f("uq_imports_clinic_id_kind_digest")),
    )
    op.create_table(
        "preferences",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("value", postgresql.JSONB(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinics.id"], name=op.f("fk_preferences_clinic_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_preferences_user_id")),
        sa.PrimaryKeyConstraint("clinic_id", "id", name=op.f("pk_preferences")),
        sa.UniqueConstraint("clinic_id", "user_id", "name", name=op.f("uq_preferences_clinic_id_user_id_name")),
    )
    op.create_table(
        "day_closes",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("location_id", sa.Uuid(), nullable=False),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("closed_by", sa.String(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("open_items", sa.Integer(), nullable=False),
        sa.Column("reopened_by", sa.String(), nullable=True),
        sa.Column("reopened_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["clinic_id", "location_id"], ["locations.clinic_id", "locations.id"], name="fk_locations_location_id"
        ),
        sa.PrimaryKeyConstraint("clinic_id", "id", name=op.f("pk_day_closes")),
    )
    op.create_index("ix_day_closes_day", "day_closes", ["clinic_id", "location_id", "on_date"], unique=False)
    op.create_table(
        "running_late",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("practitioner_id", sa.Uuid(), nullable=False),
        sa.Column("location_id", sa.Uuid(), nullable=False),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("said_by", sa.String(), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("minutes BETWEEN 0 AND 600", name=op.f("ck_running_late_minutes")),
        sa.ForeignKeyConstraint(
            ["clinic_id", "location_id"], ["locations.clinic_id", "locations.id"], name="fk_locations_location_id"
        ),
        sa.ForeignKeyConstraint(
            ["clinic_id", "practitioner_id"],
            ["practitioners.clinic_id", "practitioners.id"],
            name="fk_practitioners_practitioner_id",
        ),
        sa.PrimaryKeyConstraint("clinic_id", "id", name=op.f("pk_running_late")),
        sa.UniqueConstraint(
            "clinic_id",
            "practitioner_id",
            "location_id",
            "on_date",
            name=op.f("uq_running_late_clinic_id_practitioner_id_location_id_on_date"),
        ),
    )
    op.create_table(
        "documents",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("appointment_id", sa.Uuid(), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "referral",
                "consent",
                "insurance",
                "letter",
                "result",
                "image",
                "other",
                name="document_kind",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("name_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("content_type", sa.String(), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("storage_key", sa.String(), nullable=False),
        sa.Column("added_by", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("size_bytes > 0", name=op.f("ck_documents_size")),
        sa.ForeignKeyConstraint(
            ["clinic_id", "appointment_id"],
            ["appointments.clinic_id", "appointments.id"],
            name="fk_appointments_appointment_id",
        ),
        sa.ForeignKeyConstraint(
            ["clinic_id", "patient_id"], ["patients.clinic_id", "patients.id"], name="fk_patients_patient_id"
        ),
        sa.PrimaryKeyConstraint("clinic_id", "id", name=op.f("pk_documents")),
        sa.UniqueConstraint("clinic_id", "storage_key", name=op.f("uq_documents_clinic_id_storage_key")),
    )
    op.create_index("ix_documents_patient", "documents", ["clinic_id", "patient_id", "created_at"], unique=False)
    op.create_table(
        "notes",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("appointment_id", sa.Uuid(), nullable=True),
        sa.Column("replaces_id", sa.Uuid(), nullable=True),
        sa.Column(
            "kind",
            sa.Enum("desk", "clinical", name="note_kind", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.Column("text_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["clinic_id", "appointment_id"],
            ["appointments.clinic_id", "appointments.id"],
            name="fk_appointments_appointment_id",
        ),
        sa.ForeignKeyConstraint(
            ["clinic_id", "patient_id"], ["patients.clinic_id", "patients.id"], name="fk_patients_patient_id"
        ),
        sa.ForeignKeyConstraint(
            ["clinic_id", "replaces_id"], ["notes.clinic_id", "notes.id"], name="fk_notes_replaces_id"
        ),
        sa.PrimaryKeyConstraint("clinic_id", "id", name=op.f("pk_notes")),
        sa.UniqueConstraint("clinic_id", "replaces_id", name=op.f("uq_notes_clinic_id_replaces_id")),
    )
    op.create_index("ix_notes_patient", "notes", ["clinic_id", "patient_id", "created_at"], unique=False)
    op.create_table(
        "prescriptions",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("appointment_id", sa.Uuid(), nullable=True),
        sa.Column("practitioner_id", sa.Uuid(), nullable=False),
        sa.Column("location_id", sa.Uuid(), nullable=True),
        sa.Column("drug_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("dosage_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("frequency_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("duration_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("advice_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_by", sa.String(), nullable=True),
        sa.Column(
            "revoke_reason",
            sa.Enum(
                "mistake",
                "replaced",
                "not-tolerated",
                "not-needed",
                name="revoke_reason",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=True,
        ),
        sa.Column("revoke_words_sealed", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint(
            "(revoked_at IS NULL) = (revoked_by IS NULL) AND (revoked_at IS NULL) = (revoke_reason IS NULL)",
            name=op.f("ck_prescriptions_revoked"),
        ),
        sa.ForeignKeyConstraint(
            ["clinic_id", "appointment_id"],
            ["appointments.clinic_id", "appointments.id"],
            name="fk_appointments_appointment_id",
        ),
        sa.ForeignKeyConstraint(
            ["clinic_id", "location_id"], ["locations.clinic_id", "locations.id"], name="fk_locations_location_id"
        ),
        sa.ForeignKeyConstraint(
            ["clinic_id", "patient_id"], ["patients.clinic_id", "patients.id"], name="fk_patients_patient_id"
        ),
        sa.ForeignKeyConstraint(
            ["clinic_id", "practitioner_id"],
            ["practitioners.clinic_id", "practitioners.id"],
            name="fk_practitioners_practitioner_id",
        ),
        sa.PrimaryKeyConstraint("clinic_id", "id", name=op.f("pk_prescriptions")),
    )
    op.create_index(
        "ix_prescriptions_patient", "prescriptions", ["clinic_id", "patient_id", "created_at"], unique=False
    )
    op.create_index(
        "ix_prescriptions_practitioner", "prescriptions", ["clinic_id", "practitioner_id", "created_at"], unique=False
    )
    op.create_table(
        "queue_tickets",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("location_id", sa.Uuid(), nullable=False),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("appointment_id", sa.Uuid(), nullable=False),
        sa.Column("practitioner_id", sa.Uuid(), nullable=False),
        sa.Column("is_walk_in", sa.Boolean(), nullable=False),
        sa.Column("priority", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "called",
                "parked",
                "missed",
                "in-room",
                "ended",
                name="ticket_state",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column(
            "before",
            sa.Enum(
                "waiting",
                "called",
                "parked",
                "missed",
                "in-room",
                "ended",
                name="ticket_before",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=True,
        ),
        sa.Column("since_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("called_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("called_by", sa.String(), nullable=True),
        sa.Column("called_to", sa.String(), nullable=True),
        sa.Column("calls", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("room_id", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(state = 'called') <= (called_at IS NOT NULL)", name=op.f("ck_queue_tickets_called")),
        sa.CheckConstraint("number > 0", name=op.f("ck_queue_tickets_number")),
        sa.CheckConstraint("priority BETWEEN 0 AND 1", name=op.f("ck_queue_tickets_priority")),
        sa.ForeignKeyConstraint(
            ["clinic_id", "appointment_id"],
            ["appointments.clinic_id", "appointments.id"],
            name="fk_appointments_appointment_id",
        ),
        sa.ForeignKeyConstraint(
            ["clinic_id", "location_id"], ["locations.clinic_id", "locations.id"], name="fk_locations_location_id"
        ),
        sa.ForeignKeyConstraint(
            ["clinic_id", "practitioner_id"],
            ["practitioners.clinic_id", "practitioners.id"],
            name="fk_practitioners_practitioner_id",
        ),
        sa.ForeignKeyConstraint(["clinic_id", "room_id"], ["rooms.clinic_id", "rooms.id"], name="fk_rooms_room_id"),
        sa.PrimaryKeyConstraint("clinic_id", "id", name=op.f("pk_queue_tickets")),
        sa.UniqueConstraint("clinic_id", "appointment_id", name=op.f("uq_queue_tickets_clinic_id_appointment_id")),
        sa.UniqueConstraint(
            "clinic_id",
            "location_id",
            "on_date",
            "number",
            name=op.f("uq_queue_tickets_clinic_id_location_id_on_date_number"),
        ),
    )
    op.create_index(
        "ix_queue_tickets_day", "queue_tickets", ["clinic_id", "location_id", "on_date", "state"], unique=False
    )
    op.add_column(
        "appointments", sa.Column("has_referral", sa.Boolean(), server_default=sa.text("false"), nullable=False)
    )
    op.add_column("clinics", sa.Column("lock_minutes", sa.Integer(), server_default=sa.text("2"), nullable=False))
    op.add_column(
        "clinics", sa.Column("is_being_set_up", sa.Boolean(), server_default=sa.text("false"), nullable=False)
    )
    op.add_column("clinics", sa.Column("set_up_code_hash", sa.LargeBinary(), nullable=True))
    op.add_column("displaced_appointments", sa.Column("called_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("locations", sa.Column("display_key_hash", sa.LargeBinary(), nullable=True))
    op.add_column("locations", sa.Column("sheet_secret_sealed", sa.LargeBinary(), nullable=True))
    op.add_column("patients", sa.Column("alert_sealed", sa.LargeBinary(), nullable=True))
    op.add_column("patients", sa.Column("insurer_sealed", sa.LargeBinary(), nullable=True))
    op.add_column("patients", sa.Column("member_number_sealed", sa.LargeBinary(), nullable=True))
    op.add_column(
        "patients", sa.Column("needs_interpreter", sa.Boolean(), server_default=sa.text("false"), nullable=False)
    )
    op.add_column("patients", sa.Column("guardian_id", sa.Uuid(), nullable=True))
    op.add_column("patients", sa.Column("merged_into_id", sa.Uuid(), nullable=True))
    op.add_column("patients", sa.Column("merged_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "ix_patients_guardian",
        "patients",
        ["clinic_id", "guardian_id"],
        unique=False,
        postgresql_where=sa.text("guardian_id IS NOT NULL"),
    )
    op.create_index(
        "ix_patients_merged",
        "patients",
        ["clinic_id", "merged_into_id"],
        unique=False,
        postgresql_where=sa.text("merged_into_id IS NOT NULL"),
    )
    # Two files of one person become one: what was written to them goes along, and nothing else of it changes.
    op.execute(f"GRANT UPDATE (patient_id) ON messages TO {APP}")
    op.create_index("ix_messages_patient", "messages", ["clinic_id", "patient_id", "created_at"], unique=False)
    op.create_check_constraint(op.f("ck_clinics_lock_minutes"), "clinics", "lock_minutes BETWEEN 0 AND 60")
    op.create_check_constraint(op.f("ck_patients_guardian"), "patients", "guardian_id <> id")
    op.create_check_constraint(
        op.f("ck_patients_merged"),
        "patients",
        "merged_into_id <> id AND (merged_into_id IS NULL) = (merged_at IS NULL)",
    )
    op.create_foreign_key(
        "fk_patients_merged_into_id", "patients", "patients", ["clinic_id", "merged_into_id"], ["clinic_id", "id"]
    )
    op.create_foreign_key(
        "fk_patients_guardian_id", "patients", "patients", ["clinic_id", "guardian_id"], ["clinic_id", "id"]
    )
    op.add_column(
        "services", sa.Column("needs_referral", sa.Boolean(), server_default=sa.text("false"), nullable=False)
    )
    op.add_column("sessions", sa.Column("locked_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("sessions", sa.Column("browser_hash", sa.LargeBinary(), nullable=True))
    op.create_index("ix_sessions_browser", "sessions", ["browser_hash"], unique=False)
    op.add_column("users", sa.Column("pin_hash", sa.String(), nullable=True))
    op.add_column("users", sa.Column("home_clinic_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(op.f("fk_users_home_clinic_id"), "users", "clinics", ["home_clinic_id"], ["id"])
    op.execute(FIND_HOMES)
    _unique_roles(nulls_not_distinct=True)
    _allow_channels(*CHANNELS, "walk-in", "import")
    for table, (app, worker) in GRANTS.items():
        op.execute(f"GRANT {app} ON {table} TO {APP}")
        op.execute(f"GRANT {worker} ON {table} TO {WORKER}")
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY own_clinic ON {table} USING ({OWN_CLINIC}) WITH CHECK ({OWN_CLINIC})")
    op.execute(f"REVOKE UPDATE ON clinics FROM {APP}")
    op.execute(f"GRANT UPDATE ({CHANGED}) ON clinics TO {APP}")
    op.execute(KEEP_AUDIT)
    _guard_audit("UPDATE OR TRUNCATE")
    op.execute("CREATE TRIGGER kept BEFORE DELETE ON audit_events FOR EACH ROW EXECUTE FUNCTION refuse_audit_loss()")
    op.execute(REMOVE_DEMONSTRATION)
    op.execute("REVOKE ALL ON FUNCTION remove_demonstration() FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION remove_demonstration() TO {APP}")


def downgrade() -> None:
    op.execute("DROP FUNCTION remove_demonstration()")
    op.execute("DROP TRIGGER kept ON audit_events")
    _guard_audit("UPDATE OR DELETE OR TRUNCATE")
    op.execute("DROP FUNCTION refuse_audit_loss()")
    op.execute(f"REVOKE UPDATE ON clinics FROM {APP}")
    op.execute(f"GRANT UPDATE ON clinics TO {APP}")
    _allow_channels(*CHANNELS)
    _unique_roles(nulls_not_distinct=False)
    op.drop_constraint(op.f("fk_users_home_clinic_id"), "users", type_="foreignkey")
    op.drop_column("users", "home_clinic_id")
    op.drop_column("users", "pin_hash")
    op.drop_index("ix_sessions_browser", table_name="sessions")
    op.drop_column("sessions", "browser_hash")
    op.drop_column("sessions", "locked_at")
    op.drop_column("services", "needs_referral")
    op.drop_constraint(op.f("ck_clinics_lock_minutes"), "clinics")
    op.drop_index("ix_messages_patient", table_name="messages")
    op.execute(f"REVOKE UPDATE (patient_id) ON messages FROM {APP}")
    op.drop_constraint(op.f("ck_patients_guardian"), "patients")
    op.drop_constraint(op.f("ck_patients_merged"), "patients")
    op.drop_constraint("fk_patients_guardian_id", "patients", type_="foreignkey")
    op.drop_constraint("fk_patients_merged_into_id", "patients", type_="foreignkey")
    op.drop_index("ix_patients_merged", table_name="patients", postgresql_where=sa.text("merged_into_id IS NOT NULL"))
    op.drop_index("ix_patients_guardian", table_name="patients", postgresql_where=sa.text("guardian_id IS NOT NULL"))
    op.drop_column("patients", "merged_at")
    op.drop_column("patients", "merged_into_id")
    op.drop_column("patients", "guardian_id")
    op.drop_column("patients", "needs_interpreter")
    op.drop_column("patients", "member_number_sealed")
    op.drop_column("patients", "insurer_sealed")
    op.drop_column("patients", "alert_sealed")
    op.drop_column("locations", "sheet_secret_sealed")
    op.drop_column("locations", "display_key_hash")
    op.drop_column("displaced_appointments", "called_at")
    op.drop_column("clinics", "lock_minutes")
    op.drop_column("clinics", "set_up_code_hash")
    op.drop_column("clinics", "is_being_set_up")
    op.drop_column("appointments", "has_referral")
    op.drop_table("queue_tickets")
    op.drop_table("prescriptions")
    op.drop_table("notes")
    op.drop_table("documents")
    op.drop_table("running_late")
    op.drop_table("day_closes")
    op.drop_table("preferences")
    op.drop_table("imports")


def _allow_channels(*channels: str) -> None:
    listed = ", ".join(f"'{channel}'::character varying" for channel in channels)
    op.drop_constraint(op.f("ck_appointments_channel"), "appointments")
    op.create_check_constraint(op.f("ck_appointments_channel"), "appointments", f"channel = ANY (ARRAY[{listed}])")


def _guard_audit(events: str) -> None:
    op.execute("DROP TRIGGER append_only ON audit_events")
    op.execute(
        f"CREATE TRIGGER append_only BEFORE {events} ON audit_events"
        " FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_rewrite()"
    )


def _unique_roles(*, nulls_not_distinct: bool) -> None:
    name, columns = op.f("uq_role_grants_clinic_id_user_id_role_location_id"), ("clinic_id", "user_id", "role")
    op.execute(DOUBLE_ROLES)
    op.drop_constraint(name, "role_grants")
    op.create_unique_constraint(
        name, "role_grants", [*columns, "location_id"], postgresql_nulls_not_distinct=nulls_not_distinct
    )
