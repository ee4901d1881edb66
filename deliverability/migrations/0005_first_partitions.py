from typing import Any

from django.db import migrations

from deliverability.services.partitions import ensure_partitions


def make_partitions(apps: Any, schema_editor: Any) -> None:
    """Set-up leaves room for the coming months; from then on the daily task makes more."""
    ensure_partitions()


class Migration(migrations.Migration):
    dependencies = [("deliverability", "0004_find_expired_leases")]
    operations = [migrations.RunPython(make_partitions, migrations.RunPython.noop)]
