"""The tracking paths for installations that run no edge of their own: the same checks, one at a time."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from deliverability import conf
from deliverability.queries import targets, tokens
from deliverability.queries.tokens import Addressed
from deliverability.rules.answers import NOT_FOUND, PIXEL, Answer, redirect
from deliverability.rules.hits import Hit, readable_ip
from deliverability.rules.targets import read_number, redirectable
from deliverability.services.hits import record_hit
from deliverability.types import EventKind


@login_not_required
@csrf_exempt
def track_open(request: HttpRequest, token: str) -> HttpResponse:
    addressed = tokens.read(token)
    if addressed is None:
        return _respond(NOT_FOUND)
    _record(request, EventKind.OPENED, addressed)
    return _respond(PIXEL)


@login_not_required
@csrf_exempt
def track_click(request: HttpRequest, token: str, number: str) -> HttpResponse:
    addressed, link = tokens.read(token), read_number(number)
    url = targets.target(addressed.mailing_id, link) if addressed and link is not None else None
    if addressed is None or url is None:
        return _respond(NOT_FOUND)
    _record(request, EventKind.CLICKED, addressed, link=link)
    return _respond(redirect(url))


@login_not_required
@csrf_exempt
def track_target(request: HttpRequest, token: str, mac: str) -> HttpResponse:
    addressed, target = tokens.read(token), request.GET.get("u", "")
    url = redirectable(target)
    if addressed is None or url is None or not tokens.is_our_target(token, mac, target):
        return _respond(NOT_FOUND)
    _record(request, EventKind.CLICKED, addressed, target=target)
    return _respond(redirect(url))


def _record(
    request: HttpRequest, kind: EventKind, whom: Addressed, *, link: int | None = None, target: str = ""
) -> None:
    if request.headers.get("Sec-GPC") == "1":
        # Global Privacy Control: this browser says for its person that they are not to be tracked.
        return
    hit = Hit(
        kind=kind,
        mailing_id=whom.mailing_id,
        recipient_id=whom.recipient_id,
        link=link,
        method=request.method or "GET",
        agent=request.headers.get("User-Agent", ""),
        ip=_ip(request),
        target=target,
    )
    record_hit(hit=hit)


def _ip(request: HttpRequest) -> str | None:
    if conf.behind_proxy():
        # The last entry is our proxy's own; those before it are the client's to invent.
        return readable_ip(request.headers.get("X-Forwarded-For", "").rpartition(",")[2])
    return readable_ip(request.META.get("REMOTE_ADDR", ""))


def _respond(answer: Answer) -> HttpResponse:
    response = HttpResponse(answer.body, status=answer.status)
    for name, value in answer.headers:
        response.headers[name.decode()] = value.decode()
    return response
