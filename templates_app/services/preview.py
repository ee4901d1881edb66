"""Shows a mail before it is sent: by the merge plan that sends it, so that the preview is the mail."""

import hashlib
import re
from collections.abc import Collection, Mapping
from email import message_from_bytes, policy
from typing import Any

from django.conf import settings

from accounts.errors import OrganisationMissing
from accounts.queries.organisation import current_organisation, logo_url
from templates_app.errors import Problem
from templates_app.queries.plans import MergePlan, merge_plan
from templates_app.rules.compilation import compile_source
from templates_app.rules.html.dom import parse
from templates_app.rules.liquid.analysis import liquid_problems
from templates_app.types import FooterFacts, MessageLinks, PreviewedMail

# Merge tags that the mail itself fills, whoever reads it.
MAIL_TAGS = frozenset({"list.name", "organisation.name", "organisation.postal_address", "organisation.website"})
_LIST = {"name": "Newsletter"}
_PREHEADER_LENGTH = 140
_LINK_TARGET = re.compile(r"\s*\((?:https?|mailto|tel):[^)]*\)")
# The finishing of HTML puts it after a preheader, to keep the body out of the inbox line.
_END_OF_PREHEADER = "\u034f"


def preview(*, source: str, subject: str, preheader: str, contact_values: Mapping[str, Any]) -> PreviewedMail:
    """The mail that a contact with these values would get, its links untracked. Raises TemplateErrors.

    Before set-up there is no organisation and so no footer; nothing can be sent then either.
    """
    content = compile_source(source=source, subject=subject, preheader=preheader, footer=_footer())
    plan = MergePlan(
        subject=content.subject,
        html=content.html,
        text=content.text,
        targets=content.links,
        key=hashlib.sha256(source.encode(errors="replace")).hexdigest(),
    )
    return _read_back(plan.render(_values(contact_values), example_links()))


def preview_version(*, version_id: int, contact_values: Mapping[str, Any]) -> PreviewedMail:
    """The same of what was published. Raises TemplateVersion.DoesNotExist."""
    return _read_back(merge_plan(version_id).render(_values(contact_values), example_links()))


def example_links() -> MessageLinks:
    """The footer's links in a preview; they lead to pages that say politely that the link belongs to nobody."""
    return MessageLinks(f"{settings.BASE_URL}/u/preview", f"{settings.BASE_URL}/p/preview")


def unknown_tags(*, source: str, subject: str, preheader: str, contact_tags: Collection[str]) -> list[Problem]:
    """Merge tags that no contact has: a preview leaves them empty, a campaign refuses them."""
    known = MAIL_TAGS | frozenset(contact_tags)
    texts = {"source": source, "subject": subject, "preheader": preheader}
    return [problem for field, text in texts.items() for problem in liquid_problems(text, field, known)]


def _footer() -> FooterFacts | None:
    try:
        organisation = current_organisation()
    except OrganisationMissing:
        return None
    return FooterFacts(organisation.name, organisation.postal_address, logo_url(organisation))


def _values(contact_values: Mapping[str, Any]) -> dict[str, Any]:
    return {"contact": contact_values, "organisation": _organisation(), "list": _LIST}


def _organisation() -> dict[str, str]:
    try:
        organisation = current_organisation()
    except OrganisationMissing:
        return {}
    return {
        "name": organisation.name,
        "postal_address": organisation.postal_address,
        "website": organisation.website,
    }


def _read_back(data: bytes) -> PreviewedMail:
    message = message_from_bytes(data, policy=policy.default)
    parts = {kind: message.get_body((kind,)) for kind in ("plain", "html")}
    text, html = (part.get_content().replace("\r\n", "\n") if part else "" for part in parts.values())
    return PreviewedMail(str(message["Subject"] or ""), _inbox_words(html, text), html, text, len(html.encode()))


def _inbox_words(html: str, text: str) -> str:
    """What an inbox shows behind the subject: the preheader, which stands first and hidden, then the mail's words."""
    first = next(iter(parse(html).body), None)
    is_preheader = first is not None and "display:none" in (first.get("style") or "").replace(" ", "")
    preheader = first.text_content() if is_preheader and first is not None else ""
    if _END_OF_PREHEADER in preheader:
        text = ""
    text = _LINK_TARGET.sub("", text)
    words = f"{preheader.partition(_END_OF_PREHEADER)[0]} {text}".split()
    return " ".join(words)[:_PREHEADER_LENGTH]
