"""Shows a campaign's mail before and after it was sent: by the merge plan that sends it."""

import re
from collections.abc import Callable
from email import message_from_bytes, policy
from typing import NamedTuple

from accounts.errors import OrganisationMissing
from accounts.queries.organisation import current_organisation
from campaigns import conf
from campaigns.models import Campaign
from subscribers.queries.contacts.merge_fields import sample_values
from templates_app.errors import TemplateErrors
from templates_app.queries.plans import merge_plan
from templates_app.services.preview import preview
from templates_app.types import MessageLinks, PreviewedMail

# Stands before the number of a link in the page of a mail; no mail holds it by chance.
_MARK = "https://link.invalid/"
_MARKED = re.compile(rf'(<a\b[^>]*?href="){re.escape(_MARK)}(\d+)("[^>]*>)', re.IGNORECASE)


class InboxLine(NamedTuple):
    """What an inbox shows of a mail."""

    subject: str
    preheader: str


def draft_mail(campaign: Campaign) -> PreviewedMail | None:
    """As a made-up person gets it; None without a template. Raises TemplateErrors."""
    if campaign.template is None:
        return None
    return preview(
        source=campaign.template.source,
        subject=campaign.subject,
        preheader=campaign.preheader,
        contact_values=sample_values(),
    )


def inbox_line(campaign: Campaign) -> InboxLine:
    """Filled for a made-up person; as typed where the content does not compile yet."""
    try:
        mail = draft_mail(campaign)
    except TemplateErrors:
        mail = None
    return InboxLine(mail.subject, mail.preheader) if mail else InboxLine(campaign.subject, campaign.preheader)


def frozen_mail(campaign: Campaign, badge: Callable[[int], str] | None = None) -> str:
    """The HTML that was sent, for a made-up person; `badge` gives HTML to put into the link of a number.

    Raises ValueError for a campaign without a frozen version.
    """
    if campaign.version_id is None or campaign.version is None:
        raise ValueError("the campaign was never reviewed")
    pages = conf.base_url()
    links = MessageLinks(f"{pages}/u/preview", f"{pages}/p/preview", click_prefix=_MARK)
    list_name = campaign.mailing_list.name if campaign.mailing_list else ""
    values = {"contact": sample_values(), "organisation": _organisation(), "list": {"name": list_name}}
    message = message_from_bytes(merge_plan(campaign.version_id).render(values, links), policy=policy.default)
    part = message.get_body(("html",))
    targets = campaign.version.links

    def real(found: re.Match[str]) -> str:
        number = int(found[2])
        target = targets[number] if number < len(targets) else "#"
        return f"{found[1]}{target}{found[3]}{badge(number) if badge else ''}"

    return _MARKED.sub(real, str(part.get_content())) if part else ""


def _organisation() -> dict[str, str]:
    try:
        found = current_organisation()
    except OrganisationMissing:
        return {}
    return {"name": found.name, "postal_address": found.postal_address, "website": found.website}
