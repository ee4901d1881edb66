"""Who may enter, and how refusals and messages reach a person."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from accounts.errors import PermissionRefused
from campaigns.errors import NotPossibleNow, UnknownCampaign
from config.web.middleware import MessagesAsToasts, Refusals
from deliverability.models import Suppression
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
# Everything that nobody needs to sign in for. A URL that appears here by accident is a leak.
PUBLIC = {"favicon.ico", "health", "sign-up", "sign-up-done", "confirm", "preferences", "one-click", "login"}
PUBLIC |= {
    "errand",
    "my-data",
    "reconfirm",
    "track-open",
    "track-click",
    "track-target",
    "webhook",
    "logo",
    "setup",
    "setup-owner",
}


def test_a_page_sends_strangers_to_sign_in_and_remembers_where_they_went(client: Client) -> None:
    UserFactory.create()
    answer = client.get("/ops/ui/")
    assert (answer.status_code, answer.headers["Location"].partition("?")[2]) == (302, "next=/ops/ui/")


def test_a_fragment_tells_strangers_and_loses_nothing(client: Client) -> None:
    answer = client.get("/palette", headers=HTMX)
    assert (answer.status_code, answer.content) == (401, b"")
    assert "What you typed is still on this page" in _toasts(answer)[0]["text"]


def test_the_public_paths_touch_no_session(client: Client) -> None:
    client.cookies["sessionid"] = "of somebody"
    answer = client.post(reverse("one-click", args=["x" * 24]))
    assert answer.status_code == 404
    assert "Cookie" not in answer.headers.get("Vary", "")
    assert answer.cookies == {}


def test_nothing_outside_the_sign_in_pages_is_public_by_accident() -> None:
    open_names = {name for name, view in _views(get_resolver()) if not getattr(view, "login_required", True)}
    assert {name for name in open_names if not name.startswith(("account_", "mfa_", "invitation"))} <= PUBLIC


def test_every_answer_forbids_inline_script(client: Client) -> None:
    client.force_login(UserFactory.create())
    policy = client.get("/").headers["Content-Security-Policy"]
    assert "script-src 'self'" in policy.split("; ")
    assert "style-src 'self'" in policy.split("; ")
    assert "unsafe" not in policy


@pytest.mark.parametrize(
    ("error", "status"),
    [(PermissionRefused("You may not."), 403), (NotPossibleNow("It is sent."), 409), (UnknownCampaign(), 404)],
)
def test_an_error_that_a_service_raises_on_purpose_reads_as_words(error: Exception, status: int) -> None:
    page = Refusals(_never).process_exception(_request(), error)
    fragment = Refusals(_never).process_exception(_request(**HTMX), error)
    assert page is not None
    assert fragment is not None
    assert (page.status_code, fragment.status_code, fragment.content) == (status, status, b"")
    assert str(error) in page.content.decode()
    assert _toasts(fragment) == [{"text": str(error), "bad": True}]


def test_an_error_that_nobody_planned_stays_an_error() -> None:
    assert Refusals(_never).process_exception(_request(), KeyError("x")) is None


def test_messages_ride_along_with_a_fragment_but_wait_for_a_page() -> None:
    def saves(request: HttpRequest) -> HttpResponse:
        messages.success(request, "Saved.")
        messages.error(request, "But late.")
        return HttpResponse(headers={"HX-Trigger": '{"close-drawer": {}}'})

    answer = MessagesAsToasts(saves)(_request(**HTMX))
    assert json.loads(answer.headers["HX-Trigger"])["close-drawer"] == {}
    assert _toasts(answer) == [{"text": "Saved.", "bad": False}, {"text": "But late.", "bad": True}]
    redirecting = MessagesAsToasts(lambda request: HttpResponse(headers={"HX-Redirect": "/"}))(_request(**HTMX))
    assert "HX-Trigger" not in redirecting


def _request(**headers: str) -> HttpRequest:
    request = RequestFactory().get("/", headers=headers)
    request.user = UserFactory.create()
    request.session = Client().session
    request._messages = messages.storage.default_storage(request)  # type: ignore[attr-defined]
    return request


def _never(request: HttpRequest) -> HttpResponse:
    raise AssertionError("no view is asked")


def _toasts(answer: Any) -> list[dict[str, Any]]:
    return list(json.loads(answer.headers["HX-Trigger"])["toast"]["toasts"])


def _views(resolver: URLResolver) -> list[tuple[str, Callable[..., Any]]]:
    found: list[tuple[str, Callable[..., Any]]] = []
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            found += _views(pattern)
        elif isinstance(pattern, URLPattern):
            found.append((pattern.name or str(pattern.pattern), pattern.callback))
    return found


@pytest.mark.parametrize(
    "path",
    ["contacts?q=a%00b", "suppressions?address=%00", "campaigns?q=%00", "templates?%00=x", "contacts/1?below=%00"],
)
def test_a_nul_in_a_query_is_refused_wherever_it_is_asked(client: Client, path: str) -> None:
    client.force_login(UserFactory.create(role="owner"))
    answer = client.get(f"/{path}")
    assert answer.status_code == 400
    assert "invisible character" in answer.content.decode()


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("suppressions-new", {"addresses": "a@example.org", "reach": "marketing", "why": "a\0b"}),
        ("contact-new", {"email": "a\0@example.org"}),
        ("settings-profile", {"first_name": "Mi\0ra"}),
        ("settings-organisation", {"name": "\0"}),
        ("list-new", {"name": "News\0"}),
        ("account_login", {"login": "a\0@example.org", "password": "x"}),
    ],
)
def test_a_nul_in_a_form_is_refused_before_anything_is_read(client: Client, name: str, given: dict[str, str]) -> None:
    if name != "account_login":
        client.force_login(UserFactory.create(role="owner"))
    answer = client.post(reverse(name), given)
    # Pages that need no sign-in check their own forms.
    assert answer.status_code == (200 if name == "account_login" else 400)
    assert not Suppression.objects.exists()


def test_a_nul_in_a_fragment_is_told_in_a_toast_and_on_a_public_page_in_a_line(client: Client) -> None:
    user = UserFactory.create(role="owner")
    public = client.get(reverse("one-click", args=["x" * 24]), {"a": "\0"})
    assert (public.status_code, public.headers["Content-Type"]) == (400, "text/plain; charset=utf-8")
    client.force_login(user)
    answer = client.get("/palette", {"q": "\0"}, headers=HTMX)
    assert answer.status_code == 400
    assert "Type it anew" in _toasts(answer)[0]["text"]


def test_the_pages_of_ones_own_account_belong_to_the_settings(client: Client) -> None:
    client.force_login(UserFactory.create(role="owner"))
    for name in ("account_email", "mfa_index", "settings-profile"):
        page = client.get(reverse(name)).content.decode()
        assert 'data-place="settings" aria-current="page"' in page
        assert page.count('aria-current="page"') <= 2
