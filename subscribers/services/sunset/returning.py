"""Lets go of people who came back: their standing goes, and what the policy held against them is lifted."""

from collections.abc import Sequence

from django.db import transaction

from deliverability.services.suppression import lift_many
from deliverability.types import Scope, SuppressionReason
from subscribers.models import Contact, SunsetStanding
from subscribers.rules.sunset import Step


@transaction.atomic
def welcome_back(*, standing_ids: Sequence[int], why: str) -> int:
    """Returns how many standings there were. Lifts the policy's own suppressions only, never another reason."""
    found = SunsetStanding.objects.filter(pk__in=standing_ids)
    by_list: dict[int, list[bytes]] = {}
    for key, list_id in found.filter(step=Step.SUPPRESS).values_list("contact__address_key", "mailing_list_id"):
        by_list.setdefault(list_id, []).append(bytes(key))
    for list_id, keys in by_list.items():
        lift_many(
            keys=keys,
            scope=Scope.TOPIC,
            target=list_id,
            reason=SuppressionReason.SUNSET,
            by="The sunset policy",
            why=why,
        )
    deleted, _ = found.delete()
    return deleted


def welcome_back_to_list(*, contact: Contact, mailing_list_id: int) -> None:
    """Whoever asks for a list gets it, however silent they were."""
    found = SunsetStanding.objects.filter(contact=contact, mailing_list_id=mailing_list_id)
    if standing_ids := list(found.values_list("pk", flat=True)):
        welcome_back(standing_ids=standing_ids, why="They asked for this list again.")
