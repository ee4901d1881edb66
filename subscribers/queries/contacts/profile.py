"""One person as the team sees them: where they stand and on what ground, and everything they ever said."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils import timezone

from deliverability.queries.suppression_page import Held, suppressions_of
from subscribers.models import ConsentRecord, Contact, CustomField, Subscription
from subscribers.queries.consent.ledger import said_by
from subscribers.types import SubscriptionState

Place = tuple[datetime, int]


@dataclass(frozen=True, slots=True)
class KnownField:
    """One custom field; `value` is None where nothing is known."""

    key: str
    label: str
    kind: str
    value: Any
    options: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Profile:
    """`standings` carry the ledger entry that allows each; `ever_held` also suppressions that are over."""

    contact: Contact
    standings: list[Subscription]
    ever_held: list[Held]
    fields: list[KnownField]

    @property
    def suppressions(self) -> list[Held]:
        """Those that hold now."""
        return [held for held in self.ever_held if held.is_live]

    @property
    def is_paused(self) -> bool:
        return self.contact.paused_until is not None and self.contact.paused_until > timezone.now()

    @property
    def is_on_a_list(self) -> bool:
        return any(standing.state != SubscriptionState.UNSUBSCRIBED for standing in self.standings)


def profile_of(contact_id: int) -> Profile | None:
    """None for somebody who is not in the data."""
    contact = Contact.objects.filter(pk=contact_id).first()
    if contact is None:
        return None
    standings = Subscription.objects.filter(contact=contact).select_related("mailing_list", "consent__wording")
    held = suppressions_of(bytes(contact.address_key))
    fields = [
        KnownField(field.key, field.label, field.kind, contact.attributes.get(field.key), tuple(field.options))
        for field in CustomField.offered.order_by("label")
    ]
    return Profile(contact, list(standings.order_by("mailing_list__name")), held, fields)


def consent_log(contact_id: int, *, below: Place | None = None, most: int = 50) -> list[ConsentRecord]:
    """What the person said, newest first, below a moment and an id."""
    said = said_by(contact_id).select_related("mailing_list", "wording")
    if below:
        moment, key = below
        said = said.filter(Q(occurred_at__lt=moment) | Q(occurred_at=moment, pk__lt=key))
    return list(said.order_by("-occurred_at", "-pk")[:most])
