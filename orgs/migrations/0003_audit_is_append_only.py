"""Audit events are only ever added: the database refuses to change or delete them, but for a
transaction that holds a row of `AuditErasure`.

A later migration that alters the table has to make the triggers of SQLite again, since Django
copies a table there to alter it; a test looks for them.
"""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

REFUSAL = "audit events are append-only"

SQLITE = [
    f"""
    CREATE TRIGGER audit_refuses_{verb.lower()} BEFORE {verb} ON orgs_auditevent
    WHEN NOT EXISTS (SELECT 1 FROM orgs_auditerasure)
    BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END
    """
    for verb in ("UPDATE", "DELETE")
]

POSTGRESQL = [
    f"""
    CREATE FUNCTION audit_refuses_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF NOT EXISTS (SELECT 1 FROM orgs_auditerasure) THEN
            RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
        RETURN NEW;
    END $$
    """,
    """
    CREATE TRIGGER audit_refuses_change BEFORE UPDATE OR DELETE ON orgs_auditevent
    FOR EACH ROW EXECUTE FUNCTION audit_refuses_change()
    """,
]

DROP_SQLITE = [
    "DROP TRIGGER IF EXISTS audit_refuses_update",
    "DROP TRIGGER IF EXISTS audit_refuses_delete",
]
DROP_POSTGRESQL = [
    "DROP TRIGGER IF EXISTS audit_refuses_change ON orgs_auditevent",
    "DROP FUNCTION IF EXISTS audit_refuses_change()",
]


def add_triggers(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    is_sqlite = schema_editor.connection.vendor == "sqlite"
    for statement in SQLITE if is_sqlite else POSTGRESQL:
        schema_editor.execute(statement)


def drop_triggers(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    is_sqlite = schema_editor.connection.vendor == "sqlite"
    for statement in DROP_SQLITE if is_sqlite else DROP_POSTGRESQL:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("orgs", "0002_provider_keys_budgets_and_audit")]

    operations = [migrations.RunPython(add_triggers, drop_triggers)]
