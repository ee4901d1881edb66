from django.db import migrations

# A hard bounce or a colleague's word used to take the place of "nothing from you", and lifting it forgot both. The
# ledger knows whose last word on all marketing mail was no.
_RESTORE = """
INSERT INTO deliverability_suppression (address_key, address, scope, reason, evidence, added_by, created_at)
SELECT contact.address_key, contact.email, 'marketing', 'unsubscribe',
    'Consent ledger, entry ' || said.id || ': ' || said.source, said.actor, said.occurred_at
FROM (
    SELECT DISTINCT ON (contact_id) contact_id, id, action, source, actor, occurred_at FROM subscribers_consentrecord
    WHERE purpose = 'marketing' AND action IN ('granted', 'withdrawn') ORDER BY contact_id, id DESC
) said JOIN subscribers_contact contact ON contact.id = said.contact_id
WHERE said.action = 'withdrawn'
ON CONFLICT DO NOTHING
"""


class Migration(migrations.Migration):
    dependencies = [("subscribers", "0006_audience_screens"), ("deliverability", "0007_reasons_side_by_side")]
    operations = [migrations.RunSQL(_RESTORE, migrations.RunSQL.noop)]
