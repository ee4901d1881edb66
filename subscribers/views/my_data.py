"""Where a person fetches everything we hold about them; looking changes nothing, because mail scanners look too."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from subscribers.models import Contact
from subscribers.queries.rights.export_files import export_zip
from subscribers.queries.rights.export_links import read_export
from subscribers.rules.masking import mask_address
from subscribers.views.pages import show


# The token is the authority: no cookie takes part, so there is nothing that another site could ride on.
@login_not_required
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def my_data(request: HttpRequest, token: str) -> HttpResponseBase:
    link = read_export(token)
    contact = Contact.objects.filter(pk=link.contact_id).first() if link else None
    if link is None or contact is None:
        return show(request, "link_unknown", status=404)
    if link.is_expired or request.method != "POST":
        values = {"address": mask_address(contact.email), "is_expired": link.is_expired}
        return show(request, "my_data", values, contact=contact, status=410 if link.is_expired else 200)
    return archive_of(contact)


def archive_of(contact: Contact) -> StreamingHttpResponse:
    """The ZIP, piece by piece, under a name that says what it is and not whose."""
    response = StreamingHttpResponse(export_zip(contact.pk), content_type="application/zip")
    name = f"my-data-{timezone.now():%Y-%m-%d}.zip"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-store"
    return response
