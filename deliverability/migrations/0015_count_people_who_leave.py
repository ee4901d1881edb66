from django.db import migrations, models

# What the events so far come to, as deliverability.services.events counts from now on.
PEOPLE_SO_FAR = """
UPDATE deliverability_mailingcount SET people = found.people FROM (
    SELECT mailing_id, mailbox_provider, kind, count(*) AS people FROM (
        SELECT DISTINCT ON (mailing_id, kind, recipient_id) mailing_id, mailbox_provider, kind
        FROM deliverability_event WHERE kind IN (6, 9)
        ORDER BY mailing_id, kind, recipient_id, id
    ) first_event GROUP BY mailing_id, mailbox_provider, kind
) found
WHERE found.mailing_id = deliverability_mailingcount.mailing_id AND found.kind = deliverability_mailingcount.kind
    AND found.mailbox_provider = deliverability_mailingcount.mailbox_provider
"""


class Migration(migrations.Migration):
    dependencies = [("deliverability", "0014_routes")]

    operations = [
        migrations.AlterField(
            model_name="mailingcount",
            name="people",
            field=models.BigIntegerField(
                db_default=0, help_text="Who opened, clicked, left or complained, each person once; machines left out."
            ),
        ),
        migrations.RunSQL(PEOPLE_SO_FAR, migrations.RunSQL.noop),
    ]
