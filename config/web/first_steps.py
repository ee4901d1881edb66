"""The way from an empty installation to the first campaign: what is done, and the one step that comes next."""

from dataclasses import dataclass
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from campaigns.models import Campaign
from campaigns.types import CampaignState
from deliverability.models import Stream
from deliverability.types import StreamKind
from subscribers.models import Contact
from templates_app.models import Template

_BEGUN = (CampaignState.SCHEDULED, CampaignState.SENDING, CampaignState.PAUSED, CampaignState.SENT)


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the list. `url` is empty for those who may not take the step, and where it has no page."""

    title: str | Promise
    why: str | Promise
    action: str | Promise
    url: str
    is_done: bool
    is_next: bool = False


def first_steps(user: Any) -> list[Step]:
    """Empty once a campaign was sent or is on its way: whoever can do that needs no list."""
    if Campaign.objects.filter(state__in=_BEGUN).exists():
        return []
    steps = [
        Step(
            _("Say who sends"),
            _("Name and postal address stand in every mail, as the law wants it."),
            _("Enter your organisation"),
            _url(user, "settings-organisation", "accounts.manage_organisation"),
            Organisation.objects.exclude(postal_address="").exists(),
        ),
        Step(
            _("Connect a provider"),
            _("The server that takes your mail, and the stream that goes through it."),
            _("Set up sending"),
            _url(user, "settings-providers", "deliverability.manage"),
            Stream.objects.filter(kind=StreamKind.MARKETING).exists(),
        ),
        Step(
            _("Import contacts"),
            _("A file of people who agreed to hear from you, and how they did."),
            _("Import contacts"),
            _url(user, "import-new", "subscribers.import"),
            Contact.objects.exists(),
        ),
        Step(
            _("Make a template"),
            _("Start from one of ours; the footer with the unsubscribe link comes by itself."),
            _("Choose a template"),
            _url(user, "templates", "templates_app.edit"),
            Template.objects.exists(),
        ),
        Step(
            _("Send your first campaign"),
            _("Send yourself a test first. After Send you have a minute to undo it."),
            _("New campaign"),
            _url(user, "campaign-new", "campaigns.edit"),
            False,
        ),
    ]
    return _with_next(steps)


def _with_next(steps: list[Step]) -> list[Step]:
    following = next(step for step in steps if not step.is_done)
    return [
        Step(step.title, step.why, step.action, step.url, step.is_done, is_next=step is following) for step in steps
    ]


def _url(user: Any, name: str, permission: str) -> str:
    try:
        return reverse(name) if user.has_perm(permission) else ""
    except NoReverseMatch:
        return ""
