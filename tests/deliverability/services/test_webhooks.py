"""From a provider's webhook to the report and the suppression list: each event once, replays included."""

import base64
import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.services import secrets
from deliverability.models import Event, MailingCount, ProviderNotice, Suppression, Webhook
from deliverability.queries import tokens
from deliverability.queries.messages import heard_of
from deliverability.services.events import append_events
from deliverability.services.webhooks import forget_webhooks, process_webhooks
from deliverability.types import EventKind, NewEvent
from tests.factories.deliverability import EspFactory, MailingFactory, StreamFactory

pytestmark = pytest.mark.django_db
PASSWORD = "sendwell:a long word"


@pytest.fixture(autouse=True)
def _no_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("deliverability.views.hooks.kick_webhooks", lambda: None)


def postmark(**kept: str) -> Any:
    kept = kept or {"hook_password": PASSWORD}
    return EspFactory.create(kind="postmark", secrets_encrypted=secrets.encrypt(json.dumps(kept)))


def post(provider: Any, content: Any, password: str | None = PASSWORD) -> Any:
    headers = {"Authorization": "Basic " + _base64(password)} if password else {}
    url = reverse("webhook", args=[provider.kind, provider.hook_token])
    return Client().post(url, json.dumps(content), content_type="application/json", headers=headers)


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def bounce(token: str = "", *, kind: str = "HardBounce", details: str = "", **more: Any) -> Mapping[str, Any]:
    return {
        "RecordType": "Bounce",
        "ID": 4323372036854775807,
        "Type": kind,
        "Email": "ada@huila.example",
        "BouncedAt": timezone.now().isoformat(),
        "Details": details or "smtp;550 5.1.1 The email account that you tried to reach does not exist.",
        "Description": "The server was unable to deliver your message",
        "MessageID": "883953f4-6105-42a2-a16a-77a8eac79483",
        "Metadata": {"sendwell": token} if token else {},
        **more,
    }


def complaint(token: str = "") -> Mapping[str, Any]:
    return bounce(token, kind="SpamComplaint", RecordType="SpamComplaint", Details="Test spam complaint details")


def sent_mail(*, stream: str = "marketing", recipient_id: int = 77) -> tuple[int, str]:
    """A mailing of which one mail was accepted, and its token."""
    mailing = MailingFactory.create(stream=StreamFactory.create(slug=stream))
    append_events([NewEvent(timezone.now(), EventKind.ACCEPTED, mailing.pk, recipient_id, "google")])
    return mailing.pk, tokens.sign(mailing.pk, recipient_id)


def test_a_hard_bounce_counts_in_the_report_and_suppresses() -> None:
    mailing_id, token = sent_mail()
    assert post(postmark(), bounce(token)).status_code == 200
    assert process_webhooks() == 1
    event = Event.objects.get(mailing_id=mailing_id, kind=EventKind.BOUNCED)
    assert (event.recipient_id, event.mailbox_provider, event.code) == (77, "google", 550)
    assert (event.detail or "").startswith("5.1.1 The email account")
    assert MailingCount.objects.get(mailing_id=mailing_id, kind=EventKind.BOUNCED).total == 1
    held = Suppression.objects.get()
    assert (held.address, held.scope, held.reason) == ("ada@huila.example", "everything", "hard_bounce")
    assert "postmark: 550" in held.evidence


def test_a_mailbox_that_is_full_again_and_again_is_rested() -> None:
    provider = postmark()
    for number in range(5):
        full = bounce(kind="SoftBounce", details="smtp;452 4.2.2 The mailbox is full", ID=number)
        assert post(provider, full).status_code == 200
        process_webhooks()
        assert Suppression.objects.filter(reason="soft_bounce").exists() == (number == 4)


def test_a_replay_and_a_second_copy_count_once() -> None:
    mailing_id, token = sent_mail()
    provider, told = postmark(), bounce(token)
    post(provider, told)
    post(provider, told)
    process_webhooks()
    call_command("replay_webhooks", since=(timezone.now() - timedelta(hours=1)).isoformat())
    call_command("replay_webhooks", since="2026-01-01", provider=provider.name)
    assert Event.objects.filter(mailing_id=mailing_id, kind=EventKind.BOUNCED).count() == 1
    assert MailingCount.objects.get(mailing_id=mailing_id, kind=EventKind.BOUNCED).total == 1
    assert list(Webhook.objects.order_by("id").values_list("told", flat=True)) == [1, 1]
    assert not Webhook.objects.filter(processed_at=None).exists()


def test_a_replay_asks_for_a_time_and_a_known_provider() -> None:
    with pytest.raises(CommandError, match="no time"):
        call_command("replay_webhooks", since="yesterday")
    with pytest.raises(CommandError, match="No provider is called"):
        call_command("replay_webhooks", since="2026-01-01", provider="pigeon")


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        # The ESP calls it hard, but the reply is about us: nobody is suppressed for our reputation.
        ({"details": "smtp;550 5.7.1 Blocked: your IP is on a block list"}, None),
        ({"details": "smtp;550-5.7.26 This mail is unauthenticated"}, None),
        ({"kind": "Transient", "details": "smtp;452 4.2.2 mailbox full"}, None),
        ({"kind": "SoftBounce"}, None),
        ({"kind": "BadEmailAddress", "details": "no such thing"}, "hard_bounce"),
    ],
)
def test_only_a_dead_mailbox_suppresses(told: dict[str, str], reason: str | None) -> None:
    _, token = sent_mail()
    post(postmark(), bounce(token, **told))
    process_webhooks()
    assert [one.reason for one in Suppression.objects.all()] == ([reason] if reason else [])


@pytest.mark.parametrize(("stream", "scope"), [("marketing", "marketing"), ("transactional", "everything")])
def test_a_complaint_suppresses_where_it_came_from(stream: str, scope: str) -> None:
    mailing_id, token = sent_mail(stream=stream)
    post(postmark(), complaint(token))
    process_webhooks()
    assert [(one.reason, one.scope) for one in Suppression.objects.all()] == [("complaint", scope)]
    assert Event.objects.filter(mailing_id=mailing_id, kind=EventKind.COMPLAINED).count() == 1


def test_mail_that_is_not_ours_still_tells_whom_to_leave_alone() -> None:
    post(postmark(), bounce())
    post(postmark(), bounce(tokens.sign(999_999, 5), ID=2))
    process_webhooks()
    assert not Event.objects.filter(kind=EventKind.BOUNCED).exists()
    assert Suppression.objects.get().address == "ada@huila.example"


def test_a_forged_token_is_no_token() -> None:
    mailing_id, token = sent_mail()
    post(postmark(), bounce(token[:-1] + ("A" if token[-1] != "A" else "B")))
    process_webhooks()
    assert not Event.objects.filter(mailing_id=mailing_id, kind=EventKind.BOUNCED).exists()


def test_the_token_is_found_wherever_the_provider_keeps_it() -> None:
    mailing_id, token = sent_mail()
    post(postmark(), bounce(Content=f"Message-ID: <{token}@bounces.huila.example>"))
    process_webhooks()
    assert Event.objects.filter(mailing_id=mailing_id, kind=EventKind.BOUNCED).exists()


def test_a_delivery_proves_that_the_provider_had_the_mail_and_counts_nothing() -> None:
    mailing_id, token = sent_mail()
    delivered = {"RecordType": "Delivery", "MessageID": "a", "Recipient": "ada@huila.example", "Details": "250 OK"}
    post(postmark(), {**delivered, "DeliveredAt": "2026-11-24T12:00:00Z", "Metadata": {"sendwell": token}})
    process_webhooks()
    assert heard_of(mailing_id, [76, 77]) == {77}
    assert set(Event.objects.filter(mailing_id=mailing_id).values_list("kind", flat=True)) == {EventKind.ACCEPTED}


@pytest.mark.parametrize(("password", "status"), [(None, 401), ("sendwell:wrong", 403)])
def test_whoever_proves_nothing_is_refused_and_logged(password: str | None, status: int) -> None:
    answer = post(postmark(), bounce(), password)
    assert answer.status_code == status
    assert (status == 401) == ("WWW-Authenticate" in answer.headers)
    assert Webhook.objects.get().refused_why
    assert process_webhooks() == 0
    assert not Suppression.objects.exists()


def test_a_provider_without_a_secret_refuses_and_says_what_to_do() -> None:
    answer = post(postmark(server_token="t"), bounce())
    assert answer.status_code == 403
    assert "has no webhook key yet" in answer.content.decode()


def test_another_kind_of_webhook_is_told_apart_and_refused() -> None:
    answer = post(postmark(), {"FromFull": {"Email": "someone@huila.example"}, "MessageID": "a"})
    assert answer.status_code == 400
    assert "another kind of webhook" in answer.content.decode()


def test_unknown_addresses_are_not_found_and_leave_no_trace() -> None:
    provider = postmark()
    for kind, token in (("postmark", "guess"), ("sendgrid", provider.hook_token), ("smtp", provider.hook_token)):
        assert Client().post(reverse("webhook", args=[kind, token]), "{}", "application/json").status_code == 404
    assert not Webhook.objects.exists()


def test_providers_may_look_whether_the_address_is_right() -> None:
    url = reverse("webhook", args=["postmark", postmark().hook_token])
    assert Client().head(url).status_code == Client().get(url).status_code == 200
    assert not Webhook.objects.exists()


def test_the_log_keeps_no_password() -> None:
    post(postmark(), bounce())
    row = Webhook.objects.get()
    assert "Authorization" not in row.headers
    assert b"ada@huila.example" in bytes(row.body)


def test_words_that_no_database_takes_are_mended() -> None:
    mailing_id, token = sent_mail()
    post(postmark(), bounce(token, details="broken \x00 words"))
    process_webhooks()
    assert (Event.objects.get(mailing_id=mailing_id, kind=EventKind.BOUNCED).detail or "").startswith("broken   words")


def test_one_webhook_that_cannot_be_recorded_holds_up_nobody() -> None:
    _, token = sent_mail()
    provider = postmark()
    post(provider, bounce(token, ID=1, Email="a\x00da@huila.example"))
    post(provider, bounce(token, ID=2))
    while process_webhooks():
        pass
    assert Suppression.objects.get().address == "ada@huila.example"
    assert "could not be recorded" in Webhook.objects.order_by("id")[0].note
    assert not Webhook.objects.filter(processed_at=None).exists()


def test_an_event_with_a_clock_far_off_takes_the_time_it_came() -> None:
    mailing_id, token = sent_mail()
    post(postmark(), bounce(token, BouncedAt="2019-01-01T00:00:00Z"))
    process_webhooks()
    event = Event.objects.get(mailing_id=mailing_id, kind=EventKind.BOUNCED)
    assert timezone.now() - event.occurred_at < timedelta(minutes=5)


def test_old_webhooks_are_forgotten_and_the_memory_of_events_outlives_them() -> None:
    _, token = sent_mail()
    post(postmark(), bounce(token))
    process_webhooks()
    Webhook.objects.update(received_at=timezone.now() - timedelta(days=31))
    ProviderNotice.objects.update(seen_at=timezone.now() - timedelta(days=31))
    month = timezone.now() - timedelta(days=30)
    assert forget_webhooks(month) == 1
    assert ProviderNotice.objects.count() == 1
    ProviderNotice.objects.update(seen_at=timezone.now() - timedelta(days=61))
    forget_webhooks(month)
    assert not ProviderNotice.objects.exists()


def test_a_batch_of_one_webhook_speaks_of_many_people() -> None:
    mailing_id, _ = sent_mail()
    kept = secrets.encrypt(json.dumps({"hook_password": PASSWORD}))
    provider = EspFactory.create(kind="sparkpost", secrets_encrypted=kept)
    post(provider, [_spark(mailing_id, number) for number in range(300)])
    assert process_webhooks() == 1
    assert Event.objects.filter(mailing_id=mailing_id, kind=EventKind.BOUNCED).count() == 300
    assert Suppression.objects.count() == 300
    assert Webhook.objects.get().counted == 300


def _spark(mailing_id: int, number: int) -> Mapping[str, Any]:
    event = {
        "type": "bounce",
        "bounce_class": "10",
        "event_id": f"e{number}",
        "message_id": f"m{number}",
        "raw_rcpt_to": f"reader{number}@huila.example",
        "raw_reason": "550 5.1.1 User unknown",
        "error_code": "550",
        "timestamp": str(int(timezone.now().timestamp())),
        "rcpt_meta": {"sendwell": tokens.sign(mailing_id, number)},
    }
    return {"msys": {"message_event": event}}
