"""What can be asked again, and the questions that are open."""

from datetime import datetime

from django.db.models import QuerySet

from subscribers.models import MailingList, Reconfirmation
from subscribers.types import SubscriptionState


def to_reconfirm(contact_id: int) -> list[MailingList]:
    """The lists that the person is on, also where the ground for mail is over by now; none that they left."""
    on = MailingList.objects.filter(
        subscriptions__contact=contact_id,
        subscriptions__state=SubscriptionState.SUBSCRIBED,
        subscriptions__consent__isnull=False,
    )
    return list(on.order_by("name", "id"))


def reconfirmations() -> QuerySet[Reconfirmation]:
    """The newest first."""
    return Reconfirmation.objects.select_related("mailing_list").order_by("-pk")[:20]


def due_reconfirmations(now: datetime) -> list[tuple[int, int]]:
    """Id and campaign of those whose deadline has passed, and that nobody has settled."""
    due = Reconfirmation.objects.filter(settled_at=None, deadline_at__lte=now).order_by("deadline_at")
    return list(due.values_list("pk", "campaign_id")[:20])
