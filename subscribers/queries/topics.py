"""What the preference center shows of one person."""

from dataclasses import dataclass

from django.db.models import Q

from deliverability.queries.suppressions import live_suppressions
from deliverability.types import StreamKind, SuppressionReason
from subscribers.models import Contact, MailingList, Subscription
from subscribers.types import SubscriptionState


@dataclass(frozen=True, slots=True)
class Topic:
    """One list as its page row: `state` is empty for somebody who never had to do with it."""

    id: int
    name: str
    description: str
    state: str

    @property
    def is_chosen(self) -> bool:
        return self.state == SubscriptionState.SUBSCRIBED

    @property
    def is_pending(self) -> bool:
        return self.state == SubscriptionState.PENDING


def topics_of(contact_id: int) -> list[Topic]:
    """Every public list, and those private ones with which the person has to do, by name."""
    states = dict(Subscription.objects.filter(contact_id=contact_id).values_list("mailing_list_id", "state"))
    lists = MailingList.objects.filter(Q(is_public=True) | Q(pk__in=states)).order_by("name", "id")
    return [Topic(found.pk, found.name, found.description, states.get(found.pk, "")) for found in lists]


def is_blocked(contact: Contact) -> bool:
    """Whether a bounce, a complaint or the team keeps mail from this address, which no choice of the person lifts."""
    others = live_suppressions(StreamKind.MARKETING).exclude(reason=SuppressionReason.UNSUBSCRIBE)
    return others.filter(address_key=contact.address_key).exists()


def has_left(contact: Contact) -> bool:
    """Whether the person wants no marketing mail at all."""
    own = live_suppressions(StreamKind.MARKETING).filter(reason=SuppressionReason.UNSUBSCRIBE)
    return own.filter(address_key=contact.address_key).exists()
