"""Where ESPs send their webhooks: proved, kept and answered in milliseconds; a worker makes events of them."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from deliverability import conf
from deliverability.services.webhooks import receive
from deliverability.services.webhooks.receiving import find_provider
from deliverability.tasks.webhooks import kick_webhooks
from deliverability.webhooks import Hook


@login_not_required
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def hook(request: HttpRequest, kind: str, token: str) -> HttpResponse:
    """GET and HEAD only tell that the address is right, which some ESPs ask before they save it."""
    provider = find_provider(kind=kind, token=token)
    if provider is None:
        return _plain("There is no such webhook address. Copy it from the provider's page in the settings.", 404)
    if request.method != "POST":
        return _plain("", 200)
    received = receive(provider=provider, hook=_hook(request))
    if received.status == 200:
        kick_webhooks()
    response = _plain(received.words, received.status)
    if received.status == 401:
        response["WWW-Authenticate"] = 'Basic realm="webhooks"'
    return response


def _hook(request: HttpRequest) -> Hook:
    # Behind a proxy only the settings know which address the ESP was given.
    url = f"{conf.base_url()}{request.get_full_path()}"
    return Hook(request.headers.get("Content-Type", ""), dict(request.headers.items()), request.body, url)


def _plain(words: str, status: int) -> HttpResponse:
    return HttpResponse(words, content_type="text/plain; charset=utf-8", status=status)
