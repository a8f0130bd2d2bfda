"""The log refuses to be changed, whoever asks."""

from typing import ClassVar

from django.db import migrations

_FORWARDS = """
create function audit_append_only() returns trigger language plpgsql as $$
begin
    raise exception 'the audit log is append-only';
end $$;
create trigger audit_append_only before update or delete on audit_event
    for each row execute function audit_append_only();
"""
_BACKWARDS = "drop trigger audit_append_only on audit_event; drop function audit_append_only();"


class Migration(migrations.Migration):
    dependencies: ClassVar = [("audit", "0001_initial")]
    operations: ClassVar = [migrations.RunSQL(_FORWARDS, _BACKWARDS)]
