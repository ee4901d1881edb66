"""Publishes what is sent: immutable versions."""

import hashlib
from collections.abc import Collection

from django.db import transaction

from accounts.queries.organisation import current_organisation, logo_url
from templates_app.models import Template, TemplateVersion
from templates_app.rules.compilation import compile_source
from templates_app.types import FooterFacts

# Goes into the fingerprint: raise it when the compiler's output changes, so that the same source is compiled anew.
COMPILER = "1"


@transaction.atomic
def publish_version(
    *,
    template_id: int,
    subject: str,
    preheader: str = "",
    known_tags: Collection[str] | None = None,
    author: str = "",
) -> TemplateVersion:
    """Compiles the template as it stands, with the organisation's footer, into a version that never changes.

    The same content gives the same version again. Raises TemplateErrors, OrganisationMissing.
    """
    # The lock makes the next number ours, and two identical publications one.
    template = Template.objects.select_for_update().get(id=template_id)
    organisation = current_organisation()
    footer = FooterFacts(organisation.name, organisation.postal_address, logo_url(organisation))
    content = compile_source(
        source=template.source, subject=subject, preheader=preheader, footer=footer, known_tags=known_tags
    )
    fingerprint = _fingerprint(
        template.source,
        subject,
        preheader,
        footer.organisation,
        footer.postal_address,
        *filter(None, [footer.logo_url]),
    )
    if published := template.versions.filter(fingerprint=fingerprint).first():
        return published
    last = template.versions.order_by("-number").first()
    return TemplateVersion.objects.create(
        template=template,
        number=last.number + 1 if last else 1,
        source=template.source,
        subject=content.subject,
        preheader=preheader,
        fingerprint=fingerprint,
        html=content.html,
        text=content.text,
        links=list(content.links),
        merge_tags=list(content.merge_tags),
        author=author[:200],
    )


def _fingerprint(*parts: str) -> str:
    # The separator cannot occur in text that PostgreSQL stores.
    return hashlib.sha256("\0".join((COMPILER, *parts)).encode()).hexdigest()
