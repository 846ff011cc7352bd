"""Every table of the first release, with its keys, constraints and indexes."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "audit_events",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("object_kind", sa.String(), nullable=False),
        sa.Column("object_id", sa.Uuid(), nullable=True),
        sa.Column("from_status", sa.String(), nullable=True),
        sa.Column("to_status", sa.String(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("detail", postgresql.JSONB(), nullable=True),
        sa.Column("request_id", sa.String(), server_default=sa.text("''"), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=True),
        sa.Column("digest", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("clinic_id", "id", name=op.f("pk_audit_events")),
    )
    op.create_index("ix_audit_events_at", "audit_events", ["clinic_id", "at"], unique=False)
    op.create_index("ix_audit_events_object", "audit_events", ["clinic_id", "object_id", "at"], unique=False)
    op.create_table(
        "clinics",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("host_name", sa.String(), nullable=False),
        sa.Column("home_database", sa.String(), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("timezone", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("is_demonstration", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clinics")),
        sa.UniqueConstraint("host_name", name=op.f("uq_clinics_host_name")),
    )
    op.create_table(
        "idempotency_keys",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("principal", sa.String(), nullable=False),
        sa.Column("method", sa.String(), nullable=False),
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("body_hash", sa.LargeBinary(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("body", postgresql.JSONB(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("octet_length(key) BETWEEN 1 AND 255", name=op.f("ck_idempotency_keys_key_length")),
        sa.PrimaryKeyConstraint("clinic_id", "principal", "method", "path", "key", name=op.f("pk_idempotency_keys")),
    )
    op.create_index("ix_idempotency_keys_expires", "idempotency_keys", ["clinic_id", "expires_at"], unique=False)
    op.create_table(
        "inbox_events",
        sa.Column("provider", sa.String(), nullable=False),
        sa.Column("event_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("payload", postgresql.JSONB(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("processed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("provider", "event_id", name=op.f("pk_inbox_events")),
    )
    op.create_table(
        "job_runs",
        sa.Column("job", sa.String(), nullable=False),
        sa.Column("period", sa.String(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("job", "period", name=op.f("pk_job_runs")),
    )
    op.create_table(
        "outbox_events",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("aggregate_id", sa.Uuid(), nullable=False),
        sa.Column("aggregate_version", sa.Integer(), nullable=False),
        sa.Column("payload", postgresql.JSONB(), nullable=False),
        sa.Column("dedupe_key", sa.String(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "ready",
                "done",
                "superseded",
                "dead",
                name="outbox_state",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            server_default=sa.text("'ready'"),
            nullable=False,
        ),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("lease_owner", sa.String(), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lease_epoch", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("last_error", sa.String(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("clinic_id", "id", name=op.f("pk_outbox_events")),
        sa.UniqueConstraint("clinic_id", "dedupe_key", name=op.f("uq_outbox_events_clinic_id_dedupe_key")),
    )
    op.create_index("ix_outbox_events_aggregate", "outbox_events", ["clinic_id", "aggregate_id"], unique=False)
    op.create_index(
        "ix_outbox_events_ready",
        "outbox_events",
        ["clinic_id", "not_before"],
        unique=False,
        postgresql_where=sa.text("state = 'ready'"),
    )
    op.create_table(
        "revoked_tokens",
        sa.Column("token_id", sa.String(), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("token_id", name=op.f("pk_revoked_tokens")),
    )
    op.create_table(
        "signing_keys",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("algorithm", sa.String(), nullable=False),
        sa.Column("private_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("public_pem", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signing_keys")),
    )
    op.create_table(
        "users",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("login", sa.String(), nullable=False),
        sa.Column("display_name", sa.String(), nullable=False),
        sa.Column("password_hash", sa.String(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("login", name=op.f("uq_users_login")),
    )
    op.create_table(
        "api_clients",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("secret_hash", sa.LargeBinary(), nullable=False),
        sa.Column("scopes", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinics.id"], name=op.f("fk_api_clients_clinic_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_clients")),
    )
    op.create_index("ix_api_clients_clinic", "api_clients", ["clinic_id"], unique=False)
    op.create_table(
        "clinic_keys",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column(
            "purpose",
            sa.Enum("data", "search", name="key_purpose", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.Column("master_key_id", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinics.id"], name=op.f("fk_clinic_keys_clinic_id")),
        sa.PrimaryKeyConstraint("clinic_id", "purpose", "version", name=op.f("pk_clinic_keys")),
    )
    op.create_table(
        "locations",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("timezone", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinics.id"], name=op.f("fk_locations_clinic_id")),
        sa.PrimaryKeyConstraint("clinic_id", "id", name=op.f("pk_locations")),
        sa.UniqueConstraint("clinic_id", "name", name=op.f("uq_locations_clinic_id_name")),
    )
    op.create_table(
        "patients",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("given_name_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("family_name_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("birth_date_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("phone_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("email_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("address_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("medical_history_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column(
            "verification",
            sa.Enum(
                "verified",
                "unverified",
                name="verification",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinics.id"], name=op.f("fk_patients_clinic_id")),
        sa.PrimaryKeyConstraint("clinic_id", "id", name=op.f("pk_patients")),
    )
    op.create_table(
        "practitioners",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("display_name", sa.String(), nullable=False),
        sa.Column("specialty", sa.String(), nullable=False),
        sa.Column("license_number", sa.String(), nullable=False),
        sa.Column("languages", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinics.id"], name=op.f("fk_practitioners_clinic_id")),
        sa.PrimaryKeyConstraint("clinic_id", "id", name=op.f("pk_practitioners")),
        sa.UniqueConstraint("clinic_id", "license_number", name=op.f("uq_practitioners_clinic_id_license_number")),
    )
    op.create_index("ix_practitioners_specialty", "practitioners", ["clinic_id", "specialty"], unique=False)
    op.create_table(
        "services",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("specialty", sa.String(), nullable=False),
        sa.Column("duration_minutes", sa.Integer(), nullable=False),
        sa.Column("buffer_before_minutes", sa.Integer(), nullable=False),
        sa.Column("buffer_after_minutes", sa.Integer(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("price_amount", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column(
            "prepayment",
            sa.Enum(
                "none",
                "deposit",
                "full",
                name="prepayment",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("hold_minutes", sa.Integer(), nullable=False),
        sa.Column("notice_minutes", sa.Integer(), nullable=False),
        sa.Column("horizon_days", sa.Integer(), nullable=False),
        sa.Column("room_kind", sa.String(), nullable=True),
        sa.Column("device_kind", sa.String(), nullable=True),
        sa.Column("is_video", sa.Boolean(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.CheckConstraint("buffer_after_minutes BETWEEN 0 AND 120", name=op.f("ck_services_buffer_after")),
        sa.CheckConstraint("buffer_before_minutes BETWEEN 0 AND 120", name=op.f("ck_services_buffer_before")),
        sa.CheckConstraint("capacity BETWEEN 1 AND 500", name=op.f("ck_services_capacity")),
        sa.CheckConstraint("duration_minutes BETWEEN 5 AND 480", name=op.f("ck_services_duration")),
        sa.CheckConstraint("hold_minutes BETWEEN 1 AND 60", name=op.f("ck_services_hold")),
        sa.CheckConstraint("notice_minutes >= 0 AND horizon_days BETWEEN 1 AND 730", name=op.f("ck_services_window")),
        sa.CheckConstraint("price_amount >= 0", name=op.f("ck_services_price")),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinics.id"], name=op.f("fk_services_clinic_id")),
        sa.PrimaryKeyConstraint("clinic_id", "id", name=op.f("pk_services")),
        sa.UniqueConstraint("clinic_id", "name", name=op.f("uq_services_clinic_id_name")),
    )
    op.create_table(
        "sessions",
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinics.id"], name=op.f("fk_sessions_clinic_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_sessions_user_id")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_sessions")),
    )
    op.create_index("ix_sessions_ends", "sessions", ["ends_at"], unique=False)
    op.create_index("ix_sessions_user", "sessions", ["user_id"], unique=False)
    op.create_table(
        "devices",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("location_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.CheckConstraint("kind <> ''", name=op.f("ck_devices_kind_given")),
        sa.ForeignKeyConstraint(
            ["clinic_id", "location_id"],
            ["locations.clinic_id", "locations.id"],
            name="fk_locations_location_id",
        ),
        sa.PrimaryKeyConstraint("clinic_id", "id", name=op.f("pk_devices")),
        sa.UniqueConstraint("clinic_id", "location_id", "name", name=op.f("uq_devices_clinic_id_location_id_name")),
    )
    op.create_table(
        "holidays",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("location_id", sa.Uuid(), nullable=True),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["clinic_id", "location_id"],
            ["locations.clinic_id", "locations.id"],
            name="fk_locations_location_id",
        ),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinics.id"], name=op.f("fk_holidays_clinic_id")),
        sa.PrimaryKeyConstraint("clinic_id", "id", name=op.f("pk_holidays")),
    )
    op.create_index("ix_holidays_on_date", "holidays", ["clinic_id", "on_date"], unique=False)
    op.create_table(
        "patient_search_tokens",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("token", sa.LargeBinary(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["clinic_id", "patient_id"],
            ["patients.clinic_id", "patients.id"],
            name="fk_patients_patient_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("clinic_id", "token", "patient_id", name=op.f("pk_patient_search_tokens")),
    )
    op.create_index(
        "ix_patient_search_tokens_patient", "patient_search_tokens", ["clinic_id", "patient_id"], unique=False
    )
    op.create_table(
        "practitioner_services",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("practitioner_id", sa.Uuid(), nullable=False),
        sa.Column("service_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["clinic_id", "practitioner_id"],
            ["practitioners.clinic_id", "practitioners.id"],
            name="fk_practitioners_practitioner_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["clinic_id", "service_id"],
            ["services.clinic_id", "services.id"],
            name="fk_services_service_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("clinic_id", "id", name=op.f("pk_practitioner_services")),
        sa.UniqueConstraint(
            "clinic_id",
            "service_id",
            "practitioner_id",
            name=op.f("uq_practitioner_services_clinic_id_service_id_practitioner_id"),
        ),
    )
    op.create_table(
        "role_grants",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "receptionist",
                "practitioner",
                "nurse",
                "manager",
                "administrator",
                name="role",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("location_id", sa.Uuid(), nullable=True),
        sa.Column("practitioner_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["clinic_id", "location_id"],
            ["locations.clinic_id", "locations.id"],
            name="fk_locations_location_id",
        ),
        sa.ForeignKeyConstraint(
            ["clinic_id", "practitioner_id"],
            ["practitioners.clinic_id", "practitioners.id"],
            name="fk_practitioners_practitioner_id",
        ),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinics.id"], name=op.f("fk_role_grants_clinic_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_role_grants_user_id")),
        sa.PrimaryKeyConstraint("clinic_id", "id", name=op.f("pk_role_grants")),
        sa.UniqueConstraint(
            "clinic_id",
            "user_id",
            "role",
            "location_id",
            name=op.f("uq_role_grants_clinic_id_user_id_role_location_id"),
        ),
    )
    op.create_table(
        "rooms",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("location_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.CheckConstraint("kind <> ''", name=op.f("ck_rooms_kind_given")),
        sa.ForeignKeyConstraint(
            ["clinic_id", "location_id"],
            ["locations.clinic_id", "locations.id"],
            name="fk_locations_location_id",
        ),
        sa.PrimaryKeyConstraint("clinic_id", "id", name=op.f("pk_rooms")),
        sa.UniqueConstraint("clinic_id", "location_id", "name", name=op.f("uq_rooms_clinic_id_location_id_name")),
    )
    op.create_table(
        "schedules",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("practitioner_id", sa.Uuid(), nullable=False),
        sa.Column("location_id", sa.Uuid(), nullable=False),
        sa.Column("slot_minutes", sa.Integer(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("generated_until", sa.Date(), nullable=True),
        sa.CheckConstraint("slot_minutes BETWEEN 5 AND 60", name=op.f("ck_schedules_slot_minutes")),
        sa.ForeignKeyConstraint(
            ["clinic_id", "location_id"],
            ["locations.clinic_id", "locations.id"],
            name="fk_locations_location_id",
        ),
        sa.ForeignKeyConstraint(
            ["clinic_id", "practitioner_id"],
            ["practitioners.clinic_id", "practitioners.id"],
            name="fk_practitioners_practitioner_id",
        ),
        sa.PrimaryKeyConstraint("clinic_id", "id", name=op.f("pk_schedules")),
        sa.UniqueConstraint(
            "clinic_id",
            "practitioner_id",
            "location_id",
            name=op.f("uq_schedules_clinic_id_practitioner_id_location_id"),
        ),
    )
    op.create_table(
        "schedule_exceptions",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("schedule_id", sa.Uuid(), nullable=False),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("starts_local", sa.Time(), nullable=False),
        sa.Column("ends_local", sa.Time(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("closed", "extra", name="exception_kind", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.Column("reason", sa.String(), nullable=False),
        sa.CheckConstraint("starts_local < ends_local", name=op.f("ck_schedule_exceptions_interval")),
        sa.ForeignKeyConstraint(
            ["clinic_id", "schedule_id"],
            ["schedules.clinic_id", "schedules.id"],
            name="fk_schedules_schedule_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("clinic_id", "id", name=op.f("pk_schedule_exceptions")),
    )
    op.create_index(
        "ix_schedule_exceptions_schedule",
        "schedule_exceptions",
        ["clinic_id", "schedule_id", "on_date"],
        unique=False,
    )
    op.create_table(
        "schedule_rules",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("schedule_id", sa.Uuid(), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("starts_local", sa.Time(), nullable=False),
        sa.Column("ends_local", sa.Time(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("service_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("starts_local < ends_local", name=op.f("ck_schedule_rules_interval")),
        sa.CheckConstraint("valid_until IS NULL OR valid_until >= valid_from", name=op.f("ck_schedule_rules_validity")),
        sa.CheckConstraint("weekday BETWEEN 0 AND 6", name=op.f("ck_schedule_rules_weekday")),
        sa.ForeignKeyConstraint(
            ["clinic_id", "schedule_id"],
            ["schedules.clinic_id", "schedules.id"],
            name="fk_schedules_schedule_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["clinic_id", "service_id"], ["services.clinic_id", "services.id"], name="fk_services_service_id"
        ),
        sa.PrimaryKeyConstraint("clinic_id", "id", name=op.f("pk_schedule_rules")),
    )
    op.create_index("ix_schedule_rules_schedule", "schedule_rules", ["clinic_id", "schedule_id"], unique=False)
    op.create_table(
        "slots",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("schedule_id", sa.Uuid(), nullable=False),
        sa.Column("practitioner_id", sa.Uuid(), nullable=False),
        sa.Column("location_id", sa.Uuid(), nullable=False),
        sa.Column("specialty", sa.String(), nullable=False),
        sa.Column("service_id", sa.Uuid(), nullable=True),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("max_capacity", sa.SmallInteger(), server_default=sa.text("1"), nullable=False),
        sa.Column("current_bookings", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("overbook_limit", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("overbooked", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column(
            "status",
            sa.Enum("open", "blocked", name="slot_status", native_enum=False, create_constraint=True, length=24),
            server_default=sa.text("'open'"),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.CheckConstraint("current_bookings BETWEEN 0 AND max_capacity", name=op.f("ck_slots_current_bookings")),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_slots_interval")),
        sa.CheckConstraint("max_capacity > 0", name=op.f("ck_slots_max_capacity")),
        sa.CheckConstraint("overbooked BETWEEN 0 AND overbook_limit", name=op.f("ck_slots_overbooked")),
        sa.CheckConstraint("service_id IS NOT NULL OR max_capacity = 1", name=op.f("ck_slots_session_capacity")),
        sa.ForeignKeyConstraint(
            ["clinic_id", "location_id"],
            ["locations.clinic_id", "locations.id"],
            name="fk_locations_location_id",
        ),
        sa.ForeignKeyConstraint(
            ["clinic_id", "practitioner_id"],
            ["practitioners.clinic_id", "practitioners.id"],
            name="fk_practitioners_practitioner_id",
        ),
        sa.ForeignKeyConstraint(
            ["clinic_id", "schedule_id"],
            ["schedules.clinic_id", "schedules.id"],
            name="fk_schedules_schedule_id",
        ),
        sa.ForeignKeyConstraint(
            ["clinic_id", "service_id"], ["services.clinic_id", "services.id"], name="fk_services_service_id"
        ),
        sa.PrimaryKeyConstraint("clinic_id", "id", name=op.f("pk_slots")),
        sa.UniqueConstraint("clinic_id", "id", "practitioner_id", "location_id", name="uq_slots_place"),
        sa.UniqueConstraint(
            "clinic_id",
            "practitioner_id",
            "starts_at",
            name=op.f("uq_slots_clinic_id_practitioner_id_starts_at"),
        ),
        postgresql_with={"fillfactor": 80},
    )
    op.create_index("ix_slots_location", "slots", ["clinic_id", "location_id", "starts_at"], unique=False)
    op.create_index(
        "ix_slots_open_practitioner",
        "slots",
        ["clinic_id", "practitioner_id", "starts_at"],
        unique=False,
        postgresql_where=sa.text("status = 'open'"),
    )
    op.create_index(
        "ix_slots_open_specialty",
        "slots",
        ["clinic_id", "specialty", "starts_at"],
        unique=False,
        postgresql_where=sa.text("status = 'open'"),
    )
    op.create_index("ix_slots_schedule", "slots", ["clinic_id", "schedule_id", "starts_at"], unique=False)
    op.create_table(
        "appointments",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("practitioner_id", sa.Uuid(), nullable=False),
        sa.Column("location_id", sa.Uuid(), nullable=False),
        sa.Column("service_id", sa.Uuid(), nullable=False),
        sa.Column("slot_id", sa.Uuid(), nullable=False),
        sa.Column("room_id", sa.Uuid(), nullable=True),
        sa.Column("device_id", sa.Uuid(), nullable=True),
        sa.Column(
            "status",
            sa.Enum(
                "pending",
                "booked",
                "arrived",
                "checked-in",
                "fulfilled",
                "cancelled",
                "noshow",
                "entered-in-error",
                name="status",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column(
            "cancel_reason",
            sa.Enum(
                "hold-expired",
                "patient",
                "clinic",
                "payment-failed",
                "left",
                "moved",
                name="cancel_reason",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=True,
        ),
        sa.Column(
            "live",
            sa.Boolean(),
            sa.Computed("status IN ('pending', 'booked', 'arrived', 'checked-in', 'fulfilled')", persisted=True),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("occupies_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("occupies_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "during",
            postgresql.TSTZRANGE(),
            sa.Computed("tstzrange(starts_at, ends_at)", persisted=True),
            nullable=False,
        ),
        sa.Column(
            "occupies",
            postgresql.TSTZRANGE(),
            sa.Computed("tstzrange(occupies_from, occupies_until)", persisted=True),
            nullable=False,
        ),
        sa.Column("starts_local", sa.DateTime(), nullable=False),
        sa.Column("timezone", sa.String(), nullable=False),
        sa.Column("hold_expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("pay_deadline_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("price_amount", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("is_due_at_desk", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("overbook", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("overbook_reason", sa.String(), nullable=True),
        sa.Column(
            "channel",
            sa.Enum(
                "desk",
                "kiosk",
                "online",
                "api",
                name="channel",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("holder_browser", sa.LargeBinary(), nullable=True),
        sa.Column("holder_address", sa.LargeBinary(), nullable=True),
        sa.Column("comment_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("booked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("arrived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("checked_in_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("roomed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("fulfilled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("noshow_at", sa.DateTime(timezone=True), nullable=True),
        postgresql.ExcludeConstraint(
            (sa.column("clinic_id"), "="),
            (sa.column("device_id"), "="),
            (sa.column("slot_id"), "<>"),
            (sa.column("occupies"), "&&"),
            where=sa.text("live AND NOT overbook AND device_id IS NOT NULL"),
            using="gist",
            name="ex_appointments_device",
        ),
        postgresql.ExcludeConstraint(
            (sa.column("clinic_id"), "="),
            (sa.column("patient_id"), "="),
            (sa.column("during"), "&&"),
            where=sa.text("live"),
            using="gist",
            name="ex_appointments_patient",
        ),
        postgresql.ExcludeConstraint(
            (sa.column("clinic_id"), "="),
            (sa.column("practitioner_id"), "="),
            (sa.column("slot_id"), "<>"),
            (sa.column("occupies"), "&&"),
            where=sa.text("live AND NOT overbook"),
            using="gist",
            name="ex_appointments_practitioner",
        ),
        postgresql.ExcludeConstraint(
            (sa.column("clinic_id"), "="),
            (sa.column("room_id"), "="),
            (sa.column("slot_id"), "<>"),
            (sa.column("occupies"), "&&"),
            where=sa.text("live AND NOT overbook AND room_id IS NOT NULL"),
            using="gist",
            name="ex_appointments_room",
        ),
        sa.CheckConstraint(
            "(status = 'cancelled') <= (cancel_reason IS NOT NULL)",
            name=op.f("ck_appointments_cancel_has_reason"),
        ),
        sa.CheckConstraint(
            "(status = 'pending') <= (hold_expires_at IS NOT NULL)", name=op.f("ck_appointments_hold_has_end")
        ),
        sa.CheckConstraint("NOT overbook OR overbook_reason <> ''", name=op.f("ck_appointments_overbook_has_reason")),
        sa.CheckConstraint(
            "occupies_from <= starts_at AND occupies_until >= ends_at", name=op.f("ck_appointments_buffers")
        ),
        sa.CheckConstraint("price_amount >= 0", name=op.f("ck_appointments_price")),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_appointments_interval")),
        sa.ForeignKeyConstraint(
            ["clinic_id", "device_id"], ["devices.clinic_id", "devices.id"], name="fk_devices_device_id"
        ),
        sa.ForeignKeyConstraint(
            ["clinic_id", "patient_id"], ["patients.clinic_id", "patients.id"], name="fk_patients_patient_id"
        ),
        sa.ForeignKeyConstraint(["clinic_id", "room_id"], ["rooms.clinic_id", "rooms.id"], name="fk_rooms_room_id"),
        sa.ForeignKeyConstraint(
            ["clinic_id", "service_id"], ["services.clinic_id", "services.id"], name="fk_services_service_id"
        ),
        sa.ForeignKeyConstraint(
            ["clinic_id", "slot_id", "practitioner_id", "location_id"],
            ["slots.clinic_id", "slots.id", "slots.practitioner_id", "slots.location_id"],
            name="fk_slots_place",
        ),
        sa.PrimaryKeyConstraint("clinic_id", "id", name=op.f("pk_appointments")),
        postgresql_with={"fillfactor": 90},
    )
    op.create_index("ix_appointments_location", "appointments", ["clinic_id", "location_id", "starts_at"], unique=False)
    op.create_index("ix_appointments_patient", "appointments", ["clinic_id", "patient_id", "starts_at"], unique=False)
    op.create_index(
        "ix_appointments_pending",
        "appointments",
        ["clinic_id", "hold_expires_at"],
        unique=False,
        postgresql_where=sa.text("status = 'pending'"),
    )
    op.create_index(
        "ix_appointments_practitioner",
        "appointments",
        ["clinic_id", "practitioner_id", "starts_at"],
        unique=False,
    )
    op.create_index("ix_appointments_slot", "appointments", ["clinic_id", "slot_id"], unique=False)
    op.create_index(
        "ix_appointments_room",
        "appointments",
        ["clinic_id", "room_id", "starts_at"],
        unique=False,
        postgresql_where=sa.text("live AND room_id IS NOT NULL"),
    )
    op.create_index(
        "ix_appointments_device",
        "appointments",
        ["clinic_id", "device_id", "starts_at"],
        unique=False,
        postgresql_where=sa.text("live AND device_id IS NOT NULL"),
    )
    op.create_index(
        "uq_appointments_patient_start",
        "appointments",
        ["clinic_id", "patient_id", "starts_at"],
        unique=True,
        postgresql_where=sa.text("live"),
    )
    op.create_table(
        "appointment_slots",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("appointment_id", sa.Uuid(), nullable=False),
        sa.Column("slot_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["clinic_id", "appointment_id"],
            ["appointments.clinic_id", "appointments.id"],
            name="fk_appointments_appointment_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["clinic_id", "slot_id"], ["slots.clinic_id", "slots.id"], name="fk_slots_slot_id"),
        sa.PrimaryKeyConstraint("clinic_id", "appointment_id", "slot_id", name=op.f("pk_appointment_slots")),
    )
    op.create_index("ix_appointment_slots_slot", "appointment_slots", ["clinic_id", "slot_id"], unique=False)
    op.create_table(
        "messages",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("appointment_id", sa.Uuid(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("appointment_version", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("recipient_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("subject_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("body_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["clinic_id", "appointment_id"],
            ["appointments.clinic_id", "appointments.id"],
            name="fk_appointments_appointment_id",
        ),
        sa.ForeignKeyConstraint(
            ["clinic_id", "patient_id"], ["patients.clinic_id", "patients.id"], name="fk_patients_patient_id"
        ),
        sa.PrimaryKeyConstraint("clinic_id", "id", name=op.f("pk_messages")),
        sa.UniqueConstraint(
            "clinic_id",
            "appointment_id",
            "kind",
            "appointment_version",
            name=op.f("uq_messages_clinic_id_appointment_id_kind_appointment_version"),
        ),
    )
    op.create_index("ix_messages_created", "messages", ["clinic_id", "created_at"], unique=False)


def downgrade() -> None:
    op.drop_table("messages")
    op.drop_table("appointment_slots")
    op.drop_table("appointments")
    op.drop_table("slots")
    op.drop_table("schedule_rules")
    op.drop_table("schedule_exceptions")
    op.drop_table("schedules")
    op.drop_table("rooms")
    op.drop_table("role_grants")
    op.drop_table("practitioner_services")
    op.drop_table("patient_search_tokens")
    op.drop_table("holidays")
    op.drop_table("devices")
    op.drop_table("sessions")
    op.drop_table("services")
    op.drop_table("practitioners")
    op.drop_table("patients")
    op.drop_table("locations")
    op.drop_table("clinic_keys")
    op.drop_table("api_clients")
    op.drop_table("users")
    op.drop_table("signing_keys")
    op.drop_table("revoked_tokens")
    op.drop_table("outbox_events")
    op.drop_table("job_runs")
    op.drop_table("inbox_events")
    op.drop_table("idempotency_keys")
    op.drop_table("clinics")
    op.drop_table("audit_events")
