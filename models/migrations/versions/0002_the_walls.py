"""What each database role may do, row-level security by clinic, and an audit log that nobody rewrites."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

APP = "holdfast_app"
WORKER = "holdfast_worker"

# Table -> (what app may do, what worker may do). Anything not written here is refused.
GRANTS = {
    "alembic_version": ("SELECT", "SELECT"),
    "clinics": ("SELECT, UPDATE", "SELECT"),
    "users": ("SELECT, INSERT, UPDATE", "SELECT"),
    "sessions": ("SELECT, INSERT, UPDATE", "SELECT, DELETE"),
    "api_clients": ("SELECT, INSERT, UPDATE", "SELECT"),
    "revoked_tokens": ("SELECT, INSERT", "SELECT, DELETE"),
    "signing_keys": ("SELECT, INSERT, UPDATE", "SELECT"),
    "inbox_events": ("SELECT, INSERT", "SELECT, INSERT, UPDATE, DELETE"),
    "job_runs": ("SELECT", "SELECT, INSERT, UPDATE, DELETE"),
    "clinic_keys": ("SELECT, INSERT", "SELECT, INSERT"),
    "locations": ("SELECT, INSERT, UPDATE", "SELECT"),
    "rooms": ("SELECT, INSERT, UPDATE", "SELECT"),
    "devices": ("SELECT, INSERT, UPDATE", "SELECT"),
    "practitioners": ("SELECT, INSERT, UPDATE", "SELECT"),
    "services": ("SELECT, INSERT, UPDATE", "SELECT"),
    "practitioner_services": ("SELECT, INSERT, UPDATE, DELETE", "SELECT"),
    "role_grants": ("SELECT, INSERT, UPDATE, DELETE", "SELECT"),
    "schedules": ("SELECT, INSERT, UPDATE", "SELECT, UPDATE"),
    "schedule_rules": ("SELECT, INSERT, UPDATE, DELETE", "SELECT"),
    "schedule_exceptions": ("SELECT, INSERT, UPDATE, DELETE", "SELECT"),
    "holidays": ("SELECT, INSERT, UPDATE, DELETE", "SELECT, INSERT"),
    "slots": ("SELECT, INSERT, UPDATE, DELETE", "SELECT, INSERT, UPDATE, DELETE"),
    "patients": ("SELECT, INSERT, UPDATE", "SELECT"),
    "patient_search_tokens": ("SELECT, INSERT, DELETE", "SELECT"),
    "appointments": ("SELECT, INSERT, UPDATE", "SELECT, UPDATE"),
    "appointment_slots": ("SELECT, INSERT, DELETE", "SELECT"),
    "audit_events": ("SELECT, INSERT", "SELECT, INSERT"),
    "outbox_events": ("SELECT, INSERT, UPDATE", "SELECT, INSERT, UPDATE, DELETE"),
    "idempotency_keys": ("SELECT, INSERT, UPDATE", "SELECT, DELETE"),
    "messages": ("SELECT", "SELECT, INSERT, UPDATE"),
}
GLOBAL = {
    "alembic_version",
    "clinics",
    "users",
    "sessions",
    "api_clients",
    "revoked_tokens",
    "signing_keys",
    "inbox_events",
    "job_runs",
}
OWN_CLINIC = "clinic_id = nullif(current_setting('holdfast.clinic_id', true), '')::uuid"

REFUSE_REWRITE = """
CREATE FUNCTION refuse_audit_rewrite() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'audit events are append-only' USING ERRCODE = 'insufficient_privilege';
END
$$
"""


def upgrade() -> None:
    op.execute("REVOKE ALL ON SCHEMA public FROM PUBLIC")
    op.execute(f"GRANT USAGE ON SCHEMA public TO {APP}, {WORKER}")
    for table, (app, worker) in GRANTS.items():
        op.execute(f"GRANT {app} ON {table} TO {APP}")
        op.execute(f"GRANT {worker} ON {table} TO {WORKER}")
        if table not in GLOBAL:
            op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
            op.execute(f"CREATE POLICY own_clinic ON {table} USING ({OWN_CLINIC}) WITH CHECK ({OWN_CLINIC})")
    op.execute(REFUSE_REWRITE)
    op.execute(
        "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_events"
        " FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_rewrite()"
    )


def downgrade() -> None:
    op.execute("DROP TRIGGER append_only ON audit_events")
    op.execute("DROP FUNCTION refuse_audit_rewrite()")
    for table in GRANTS:
        if table not in GLOBAL:
            op.execute(f"DROP POLICY own_clinic ON {table}")
            op.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
        op.execute(f"REVOKE ALL ON {table} FROM {APP}, {WORKER}")
    op.execute(f"REVOKE USAGE ON SCHEMA public FROM {APP}, {WORKER}")
