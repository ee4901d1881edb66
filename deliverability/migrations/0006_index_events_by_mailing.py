from django.db import migrations

# Serves every number of a report and the people behind it. Recipients in the key make lists page by key; what follows
# is there so that people, links and machines are told apart without a visit to the table.
CREATE = """
CREATE INDEX event_of_mailing ON deliverability_event (mailing_id, kind, recipient_id)
    INCLUDE (agent_kind, link);
"""


class Migration(migrations.Migration):
    dependencies = [("deliverability", "0005_first_partitions")]
    operations = [migrations.RunSQL(CREATE, "DROP INDEX event_of_mailing")]
