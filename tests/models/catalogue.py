"""The database as PostgreSQL itself describes it, as text: what `alembic check` does not see is in here.

python -m tests.models.catalogue        # writes the committed snapshot anew; read the diff before you commit
"""

from pathlib import Path
from typing import Any, LiteralString

import psycopg

SNAPSHOT = Path(__file__).with_name("catalogue.txt")

TABLES: LiteralString = """
SELECT c.relname,
       concat_ws(' ', CASE c.relkind WHEN 'r' THEN 'table' WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialised view'
                      WHEN 'S' THEN 'sequence' WHEN 'p' THEN 'partitioned table' ELSE c.relkind::text END,
                 'owner ' || pg_get_userbyid(c.relowner),
                 CASE WHEN c.relrowsecurity THEN 'row-security' END,
                 CASE WHEN c.relforcerowsecurity THEN 'forced' END,
                 array_to_string(c.reloptions, ','))
FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'v', 'm', 'S', 'p')
"""
COLUMNS: LiteralString = """
SELECT c.relname,
       concat_ws(' ', 'column', a.attname, format_type(a.atttypid, a.atttypmod),
                 CASE WHEN a.attnotnull THEN 'not null' END,
                 CASE WHEN a.attgenerated <> '' THEN 'generated as' WHEN d.oid IS NOT NULL THEN 'default' END,
                 pg_get_expr(d.adbin, d.adrelid))
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'
"""
# Newer versions also list NOT NULL as constraints; those stand with the columns.
CONSTRAINTS: LiteralString = """
SELECT c.relname, concat_ws(' ', 'constraint', n.conname, pg_get_constraintdef(n.oid))
FROM pg_constraint n JOIN pg_class c ON c.oid = n.conrelid
WHERE c.relnamespace = 'public'::regnamespace AND n.contype <> 'n'
"""
INDEXES: LiteralString = """
SELECT tablename, concat_ws(' ', 'index', indexdef) FROM pg_indexes WHERE schemaname = 'public'
"""
POLICIES: LiteralString = """
SELECT tablename, concat_ws(' ', 'policy', policyname, permissive, cmd, 'to', array_to_string(roles, ','),
                            'using', qual, 'check', with_check)
FROM pg_policies WHERE schemaname = 'public'
"""
TRIGGERS: LiteralString = """
SELECT c.relname, concat_ws(' ', 'trigger', pg_get_triggerdef(t.oid), 'enabled', t.tgenabled)
FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
WHERE c.relnamespace = 'public'::regnamespace AND NOT t.tgisinternal
"""
# What the owner may do follows from owning; everything else is listed, PUBLIC included.
GRANTS: LiteralString = """
SELECT c.relname,
       concat_ws(' ', 'grant', string_agg(p.privilege_type, ', ' ORDER BY p.privilege_type), 'to',
                 CASE WHEN p.grantee = 0 THEN 'PUBLIC' ELSE pg_get_userbyid(p.grantee) END)
FROM pg_class c CROSS JOIN LATERAL aclexplode(c.relacl) AS p
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'v', 'm', 'S', 'p')
  AND p.grantee <> c.relowner
GROUP BY c.relname, p.grantee
"""
COLUMN_GRANTS: LiteralString = """
SELECT c.relname, concat_ws(' ', 'column grant', a.attname, array_to_string(a.attacl, ','))
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
WHERE c.relnamespace = 'public'::regnamespace AND a.attacl IS NOT NULL
"""
FUNCTIONS: LiteralString = """
SELECT '(functions)', concat_ws(' ', p.proname, 'owner', pg_get_userbyid(p.proowner),
                                CASE WHEN p.prosecdef THEN 'security definer' END,
                                'for ' || coalesce(array_to_string(p.proacl, ','), 'PUBLIC'),
                                regexp_replace(pg_get_functiondef(p.oid), '\\s+', ' ', 'g'))
FROM pg_proc p
WHERE p.pronamespace = 'public'::regnamespace
  AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
"""
SCHEMA: LiteralString = """
SELECT '(schema)', concat_ws(' ', 'grant', p.privilege_type, 'to',
                             CASE WHEN p.grantee = 0 THEN 'PUBLIC' ELSE pg_get_userbyid(p.grantee) END)
FROM pg_namespace n CROSS JOIN LATERAL aclexplode(n.nspacl) AS p
WHERE n.nspname = 'public' AND p.grantee <> n.nspowner AND pg_get_userbyid(p.grantee) <> 'pg_database_owner'
"""
ROLES: LiteralString = """
SELECT '(roles)', concat_ws(' ', rolname, CASE WHEN rolsuper THEN 'superuser' END,
                            CASE WHEN rolbypassrls THEN 'bypassrls' END,
                            CASE WHEN rolcreaterole THEN 'createrole' END,
                            CASE WHEN rolcreatedb THEN 'createdb' END,
                            CASE WHEN rolreplication THEN 'replication' END,
                            (SELECT 'member of ' || string_agg(m.roleid::regrole::text, ',')
                             FROM pg_auth_members m WHERE m.member = r.oid))
FROM pg_roles r WHERE rolname LIKE 'holdfast%'
"""
EVERYTHING = (
    TABLES,
    COLUMNS,
    CONSTRAINTS,
    INDEXES,
    POLICIES,
    TRIGGERS,
    GRANTS,
    COLUMN_GRANTS,
    FUNCTIONS,
    SCHEMA,
    ROLES,
)


def describe(connection: psycopg.Connection[Any]) -> str:
    """Return the catalogue as text, the same for the same database on every version that is supported."""
    lines = {f"{place}: {text}" for query in EVERYTHING for place, text in connection.execute(query)}
    return "".join(f"{line}\n" for line in sorted(lines))


def main() -> None:
    """Make a throw-away database by the migrations and write its catalogue down."""
    from tests.models.throw_away import migrated_server

    with migrated_server() as url, psycopg.connect(url) as connection:
        SNAPSHOT.write_text(describe(connection))
    print(f"{SNAPSHOT.name}: {len(SNAPSHOT.read_text().splitlines())} lines")


if __name__ == "__main__":
    main()
