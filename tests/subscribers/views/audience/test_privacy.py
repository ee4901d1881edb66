"""The queue of privacy requests, and what the team does about one."""

from datetime import timedelta
from io import BytesIO
from zipfile import ZipFile

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry
from accounts.services.permission import SENDWELL
from accounts.types import Role
from deliverability.models import DeliveryBatch
from subscribers.models import Contact, PrivacyRequest
from subscribers.services.rights import open_request, restrict
from subscribers.types import RequestKind
from tests.factories.accounts import OrganisationFactory, UserFactory
from tests.factories.deliverability import StreamFactory
from tests.factories.subscribers import subscribed

pytestmark = pytest.mark.django_db


@pytest.fixture
def client() -> Client:
    OrganisationFactory.create()
    StreamFactory.create(slug="transactional")
    client = Client()
    client.force_login(UserFactory.create(role=Role.PRIVACY, first_name="Pia"))
    return client


def asked(kind: RequestKind, contact: Contact | None = None, *, days_ago: int = 0) -> PrivacyRequest:
    return open_request(
        contact_id=(contact or subscribed(first_name="Ada", last_name="Lovelace")).pk,
        kind=kind,
        source="A call",
        actor=SENDWELL,
        received_at=timezone.now() - timedelta(days=days_ago),
    )


def answer(client: Client, request: PrivacyRequest, act: str, **values: str) -> str:
    """The page that follows."""
    response = client.post(reverse("privacy-request-answer", args=[request.pk]), {"act": act, **values}, follow=True)
    assert response.status_code == 200
    request.refresh_from_db()
    return response.text


def test_the_most_urgent_stands_first_with_the_days_that_are_left(client: Client) -> None:
    asked(RequestKind.EXPORT, subscribed(first_name="Bob"), days_ago=3)
    asked(RequestKind.ERASURE, days_ago=40)
    page = client.get(reverse("privacy-requests")).text
    assert page.index("Ada Lovelace") < page.index("Bob")
    assert "days overdue" in page
    assert "days left" in page
    assert "1 request is overdue" in page
    assert "Global Privacy Control is honoured" in page


def test_a_request_that_came_by_mail_is_noted_with_the_day(client: Client) -> None:
    contact = subscribed(email="ada@gmail.com", country="US")
    day = (timezone.now() - timedelta(days=4)).date()
    values = {"address": "ADA@gmail.com", "kind": "export", "received_on": day.isoformat(), "source": "A mail"}
    client.post(reverse("privacy-request-new"), values)
    request = PrivacyRequest.objects.get()
    assert (request.contact, request.law, request.received_at.date()) == (contact, "ccpa", day)
    page = client.post(reverse("privacy-request-new"), {**values, "received_on": "2100-01-01"}).text
    assert "has not come yet" in page
    assert PrivacyRequest.objects.count() == 1


def test_one_press_sends_them_their_data(client: Client) -> None:
    request = asked(RequestKind.EXPORT)
    page = answer(client, request, "fulfil")
    assert "Sent them a link" in page
    assert DeliveryBatch.objects.get().recipient_ids == [request.contact_id]


def test_the_archive_is_fetched_by_hand_and_that_is_written_down(client: Client) -> None:
    request = asked(RequestKind.EXPORT)
    response = client.post(reverse("privacy-request-answer", args=[request.pk]), {"act": "download"})
    with ZipFile(BytesIO(b"".join(response.streaming_content))) as archive:  # type: ignore[attr-defined]
        assert b"Lovelace" in archive.read("everything.json")
    assert request.steps.order_by("-pk")[0].text == "Downloaded everything we hold about them."
    assert AuditEntry.objects.get().actor == "Pia"


def test_nobody_is_erased_by_a_slip(client: Client) -> None:
    request = asked(RequestKind.ERASURE)
    assert "Nobody was erased" in answer(client, request, "fulfil", typed="yes")
    assert Contact.objects.exists()
    page = answer(client, request, "fulfil", typed="ERASE")
    assert not Contact.objects.exists()
    assert "Somebody erased" in page
    assert "Lovelace" not in page


def test_a_refusal_and_more_time_need_a_reason(client: Client) -> None:
    request = asked(RequestKind.EXPORT)
    assert "asks for a reason" in answer(client, request, "refuse", reason=" ")
    assert "Extended. A mail" in answer(client, request, "extend", because="It is a lot.")
    assert "Refused. A mail" in answer(client, request, "refuse", reason="We hold nothing.")
    assert "We hold nothing." in client.get(reverse("privacy-request", args=[request.pk])).text
    assert "Ada Lovelace" in client.get(reverse("privacy-requests") + "?show=answered").text


def test_how_they_were_known_is_noted(client: Client) -> None:
    request = asked(RequestKind.EXPORT)
    answer(client, request, "identity", how="Wrote from the address")
    assert request.identity == "Wrote from the address"


def test_what_nobody_offers_is_refused(client: Client) -> None:
    request = asked(RequestKind.EXPORT)
    assert client.post(reverse("privacy-request-answer", args=[request.pk]), {"act": "dance"}).status_code == 400


def test_a_restriction_shows_on_the_profile_and_ends_there(client: Client) -> None:
    contact = subscribed()
    restrict(contact_id=contact.pk, actor=SENDWELL)
    assert "nothing is done with their data" in client.get(reverse("contact", args=[contact.pk])).text
    client.post(reverse("contact-lift-restriction", args=[contact.pk]))
    contact.refresh_from_db()
    assert contact.restricted_at is None


def test_a_marketer_sees_the_queue_without_its_buttons(client: Client) -> None:
    request = asked(RequestKind.ERASURE)
    client.force_login(UserFactory.create(role=Role.MARKETER))
    page = client.get(reverse("privacy-request", args=[request.pk])).text
    assert "Erase them" not in page
    assert client.post(reverse("privacy-request-answer", args=[request.pk]), {"act": "fulfil"}).status_code == 403
