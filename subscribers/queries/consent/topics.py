"""What the preference center shows of one person."""

from dataclasses import dataclass

from django.db.models import Q

from deliverability.queries.suppressions import live_suppressions
from deliverability.types import StreamKind, SuppressionReason
from subscribers.models import Contact, MailingList, Subscription
from subscribers.types import Frequency, SubscriptionState


@dataclass(frozen=True, slots=True)
class Topic:
    """One list as its page row: `state` is empty for somebody who never had to do with it."""

    id: int
    name: str
    description: str
    state: str
    frequency: str

    @property
    def is_chosen(self) -> bool:
        return self.state == SubscriptionState.SUBSCRIBED

    @property
    def is_pending(self) -> bool:
        return self.state == SubscriptionState.PENDING


def topics_of(contact_id: int) -> list[Topic]:
    """Every public list, and those private ones with which the person has to do, by name."""
    standings = {each.mailing_list_id: each for each in Subscription.objects.filter(contact_id=contact_id)}
    lists = MailingList.objects.filter(Q(is_public=True) | Q(pk__in=standings)).order_by("name", "id")
    return [_topic(found, standings.get(found.pk)) for found in lists]


def _topic(found: MailingList, standing: Subscription | None) -> Topic:
    state, frequency = (standing.state, standing.frequency) if standing else ("", Frequency.EVERY.value)
    return Topic(found.pk, found.name, found.description, state, frequency)


def is_blocked(contact: Contact) -> bool:
    """Whether a bounce, a complaint or the team keeps mail from this address, which no choice of the person lifts."""
    others = live_suppressions(StreamKind.MARKETING).exclude(reason=SuppressionReason.UNSUBSCRIBE)
    return others.filter(address_key=contact.address_key).exists()


def has_left(contact: Contact) -> bool:
    """Whether the person wants no marketing mail at all."""
    own = live_suppressions(StreamKind.MARKETING).filter(reason=SuppressionReason.UNSUBSCRIBE)
    return own.filter(address_key=contact.address_key).exists()
