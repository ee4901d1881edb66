"""A person's consent certificate: one page that prints well and says all that the ledger holds of them."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.errors import OrganisationMissing
from accounts.queries.organisation import current_organisation
from subscribers.queries.consent.certificate import Proven, certificate_of
from subscribers.views.audience.profile import may_view
from subscribers.views.audience.words import BASIS_NAMES, said


@require_safe
@may_view
def consent_certificate(request: HttpRequest, contact_id: int) -> HttpResponse:
    found = certificate_of(contact_id)
    if found is None:
        raise Http404(_("This person is not in the data any more."))
    try:
        organisation = current_organisation()
    except OrganisationMissing:
        organisation = None
    return render(
        request,
        "subscribers/audience/certificate.html",
        {
            "contact": found.contact,
            "organisation": organisation,
            "lines": [_line(proven) for proven in found.entries],
            "checkpoint": found.checkpoint,
            "signature": bytes(found.checkpoint.signature).hex() if found.checkpoint else "",
            "issued_at": timezone.now(),
        },
    )


def _line(proven: Proven) -> dict[str, object]:
    entry = proven.entry
    return {
        "entry": entry,
        "words": said(entry),
        "basis": BASIS_NAMES.get(entry.basis, ""),
        "fingerprint": proven.fingerprint,
    }
