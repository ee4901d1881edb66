"""What holds for every request of the web admin: who may enter, how refusals and messages reach the person."""

from collections.abc import Callable
from typing import Any

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.messages import get_messages
from django.contrib.messages.constants import ERROR
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from accounts.errors import AccountError, PermissionRefused
from accounts.queries.team import is_founded
from accounts.services.audit import acting_from
from campaigns.errors import CampaignError, UnknownCampaign
from config.web.toasts import add_toast
from deliverability.errors import DeliverabilityError
from subscribers.errors import SubscribersError
from templates_app.errors import TemplateError

REFUSALS = (AccountError, CampaignError, DeliverabilityError, SubscribersError, TemplateError)
GetResponse = Callable[[HttpRequest], HttpResponseBase]


class SignInRequired(LoginRequiredMiddleware):
    """Every view needs a member unless it is marked `login_not_required`."""

    def process_view(
        self,
        request: HttpRequest,
        view_func: Callable[..., Any],
        view_args: tuple[Any, ...],
        view_kwargs: dict[str, Any],
    ) -> HttpResponseBase | None:
        # Django asks first who somebody is, and so reads the session, which public pages must never touch (RFC 8058).
        if not getattr(view_func, "login_required", True):
            return None
        return super().process_view(request, view_func, view_args, view_kwargs)

    def handle_no_permission(  # type: ignore[override]  # ours answers htmx without a redirect
        self, request: HttpRequest, view_func: Callable[..., Any]
    ) -> HttpResponseBase:
        if not is_htmx(request):
            # An empty installation has nobody who could sign in.
            return super().handle_no_permission(request, view_func) if is_founded() else redirect("setup")
        # A login page swapped into a fragment would wipe out what somebody typed.
        response = HttpResponse(status=401)
        words = _("You were signed out, so this was not saved. What you typed is still on this page.")
        advice = _("Sign in again in another tab, then repeat the last step.")
        add_toast(response, f"{words} {advice}", is_bad=True)
        return response


class WhereFrom:
    """Tells the audit log from which address a change comes; reads no session, so public pages stay without one."""

    def __init__(self, get_response: GetResponse) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.method != "POST":
            return self._get_response(request)
        with acting_from(_address_of(request)):
            return self._get_response(request)


class Refusals:
    """Turns errors that services raise on purpose into words: a toast for htmx, else a page."""

    def __init__(self, get_response: GetResponse) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self._get_response(request)
        if is_htmx(request) and response.status_code == 403 and "HX-Trigger" not in response:
            words = _("Your role does not allow this, so nothing was changed. An owner of your team can grant it.")
            add_toast(response, words, is_bad=True)
        return response

    def process_view(
        self,
        request: HttpRequest,
        view_func: Callable[..., Any],
        view_args: tuple[Any, ...],
        view_kwargs: dict[str, Any],
    ) -> HttpResponse | None:
        """PostgreSQL stores no NUL; refused here once, no form, filter or search has to think of it."""
        is_public = not getattr(view_func, "login_required", True)
        # The body of a public path is its view's own to read, such as a webhook's as it came; so is a large file, which
        # must be refused by its size before anybody reads it.
        is_large = int(request.META.get("CONTENT_LENGTH") or 0) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        sent = (request.GET,) if is_public or is_large else (request.GET, request.POST)
        if not any("\0" in text for given in sent for name, texts in given.lists() for text in (name, *texts)):
            return None
        words = _("The text holds an invisible character (NUL) that cannot be kept, so nothing was changed.")
        advice = _("Type it anew instead of pasting it.")
        if is_public:
            return HttpResponse(f"{words} {advice}", content_type="text/plain; charset=utf-8", status=400)
        return _refusal(request, f"{words} {advice}", 400)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        return _refusal(request, str(error), status_of(error)) if isinstance(error, REFUSALS) else None


class MessagesAsToasts:
    """Hands Django's messages to the page when the answer is a fragment, which has no place to show them."""

    def __init__(self, get_response: GetResponse) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self._get_response(request)
        if is_htmx(request) and not _loads_a_page(response):
            for message in get_messages(request):
                add_toast(response, str(message), is_bad=message.level >= ERROR)
        return response


def _refusal(request: HttpRequest, words: str, status: int) -> HttpResponse:
    if not is_htmx(request):
        return render(request, "web/refused.html", {"words": words}, status=status)
    response = HttpResponse(status=status)
    add_toast(response, words, is_bad=True)
    return response


def _address_of(request: HttpRequest) -> str | None:
    """The person's own address, past our proxies; None behind a socket that knows none."""
    try:
        return str(get_adapter().get_client_ip(request))
    except PermissionDenied:
        return None


def is_htmx(request: HttpRequest) -> bool:
    return request.headers.get("HX-Request") == "true"


def status_of(error: Exception) -> int:
    if isinstance(error, PermissionRefused):
        return 403
    return 404 if isinstance(error, UnknownCampaign) else 409


def _loads_a_page(response: HttpResponseBase) -> bool:
    """Whether htmx will load a whole page, which shows the messages itself."""
    return "HX-Redirect" in response or "HX-Refresh" in response or response.status_code // 100 == 3
