from django.db import migrations

CREATE = """
CREATE FUNCTION subscribers_refuse_ledger_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'The consent ledger is append-only: record a withdrawal instead of changing entry %.', OLD.id;
END $$;
CREATE TRIGGER consent_ledger_is_append_only BEFORE UPDATE OR DELETE ON subscribers_consentrecord
    FOR EACH ROW EXECUTE FUNCTION subscribers_refuse_ledger_change();
"""
DROP = """
DROP TRIGGER consent_ledger_is_append_only ON subscribers_consentrecord;
DROP FUNCTION subscribers_refuse_ledger_change();
"""


class Migration(migrations.Migration):
    dependencies = [("subscribers", "0001_initial")]
    operations = [migrations.RunSQL(CREATE, DROP)]
