"""Leaves work in progress on the roastery's desk: a draft, a campaign for next week, a file, privacy requests."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.core.management.base import CommandError
from django.utils import timezone

from accounts.services.permission import SENDWELL
from campaigns.models import Campaign
from campaigns.services.review import review
from campaigns.services.schedule import schedule
from config.demo.furnishing import DOMAIN
from config.demo.upkeep import leave_upkeep
from deliverability.models import Stream
from deliverability.types import StreamKind
from subscribers.models import Contact, MailingList
from subscribers.services.imports import receive_upload
from subscribers.services.rights import open_request
from subscribers.types import RequestKind
from templates_app.models import Template

ZONE = "Europe/Berlin"
DRAFT = "Last bags before Christmas"
PLANNED = "December tasting"
FILE = "fair-in-leipzig.csv"
_ROWS = (
    "E-Mail,First name,City,Favourite coffees\n"
    "lena.okoye.demo@gmail.com,Lena,Leipzig,Huila\n"
    "not an address,Nobody,Leipzig,\n"
    "jonas.weber.demo@gmx.de,Jonas,Halle,Sidamo\n"
)


def is_laid() -> bool:
    return Campaign.objects.filter(name=PLANNED).exists()


def lay() -> None:
    """Raises CommandError, naming what the review found."""
    _campaign(DRAFT, subject="The last bags of this year's Huila", template="Announcement", list_slug="offers")
    receive_upload(actor=SENDWELL, file_name=FILE, blocks=[_ROWS.encode()])
    planned = _campaign(
        PLANNED,
        subject='{{ contact.first_name | default: "Hello" }}, will you taste with us?',
        template="Digest",
        list_slug="tastings",
    )
    found = review(campaign_id=planned.pk, actor=SENDWELL)
    if not found.is_ready:
        raise CommandError(f"The demo's next campaign cannot be sent: {'; '.join(map(str, found.must_fix))}")
    schedule(campaign_id=planned.pk, actor=SENDWELL, send_at=_next_week(), time_zone=ZONE)
    leave_upkeep()
    _privacy_requests()


def _privacy_requests() -> None:
    """One that came by mail weeks ago, and one from yesterday by somebody whom nobody finds."""
    asked = Contact.objects.order_by("pk").first()
    open_request(
        contact_id=asked.pk if asked else None,
        address="" if asked else f"somebody@{DOMAIN}",
        kind=RequestKind.EXPORT,
        source=f"A mail to privacy@{DOMAIN}",
        details="Please send me what you hold of me.",
        actor=SENDWELL,
        received_at=timezone.now() - timedelta(days=26),
    )
    open_request(
        contact_id=None,
        address="former.guest@example.net",
        kind=RequestKind.ERASURE,
        source="A letter",
        actor=SENDWELL,
        received_at=timezone.now() - timedelta(days=1),
    )


def _campaign(name: str, *, subject: str, template: str, list_slug: str) -> Campaign:
    campaign, _ = Campaign.objects.get_or_create(
        name=name,
        defaults={
            "subject": subject,
            "preheader": "Written by Paula at the roaster, with a cup beside her.",
            "from_name": "Paula from Huila & Sons",
            "from_email": f"paula@news.{DOMAIN}",
            "reply_to": f"paula@{DOMAIN}",
            "mailing_list": MailingList.objects.get(slug=list_slug),
            "template": Template.objects.get(name=template),
            "stream": Stream.objects.get(slug=StreamKind.MARKETING.value),
            "time_zone": ZONE,
        },
    )
    return campaign


def _next_week() -> datetime:
    """Ten in the morning in five days, which is within what Home shows."""
    day = timezone.now().astimezone(ZoneInfo(ZONE)).date() + timedelta(days=5)
    return datetime.combine(day, time(10), ZoneInfo(ZONE))
