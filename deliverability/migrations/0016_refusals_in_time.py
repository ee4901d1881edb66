from django.db import migrations, models

# Whoever was refused, put off or complained, newest first: these are few among what was accepted, which costs nothing.
REFUSALS = """
CREATE INDEX event_of_refusals ON deliverability_event (occurred_at DESC, id DESC)
    INCLUDE (kind, mailbox_provider, mailing_id) WHERE kind IN (2, 3, 5, 6);
"""


class Migration(migrations.Migration):
    dependencies = [("deliverability", "0015_count_people_who_leave")]
    operations = [
        migrations.AddField(
            "flowcount",
            "provider_id",
            models.BigIntegerField(
                db_default=0,
                default=0,
                help_text="The way out; 0 where nobody said which, as in reports that come back.",
            ),
        ),
        migrations.RemoveConstraint("flowcount", "flow_count_once"),
        migrations.AddConstraint(
            "flowcount",
            models.UniqueConstraint(
                fields=["slot", "mailing", "mailbox_provider", "kind", "provider_id"], name="flow_count_once"
            ),
        ),
        migrations.RunSQL(REFUSALS, "DROP INDEX event_of_refusals"),
    ]
