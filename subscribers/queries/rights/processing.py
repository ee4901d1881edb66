"""What is processed here, of whom, for what, by whom and for how long, as it is really set up (GDPR Art. 30)."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from accounts.errors import OrganisationMissing
from accounts.queries.organisation import current_organisation
from accounts.queries.team import second_factors
from deliverability.queries.processors import Processor, processors
from subscribers.models import (
    ConsentCheckpoint,
    Contact,
    ContactIdentifier,
    CustomField,
    MailingList,
    SignUpForm,
)
from subscribers.queries.estimates import estimated_rows
from subscribers.queries.rights.retention import Kept, kept_now
from subscribers.queries.segments.library import activity_names


@dataclass(frozen=True, slots=True)
class Register:
    """Everything is read at the moment of asking; nothing of it is a text that somebody wrote once."""

    controller: str
    controller_address: str
    website: str
    contacts: int
    lists: list[str]
    forms: list[str]
    follows_opens: bool
    follows_clicks: bool
    fields: list[str]
    activities: list[str]
    has_foreign_ids: bool
    processors: list[Processor]
    retention: list[Kept]
    members: int
    with_second_factor: int
    is_https: bool
    checkpoint_at: datetime | None


def register() -> Register:
    """A fixed number of queries, none of which counts people."""
    name, address, website = _controller()
    members, secured = second_factors()
    return Register(
        controller=name,
        controller_address=address,
        website=website,
        contacts=estimated_rows(Contact),
        lists=list(MailingList.objects.order_by("name").values_list("name", flat=True)),
        forms=list(SignUpForm.objects.order_by("title").values_list("title", flat=True)),
        follows_opens=Contact.objects.filter(tracks_opens=True).exists(),
        follows_clicks=Contact.objects.filter(tracks_clicks=True).exists(),
        fields=list(CustomField.objects.order_by("label").values_list("label", flat=True)),
        activities=activity_names(),
        has_foreign_ids=ContactIdentifier.objects.exists(),
        processors=processors(),
        retention=kept_now(),
        members=members,
        with_second_factor=secured,
        is_https=str(settings.BASE_URL).startswith("https://"),
        checkpoint_at=ConsentCheckpoint.objects.order_by("-pk").values_list("taken_at", flat=True).first(),
    )


def _controller() -> tuple[str, str, str]:
    try:
        organisation = current_organisation()
    except OrganisationMissing:
        return "", "", ""
    return organisation.name, organisation.postal_address, organisation.website
