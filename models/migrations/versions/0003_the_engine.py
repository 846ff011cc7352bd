"""Series, leave and closures, the worklist of displaced appointments, the waitlist, and overbooking by schedule."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

APP = "holdfast_app"
WORKER = "holdfast_worker"
# Table -> (what app may do, what worker may do), as in 0002.
GRANTS = {
    "series": ("SELECT, INSERT, UPDATE", "SELECT"),
    "leaves": ("SELECT, INSERT, UPDATE, DELETE", "SELECT"),
    "closures": ("SELECT, INSERT, UPDATE, DELETE", "SELECT"),
    "displaced_appointments": ("SELECT, INSERT, UPDATE", "SELECT, INSERT, UPDATE"),
    "waitlist_entries": ("SELECT, INSERT, UPDATE", "SELECT, INSERT, UPDATE"),
    "waitlist_offers": ("SELECT, INSERT, UPDATE", "SELECT, INSERT, UPDATE"),
}
# The worker holds freed places for those who wait.
HOLDS = ("appointments", "appointment_slots", "idempotency_keys")
OWN_CLINIC = "clinic_id = nullif(current_setting('holdfast.clinic_id', true), '')::uuid"
CHANNELS = ("desk", "kiosk", "online", "api")


def upgrade() -> None:
    op.create_table(
        "closures",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("location_id", sa.Uuid(), nullable=True),
        sa.Column("starts_local", sa.DateTime(), nullable=False),
        sa.Column("ends_local", sa.DateTime(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.CheckConstraint("starts_local < ends_local", name=op.f("ck_closures_interval")),
        sa.ForeignKeyConstraint(
            ["clinic_id", "location_id"], ["locations.clinic_id", "locations.id"], name="fk_locations_location_id"
        ),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinics.id"], name=op.f("fk_closures_clinic_id")),
        sa.PrimaryKeyConstraint("clinic_id", "id", name=op.f("pk_closures")),
    )
    op.create_index("ix_closures_ends", "closures", ["clinic_id", "ends_local"], unique=False)
    op.create_table(
        "leaves",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("practitioner_id", sa.Uuid(), nullable=False),
        sa.Column("starts_local", sa.DateTime(), nullable=False),
        sa.Column("ends_local", sa.DateTime(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.CheckConstraint("starts_local < ends_local", name=op.f("ck_leaves_interval")),
        sa.ForeignKeyConstraint(
            ["clinic_id", "practitioner_id"],
            ["practitioners.clinic_id", "practitioners.id"],
            name="fk_practitioners_practitioner_id",
        ),
        sa.PrimaryKeyConstraint("clinic_id", "id", name=op.f("pk_leaves")),
    )
    op.create_index("ix_leaves_practitioner", "leaves", ["clinic_id", "practitioner_id", "ends_local"], unique=False)
    op.create_table(
        "series",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("service_id", sa.Uuid(), nullable=False),
        sa.Column("practitioner_id", sa.Uuid(), nullable=False),
        sa.Column("location_id", sa.Uuid(), nullable=False),
        sa.Column("every", sa.Integer(), nullable=False),
        sa.Column(
            "unit",
            sa.Enum("day", "week", "month", name="series_unit", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("starts_local", sa.Time(), nullable=False),
        sa.Column("occurrences", sa.Integer(), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.CheckConstraint("every BETWEEN 1 AND 366", name=op.f("ck_series_every")),
        sa.CheckConstraint("occurrences BETWEEN 1 AND 104", name=op.f("ck_series_occurrences")),
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
        sa.ForeignKeyConstraint(
            ["clinic_id", "service_id"], ["services.clinic_id", "services.id"], name="fk_services_service_id"
        ),
        sa.PrimaryKeyConstraint("clinic_id", "id", name=op.f("pk_series")),
    )
    op.create_index("ix_series_patient", "series", ["clinic_id", "patient_id"], unique=False)
    op.create_table(
        "displaced_appointments",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("appointment_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("since_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "settlement",
            sa.Enum(
                "moved",
                "cancelled",
                "kept",
                "fits-again",
                name="settlement",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=True,
        ),
        sa.CheckConstraint(
            "(settled_at IS NULL) = (settlement IS NULL)", name=op.f("ck_displaced_appointments_settled")
        ),
        sa.ForeignKeyConstraint(
            ["clinic_id", "appointment_id"],
            ["appointments.clinic_id", "appointments.id"],
            name="fk_appointments_appointment_id",
        ),
        sa.PrimaryKeyConstraint("clinic_id", "id", name=op.f("pk_displaced_appointments")),
    )
    op.create_index(
        "uq_displaced_appointments_open",
        "displaced_appointments",
        ["clinic_id", "appointment_id"],
        unique=True,
        postgresql_where=sa.text("settled_at IS NULL"),
    )
    op.create_table(
        "waitlist_entries",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("service_id", sa.Uuid(), nullable=False),
        sa.Column("practitioner_id", sa.Uuid(), nullable=True),
        sa.Column("location_id", sa.Uuid(), nullable=True),
        sa.Column("appointment_id", sa.Uuid(), nullable=True),
        sa.Column("weekdays", sa.SmallInteger(), server_default=sa.text("127"), nullable=False),
        sa.Column(
            "part_of_day",
            sa.Enum(
                "any",
                "morning",
                "afternoon",
                "evening",
                name="part_of_day",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("earliest_on", sa.Date(), nullable=True),
        sa.Column("latest_on", sa.Date(), nullable=True),
        sa.Column("is_urgent", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "waiting",
                "offered",
                "booked",
                "withdrawn",
                "lapsed",
                name="entry_status",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "earliest_on IS NULL OR latest_on IS NULL OR earliest_on <= latest_on",
            name=op.f("ck_waitlist_entries_dates"),
        ),
        sa.CheckConstraint("weekdays BETWEEN 1 AND 127", name=op.f("ck_waitlist_entries_weekdays")),
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
        sa.ForeignKeyConstraint(
            ["clinic_id", "service_id"], ["services.clinic_id", "services.id"], name="fk_services_service_id"
        ),
        sa.PrimaryKeyConstraint("clinic_id", "id", name=op.f("pk_waitlist_entries")),
    )
    op.create_index(
        "ix_waitlist_entries_queue",
        "waitlist_entries",
        ["clinic_id", "service_id", "created_at"],
        unique=False,
        postgresql_where=sa.text("status IN ('waiting', 'offered')"),
    )
    op.create_index(
        "uq_waitlist_entries_wish",
        "waitlist_entries",
        ["clinic_id", "patient_id", "service_id"],
        unique=True,
        postgresql_where=sa.text("status IN ('waiting', 'offered')"),
    )
    op.create_table(
        "waitlist_offers",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("appointment_id", sa.Uuid(), nullable=True),
        sa.Column("slot_id", sa.Uuid(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "open",
                "accepted",
                "declined",
                "expired",
                "clashed",
                name="offer_status",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("offered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("status = 'clashed' OR appointment_id IS NOT NULL", name=op.f("ck_waitlist_offers_held")),
        sa.ForeignKeyConstraint(
            ["clinic_id", "appointment_id"],
            ["appointments.clinic_id", "appointments.id"],
            name="fk_appointments_appointment_id",
        ),
        sa.ForeignKeyConstraint(
            ["clinic_id", "entry_id"],
            ["waitlist_entries.clinic_id", "waitlist_entries.id"],
            name="fk_waitlist_entries_entry_id",
        ),
        sa.ForeignKeyConstraint(["clinic_id", "slot_id"], ["slots.clinic_id", "slots.id"], name="fk_slots_slot_id"),
        sa.PrimaryKeyConstraint("clinic_id", "id", name=op.f("pk_waitlist_offers")),
    )
    op.create_index(
        "ix_waitlist_offers_expires",
        "waitlist_offers",
        ["clinic_id", "expires_at"],
        unique=False,
        postgresql_where=sa.text("status = 'open'"),
    )
    op.create_index("ix_waitlist_offers_slot", "waitlist_offers", ["clinic_id", "slot_id"], unique=False)
    op.create_index("uq_waitlist_offers_appointment", "waitlist_offers", ["clinic_id", "appointment_id"], unique=True)
    op.create_index(
        "uq_waitlist_offers_open",
        "waitlist_offers",
        ["clinic_id", "entry_id"],
        unique=True,
        postgresql_where=sa.text("status = 'open'"),
    )
    op.add_column("appointments", sa.Column("series_id", sa.Uuid(), nullable=True))
    op.add_column("appointments", sa.Column("series_number", sa.Integer(), nullable=True))
    op.create_index(
        "ix_appointments_series",
        "appointments",
        ["clinic_id", "series_id", "series_number"],
        unique=False,
        postgresql_where=sa.text("series_id IS NOT NULL"),
    )
    op.create_foreign_key(
        "fk_series_series_id", "appointments", "series", ["clinic_id", "series_id"], ["clinic_id", "id"]
    )
    op.add_column("schedule_rules", sa.Column("capacity", sa.Integer(), nullable=True))
    op.add_column(
        "schedules", sa.Column("overbook_limit", sa.SmallInteger(), server_default=sa.text("1"), nullable=False)
    )
    op.create_check_constraint(
        op.f("ck_appointments_series"), "appointments", "(series_id IS NULL) = (series_number IS NULL)"
    )
    op.create_check_constraint(op.f("ck_schedules_overbook_limit"), "schedules", "overbook_limit BETWEEN 0 AND 20")
    op.create_check_constraint(
        op.f("ck_schedule_rules_capacity"),
        "schedule_rules",
        "capacity IS NULL OR (service_id IS NOT NULL AND capacity BETWEEN 1 AND 500)",
    )
    _allow_channels(*CHANNELS, "waitlist")
    op.add_column("locations", sa.Column("holiday_region", sa.String(length=8), nullable=True))
    op.add_column("holidays", sa.Column("is_kept", sa.Boolean(), server_default=sa.text("true"), nullable=False))
    op.drop_index("ix_holidays_on_date", "holidays")
    op.create_index(
        "uq_holidays_on_date",
        "holidays",
        ["clinic_id", "on_date", "location_id"],
        unique=True,
        postgresql_nulls_not_distinct=True,
    )
    op.drop_constraint(op.f("uq_slots_clinic_id_practitioner_id_starts_at"), "slots")
    op.drop_index("ix_slots_open_practitioner", "slots")
    op.create_index("ix_slots_practitioner", "slots", ["clinic_id", "practitioner_id", "starts_at"], unique=False)
    op.create_index(
        "uq_slots_open_practitioner",
        "slots",
        ["clinic_id", "practitioner_id", "starts_at"],
        unique=True,
        postgresql_where=sa.text("status = 'open'"),
    )
    op.drop_index("ix_appointments_practitioner", "appointments")
    op.create_index(
        "ix_appointments_practitioner",
        "appointments",
        ["clinic_id", "practitioner_id", "starts_at", "live"],
        unique=False,
    )
    for table, (app, worker) in GRANTS.items():
        op.execute(f"GRANT {app} ON {table} TO {APP}")
        op.execute(f"GRANT {worker} ON {table} TO {WORKER}")
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY own_clinic ON {table} USING ({OWN_CLINIC}) WITH CHECK ({OWN_CLINIC})")
    op.execute(f"GRANT INSERT ON {', '.join(HOLDS)} TO {WORKER}")


def downgrade() -> None:
    op.execute(f"REVOKE INSERT ON {', '.join(HOLDS)} FROM {WORKER}")
    _allow_channels(*CHANNELS)
    op.drop_index("ix_appointments_practitioner", "appointments")
    op.create_index(
        "ix_appointments_practitioner", "appointments", ["clinic_id", "practitioner_id", "starts_at"], unique=False
    )
    op.drop_index("uq_slots_open_practitioner", "slots")
    op.drop_index("ix_slots_practitioner", "slots")
    op.create_index(
        "ix_slots_open_practitioner",
        "slots",
        ["clinic_id", "practitioner_id", "starts_at"],
        unique=False,
        postgresql_where=sa.text("status = 'open'"),
    )
    op.create_unique_constraint(
        op.f("uq_slots_clinic_id_practitioner_id_starts_at"), "slots", ["clinic_id", "practitioner_id", "starts_at"]
    )
    op.drop_index("uq_holidays_on_date", "holidays")
    op.create_index("ix_holidays_on_date", "holidays", ["clinic_id", "on_date"], unique=False)
    op.drop_column("holidays", "is_kept")
    op.drop_column("locations", "holiday_region")
    op.drop_constraint(op.f("ck_schedules_overbook_limit"), "schedules")
    op.drop_constraint(op.f("ck_schedule_rules_capacity"), "schedule_rules")
    op.drop_constraint(op.f("ck_appointments_series"), "appointments")
    op.drop_column("schedules", "overbook_limit")
    op.drop_column("schedule_rules", "capacity")
    op.drop_column("appointments", "series_number")
    op.drop_column("appointments", "series_id")
    for table in ("waitlist_offers", "waitlist_entries", "displaced_appointments", "series", "leaves", "closures"):
        op.drop_table(table)


def _allow_channels(*channels: str) -> None:
    listed = ", ".join(f"'{channel}'::character varying" for channel in channels)
    op.drop_constraint(op.f("ck_appointments_channel"), "appointments")
    op.create_check_constraint(op.f("ck_appointments_channel"), "appointments", f"channel = ANY (ARRAY[{listed}])")
