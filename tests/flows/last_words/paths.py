"""The paths by which a marketing mail could leave, asked whom they would reach, and what holds an address."""

from django.utils import timezone

from deliverability.models import Suppression
from deliverability.queries.suppressions import address_key
from deliverability.types import SuppressionReason
from subscribers.models import Contact
from subscribers.queries.audience.selection import audience_sql
from subscribers.queries.segments.asking import room
from subscribers.types import Audience

_OTHERS = {"reader@gmail.com"}


def included(list_id: int) -> list[int]:
    sql, params = audience_sql(Audience(lists=(list_id,)), timezone.now())
    with room() as cursor:
        cursor.execute(f"SELECT contact_id FROM ({sql}) audience WHERE reason IS NULL", params)
        by_id = dict(Contact.with_merged.values_list("pk", "email"))
        return [row[0] for row in cursor.fetchall() if by_id[row[0]] not in _OTHERS]


def suppressed_for(address: str, reason: SuppressionReason) -> bool:
    return Suppression.objects.filter(address_key=address_key(address), reason=reason, lifted_at=None).exists()


def is_held(address: str) -> bool:
    return any(suppressed_for(address, each) for each in (SuppressionReason.COMPLAINT, SuppressionReason.HARD_BOUNCE))
