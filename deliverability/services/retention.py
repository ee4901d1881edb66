"""What the engine keeps for a while, by kind: how much of it is too old, and forgetting that."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from deliverability.services.forgetting_lanes import forget_old_changes, old_changes
from deliverability.services.guarding.retention import forget_flow, old_flow
from deliverability.services.inbound_mail.retention import forget_mail, old_mail
from deliverability.services.partitions import drop_events, old_events
from deliverability.services.soft_bounces import forget_soft_bounces, old_soft_bounces
from deliverability.services.webhooks.retention import forget_webhooks, old_webhooks

Count = Callable[[datetime], int]


@dataclass(frozen=True, slots=True)
class Shelf:
    """Both take the moment before which things are too old, and return how many those are or were."""

    count: Count
    forget: Count


def shelves() -> Mapping[str, Shelf]:
    """By kind."""
    return {
        "mail_events": Shelf(old_events, drop_events),
        "inbound_mails": Shelf(lambda before: old_mail(before).count(), forget_mail),
        "webhooks": Shelf(lambda before: old_webhooks(before).count(), forget_webhooks),
        "soft_bounces": Shelf(lambda before: old_soft_bounces(before).count(), forget_soft_bounces),
        "flow_counts": Shelf(lambda before: old_flow(before).count(), forget_flow),
        "pace_changes": Shelf(lambda before: old_changes(before).count(), forget_old_changes),
    }
