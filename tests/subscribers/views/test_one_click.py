"""RFC 8058, as mailbox providers do it, under the settings of production."""

from typing import Any

import pytest
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from deliverability.models import Event, Suppression
from deliverability.queries import tokens
from deliverability.types import EventKind
from subscribers.models import ConsentRecord, Contact
from subscribers.types import FIRST_TEST_RECIPIENT
from tests.factories.accounts import OrganisationFactory
from tests.factories.deliverability import MailingFactory
from tests.factories.subscribers import subscribed

pytestmark = pytest.mark.django_db
URLENCODED = "application/x-www-form-urlencoded"
BODY = "List-Unsubscribe=One-Click"


@pytest.fixture(autouse=True)
def production(settings: Any) -> None:
    settings.SECURE_SSL_REDIRECT = True
    settings.APPEND_SLASH = True
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    settings.USE_I18N = True
    OrganisationFactory.create()


@pytest.fixture
def mail_client() -> Client:
    """No cookies, and whatever would ask for a CSRF token does."""
    return Client(enforce_csrf_checks=True)


@pytest.fixture
def alice() -> Contact:
    return subscribed(email="alice@gmail.com", locale="de")


@pytest.fixture
def path(alice: Contact) -> str:
    return f"/u/{tokens.sign(MailingFactory.create().pk, alice.pk)}"


def has_left(contact: Contact) -> bool:
    state = contact.subscriptions.get().state
    suppressed = Suppression.objects.filter(address=contact.email, scope="marketing", reason="unsubscribe").exists()
    assert (state == "unsubscribed") == suppressed
    return suppressed


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (BODY, URLENCODED),
        (BODY, f"{URLENCODED}; charset=UTF-8"),
        (encode_multipart(BOUNDARY, {"List-Unsubscribe": "One-Click"}), MULTIPART_CONTENT),
        ("", URLENCODED),
        ("", "application/octet-stream"),
        (BODY, "text/plain"),
        ("{}", "application/json"),
        ("broken", "multipart/form-data"),
        ("--x\r\nbroken", "multipart/form-data; boundary=x"),
        (b"\xff\xfe=\xff", f"{URLENCODED}; charset=utf-16"),
    ],
)
@pytest.mark.parametrize("secure", [True, False])
def test_every_post_unsubscribes_at_once(
    mail_client: Client, alice: Contact, path: str, body: Any, content_type: str, secure: bool
) -> None:
    response = mail_client.generic("POST", path, body, content_type=content_type, secure=secure)
    assert (response.status_code, response.content) == (200, b"Unsubscribed.\n")
    assert not response.cookies
    assert has_left(alice)


def test_repeating_it_changes_nothing_and_says_the_same(mail_client: Client, alice: Contact, path: str) -> None:
    answers = [mail_client.post(path, BODY, content_type=URLENCODED, secure=True) for _ in range(3)]
    assert {(answer.status_code, answer.content) for answer in answers} == {(200, b"Unsubscribed.\n")}
    assert ConsentRecord.objects.filter(action="withdrawn").count() == 2
    event = Event.objects.get()
    assert (event.kind, event.recipient_id) == (EventKind.UNSUBSCRIBED, alice.pk)
    entry = ConsentRecord.objects.get(purpose="marketing")
    assert entry.actor == "the person's mail client (RFC 8058)"


@pytest.mark.parametrize("method", ["get", "head", "options", "put", "patch", "delete"])
def test_no_other_method_changes_anything(mail_client: Client, alice: Contact, path: str, method: str) -> None:
    response = getattr(mail_client, method)(path, secure=True)
    assert response.status_code == (200 if method in ("get", "head") else 405)
    assert not response.cookies
    assert not has_left(alice)
    assert ConsentRecord.objects.count() == 1


@pytest.mark.parametrize("change", [lambda token: "A" * 24, lambda token: token[:-2] + "AA", lambda token: token[:20]])
def test_a_forged_token_is_refused_and_changes_nothing(
    mail_client: Client, alice: Contact, path: str, change: Any
) -> None:
    forged = f"/u/{change(path.rpartition('/')[2])}"
    response = mail_client.post(forged, BODY, content_type=URLENCODED, secure=True)
    assert response.status_code == mail_client.get(forged, secure=True).status_code == 404
    assert not has_left(alice)


def test_neither_somebody_erased_nor_a_test_mail_is_an_error(mail_client: Client, alice: Contact) -> None:
    for recipient_id in (alice.pk + 1000, FIRST_TEST_RECIPIENT + 1):
        path = f"/u/{tokens.sign(1, recipient_id)}"
        assert mail_client.post(path, BODY, content_type=URLENCODED, secure=True).status_code == 200
    assert not has_left(alice)
    assert ConsentRecord.objects.count() == 1


def test_a_person_sees_one_button_that_leads_to_the_preferences(mail_client: Client, alice: Contact, path: str) -> None:
    page = mail_client.get(path, secure=True)
    assert page["Content-Language"] == "de"
    text = page.content.decode()
    assert text.count("<button") == 1
    assert path.replace("/u/", "/p/") in text
    assert "csrf" not in text
    response = mail_client.post(path, {"from": "page"}, HTTP_ORIGIN="null", secure=True)
    assert (response.status_code, response["Location"]) == (303, path.replace("/u/", "/p/") + "?done=left")
    assert has_left(alice)
    assert ConsentRecord.objects.get(purpose="marketing").actor == "the person"
    assert "Sie sind abgemeldet" in mail_client.get(path, secure=True).content.decode()
