"""The demo's campaign: written once, sent once, watched by whoever asks."""

from django.core.management.base import CommandError

from accounts.services.permission import SENDWELL
from campaigns.models import Campaign
from campaigns.services.review import review
from campaigns.services.schedule import schedule
from campaigns.types import CampaignState
from config.demo.furnishing import DOMAIN, NEWSLETTER
from deliverability.models import Stream
from deliverability.types import StreamKind
from subscribers.models import MailingList
from templates_app.models import Template

NAME = "Winter coffees"
UNDO_SECONDS = 3


def campaign() -> Campaign:
    """The demo's campaign, a draft at first."""
    found, _ = Campaign.objects.get_or_create(
        name=NAME,
        defaults={
            "subject": '{{ contact.first_name | default: "Hello" }}, the winter coffees have landed',
            "preheader": "Three lots that came off the boat in time, and one recipe for slow Sundays.",
            "from_name": "Paula from Huila & Sons",
            "from_email": f"paula@news.{DOMAIN}",
            "reply_to": f"paula@{DOMAIN}",
            "mailing_list": MailingList.objects.get(slug=NEWSLETTER),
            "template": Template.objects.get(name="Newsletter"),
            "stream": Stream.objects.get(slug=StreamKind.MARKETING.value),
            "time_zone": "Europe/Berlin",
            "undo_seconds": UNDO_SECONDS,
        },
    )
    return found


def send(sent: Campaign) -> None:
    """Review and schedule what is still a draft. Raises CommandError, naming what the review found."""
    if sent.state in (CampaignState.DRAFT, CampaignState.REVIEWED):
        found = review(campaign_id=sent.pk, actor=SENDWELL)
        if not found.is_ready:
            raise CommandError(f"The demo's campaign cannot be sent: {'; '.join(map(str, found.must_fix))}")
        schedule(campaign_id=sent.pk, actor=SENDWELL, time_zone=sent.time_zone)
