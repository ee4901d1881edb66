"""Sizes of big tables without counting them: the planner's estimate, right to a few per cent after autovacuum."""

import json
from typing import Any

from django.db import connection, models


def estimated_rows(model: type[models.Model]) -> int:
    """0 for a table that nothing has analysed yet."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT greatest(reltuples, 0)::bigint FROM pg_class WHERE oid = %s::regclass", [model._meta.db_table]
        )
        return int(cursor.fetchone()[0])


def estimated_found(found: models.QuerySet[Any]) -> int:
    """How many rows the planner expects a query to find; rough where conditions depend on each other."""
    plan = json.loads(found.order_by().explain(format="json"))
    return int(plan[0]["Plan"]["Plan Rows"])
