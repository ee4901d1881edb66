"""Errors read as what happened, what we did, and what to do."""

import pytest
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import include, path

from subscribers.errors import ContactGone

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]


def _fails_with(error: Exception) -> "object":
    @login_not_required
    def view(request: HttpRequest) -> HttpResponse:
        raise error

    return view


urlpatterns = [
    path("odd", _fails_with(SuspiciousOperation("odd"))),
    path("closed", _fails_with(PermissionDenied())),
    path("broken", _fails_with(KeyError("broken"))),
    path("gone", _fails_with(ContactGone("This person is not in the data any more."))),
    path("", include("config.urls")),
]


@pytest.mark.parametrize(
    ("url", "status", "words"),
    [
        ("/odd", 400, "That request made no sense to us"),
        ("/closed", 403, "Nothing was changed"),
        ("/nowhere", 404, "There is nothing here"),
        ("/broken", 500, "mail that is being sent goes on"),
        ("/gone", 409, "This person is not in the data any more."),
    ],
)
def test_every_error_has_a_page_in_words(url: str, status: int, words: str) -> None:
    answer = Client(raise_request_exception=False).get(url)
    assert answer.status_code == status
    assert words in answer.content.decode()


def test_a_stale_form_says_that_nothing_was_changed() -> None:
    answer = Client(enforce_csrf_checks=True).post("/ops/ui/", {})
    assert answer.status_code == 403
    assert "nothing was changed" in answer.content.decode()
