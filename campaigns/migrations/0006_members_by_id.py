from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("campaigns", "0005_approval"),
    ]

    operations = [
        migrations.AddField(
            model_name="campaign",
            name="approver_id",
            field=models.BigIntegerField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="campaign",
            name="held_because",
            field=models.CharField(
                blank=True,
                editable=False,
                help_text="Why it did not start when it was due; empty once somebody has acted on it.",
                max_length=500,
            ),
        ),
        migrations.AddField(
            model_name="campaign",
            name="requester_id",
            field=models.BigIntegerField(editable=False, help_text="Who pressed Send.", null=True),
        ),
    ]
