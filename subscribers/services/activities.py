"""Takes in what people do in a shop or an app, and adds it up in the same transaction."""

from collections.abc import Sequence

from django.db import connection, transaction

from accounts.services.permission import require
from accounts.types import Actor
from subscribers.models import Contact, ContactActivity
from subscribers.types import NewActivity

# In order of the contact, so that two at once cannot wait for each other.
_ADD_UP = """
INSERT INTO subscribers_activitytotal AS known (contact_id, name, times, total, last_at)
SELECT contact_id, name, count(*), coalesce(sum(value), 0), max(occurred_at)
FROM subscribers_contactactivity WHERE id = ANY (%s) GROUP BY contact_id, name ORDER BY contact_id, name
ON CONFLICT (contact_id, name) DO UPDATE SET
    times = known.times + EXCLUDED.times,
    total = known.total + EXCLUDED.total,
    last_at = greatest(known.last_at, EXCLUDED.last_at)
"""


@transaction.atomic
def record_activities(*, actor: Actor, activities: Sequence[NewActivity]) -> int:
    """Add them for all contacts who are in the data and not restricted; returns how many. Raises PermissionRefused."""
    require(actor, "subscribers.edit")
    wanted = {each.contact_id for each in activities}
    known = set(Contact.objects.filter(pk__in=wanted, restricted_at=None).values_list("pk", flat=True))
    rows = [
        ContactActivity(
            contact_id=each.contact_id,
            name=each.name,
            occurred_at=each.occurred_at,
            value=each.value,
            properties=dict(each.properties),
        )
        for each in activities
        if each.contact_id in known
    ]
    made = ContactActivity.objects.bulk_create(rows, batch_size=2_000)
    with connection.cursor() as cursor:
        cursor.execute(_ADD_UP, [[row.pk for row in made]])
    return len(made)
