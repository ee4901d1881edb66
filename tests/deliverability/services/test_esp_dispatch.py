"""The whole message path through an ESP: outbox, dispatcher, API, events, and back again by webhook."""

import json
from collections.abc import Iterator, Sequence

import pytest
from django.test import Client
from django.urls import reverse

from accounts.services import secrets
from deliverability.models import Event, Mailing, Suppression
from deliverability.queries.progress import mailing_progress
from deliverability.services.composers import register_composer
from deliverability.services.framing import MessageFrame
from deliverability.services.webhooks import process_webhooks
from deliverability.types import EventKind, MailingBrief, OutgoingMessage, Sender
from tests.deliverability.services.conftest import drain_marketing, enqueue
from tests.esp_server import Answer, EspServer
from tests.factories.deliverability import EspFactory, MailingFactory, StreamFactory

pytestmark = pytest.mark.django_db
CONTENT = b"Subject: Hello\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nHello\r\n"


class FramedMail:
    """Writes mails as a campaign's composer does."""

    def compose(self, mailing: MailingBrief, recipient_ids: Sequence[int]) -> Iterator[OutgoingMessage]:
        frame = MessageFrame(
            mailing=mailing, sender=Sender("Huila", "hello@huila.example"), one_click_base="https://huila.example/u/"
        )
        for recipient_id in recipient_ids:
            address = f"person{recipient_id}@gmail.example"
            yield frame.frame(recipient_id=recipient_id, address=address, content=CONTENT)


@pytest.fixture(params=["postmark", "mailgun"])
def api(request: pytest.FixtureRequest) -> Iterator[EspServer]:
    with EspServer(request.param) as api:
        api.kind = request.param  # type: ignore[attr-defined]
        yield api


@pytest.fixture
def mailing(api: EspServer, quiet_services: None) -> Mailing:
    register_composer("test", FramedMail())
    kept = dict.fromkeys(("server_token", "api_key"), "a-key-of-ours") | {"hook_password": "ada:secret"}
    provider = EspFactory.create(
        kind=api.kind,  # type: ignore[attr-defined]
        options={"api_url": api.url, "sender_domain": "huila.example"},
        secrets_encrypted=secrets.encrypt(json.dumps(kept)),
        max_connections=4,
    )
    return MailingFactory.create(stream=StreamFactory.create(provider=provider))


def test_everybody_gets_one_mail_though_the_api_asks_for_a_rest_and_refuses_somebody(
    mailing: Mailing, api: EspServer
) -> None:
    enqueue(mailing, *range(1, 151))
    asked = iter(range(1000))
    api.before = lambda call: Answer(429, {"message": "slow"}, {"Retry-After": "0.1"}) if next(asked) == 2 else None
    api.refuse = lambda address: address == "person7@gmail.example"
    report = drain_marketing()
    assert report.counts == {EventKind.ACCEPTED: 149, EventKind.FAILED: 1}
    assert sorted(api.recipients) == sorted(f"person{n}@gmail.example" for n in range(1, 151) if n != 7)
    assert mailing_progress(mailing.pk).is_finished


def test_a_refused_key_holds_the_stream_with_the_words_of_the_api_and_fails_nobody(
    mailing: Mailing, api: EspServer
) -> None:
    enqueue(mailing, *range(1, 151))
    api.before = lambda call: Answer(401, {"message": "Bad or missing API token"})
    report = drain_marketing(seconds=5)
    assert report.counts[EventKind.FAILED] == 0
    assert api.recipients == []
    mailing.stream.refresh_from_db()
    assert "Bad or missing API token" in mailing.stream.held_reason
    assert mailing_progress(mailing.pk).waiting == 150


@pytest.mark.parametrize("api", ["postmark"], indirect=True)
def test_a_bounce_finds_its_way_back_by_what_the_api_was_given(mailing: Mailing, api: EspServer) -> None:
    enqueue(mailing, 7)
    drain_marketing()
    (sent,) = [json.loads(call.body) for call in api.asked]
    told = {
        "RecordType": "Bounce",
        "ID": 1,
        "Type": "HardBounce",
        "Email": sent["To"],
        "Details": "smtp;550 5.1.1 unknown user",
        "Metadata": sent["Metadata"],
    }
    provider = mailing.stream.provider
    answer = Client().post(
        reverse("webhook", args=[provider.kind, provider.hook_token]),
        json.dumps(told),
        "application/json",
        headers={"Authorization": "Basic YWRhOnNlY3JldA=="},
    )
    assert answer.status_code == 200
    process_webhooks()
    bounced = Event.objects.get(mailing=mailing, kind=EventKind.BOUNCED)
    assert (bounced.recipient_id, bounced.mailbox_provider) == (7, "google")
    assert Suppression.objects.get().address == "person7@gmail.example"
