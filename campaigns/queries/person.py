"""What campaigns hold of one person besides the mail that they got: those that left them out, and why."""

from collections.abc import Iterator
from typing import Any

from campaigns.models import Exclusion
from subscribers.queries.rights.export import Section


def mailings_without(contact_id: int, address: str) -> Section:
    """A section of what is told to the person."""

    def rows() -> Iterator[dict[str, Any]]:
        found = Exclusion.objects.filter(contact_ids__contains=[contact_id]).order_by("campaign_id")
        yield from (
            {"campaign": name, "at": at, "reason": reason}
            for name, at, reason in found.values_list("campaign__name", "campaign__started_at", "reason")
        )

    return Section(
        "left_out", "Mailings to your lists that we did not send you, and why.", ("campaign", "at", "reason"), rows
    )
