"""What a mail's link alone may not do: asked for on the page, done from the mailbox itself."""

import json
import re
from datetime import timedelta
from email import message_from_bytes, policy
from io import BytesIO
from typing import Any, cast
from zipfile import ZipFile

import pytest
import time_machine
from django.http import StreamingHttpResponse
from django.test import Client
from django.utils import timezone

from deliverability.models import DeliveryBatch, Suppression
from deliverability.queries import tokens
from deliverability.queries.streams import mailing_brief
from deliverability.queries.suppressions import suppressed_keys
from deliverability.services.composers import composer_for
from deliverability.services.suppression import suppress
from deliverability.types import OutgoingMessage, Scope, Skipped, StreamKind, SuppressionReason
from subscribers.models import ConsentRecord, Contact, PrivacyRequest
from subscribers.services.ledger import prove_ledger
from subscribers.services.subscriptions import unsubscribe_all
from subscribers.types import FIRST_TEST_RECIPIENT, Origin
from tests.factories.accounts import OrganisationFactory
from tests.factories.deliverability import MailingFactory, StreamFactory
from tests.factories.subscribers import ContactFactory, MailingListFactory, subscribed

pytestmark = pytest.mark.django_db
OLD, NEW = "alice@gmail.com", "alice.new@posteo.de"


@pytest.fixture
def alice() -> Contact:
    OrganisationFactory.create()
    StreamFactory.create(slug="transactional")
    return subscribed(MailingListFactory.create(slug="news"), email=OLD)


def ask(client: Client, contact: Contact, do: str, **more: object) -> str:
    """Press a button on the page that any mail opens; the page that follows."""
    path = f"/p/{tokens.sign(MailingFactory.create(stream__slug='marketing').pk, contact.pk)}"
    response = client.post(path, {"do": do, **more})
    return (
        client.get(response["Location"]).content.decode() if response.status_code == 303 else str(response.status_code)
    )


def composed() -> list[OutgoingMessage | Skipped]:
    """What the engine would send now, oldest first."""
    batches = DeliveryBatch.objects.filter(mailing__composer="errand").order_by("pk").select_related("mailing")
    return [
        outcome
        for batch in batches
        for outcome in composer_for("errand").compose(mailing_brief(batch.mailing_id), batch.recipient_ids)
    ]


def mails() -> dict[str, str]:
    """The text of the newest mail to each address."""
    found = {}
    for outcome in composed():
        if isinstance(outcome, OutgoingMessage):
            mail: Any = message_from_bytes(outcome.data, policy=policy.default)
            found[str(mail["To"])] = str(mail.get_body(("plain",)).get_content())
    return found


def link_in(text: str) -> str:
    found = re.search(r"http://127\.0\.0\.1:8000(/y/[\w.-]+)", text)
    assert found, text
    return found[1]


def said(contact: Contact, purpose: str) -> list[str]:
    entries = ConsentRecord.objects.filter(contact=contact, purpose=purpose).order_by("pk")
    return [entry.action for entry in entries]


def test_a_new_address_confirms_and_everything_that_was_said_comes_along(client: Client, alice: Contact) -> None:
    assert "Please look into the inbox" in ask(client, alice, "address", address=NEW)
    sent = mails()
    assert set(sent) == {OLD, NEW}
    assert "a•••w@posteo.de" in sent[OLD]
    assert NEW not in sent[OLD]
    assert OLD not in sent[NEW]
    path = link_in(sent[NEW])
    assert "News" in client.get(path).content.decode()
    alice.refresh_from_db()
    assert alice.email == OLD
    page = client.get(client.post(path)["Location"]).content.decode()
    assert "Your address is changed" in page
    alice.refresh_from_db()
    assert (alice.email, alice.mailbox_provider) == (NEW, ContactFactory.build(email=NEW).mailbox_provider)
    assert bytes(alice.address_key) == ContactFactory.build(email=NEW).address_key
    assert alice.subscriptions.get().consent is not None
    assert said(alice, "address") == ["requested", "granted"]
    assert prove_ledger().holds


def test_the_old_mailbox_stops_a_change_before_and_takes_it_back_after(client: Client, alice: Contact) -> None:
    ask(client, alice, "address", address=NEW)
    first = mails()
    client.post(link_in(first[OLD]))
    assert "This change was stopped" in client.get(link_in(first[NEW])).content.decode()
    client.post(link_in(first[NEW]))
    alice.refresh_from_db()
    assert alice.email == OLD
    with time_machine.travel(timezone.now() + timedelta(hours=1), tick=False):
        ask(client, alice, "address", address=NEW)
        second = mails()
        client.post(link_in(second[NEW]))
    with time_machine.travel(timezone.now() + timedelta(days=20), tick=False):
        assert "take it back" in client.get(link_in(second[OLD])).content.decode()
        page = client.get(client.post(link_in(second[OLD]))["Location"]).content.decode()
    assert "The change is stopped" in page
    alice.refresh_from_db()
    assert alice.email == OLD
    assert said(alice, "address") == ["requested", "withdrawn", "requested", "granted", "withdrawn"]


def test_a_no_moves_with_the_person_and_a_bounce_stays_with_the_mailbox(client: Client, alice: Contact) -> None:
    suppress(addresses=[OLD], scope=Scope.MARKETING, reason=SuppressionReason.COMPLAINT)
    suppress(addresses=[OLD], scope=Scope.MARKETING, reason=SuppressionReason.SOFT_BOUNCE)
    unsubscribe_all(contact_id=alice.pk, origin=Origin(source="x", actor="the person"))
    ask(client, alice, "address", address=NEW)
    page = client.get(link_in(mails()[NEW])).content.decode()
    assert "News" not in page
    client.post(link_in(mails()[NEW]))
    alice.refresh_from_db()
    held = Suppression.objects.filter(address_key=alice.address_key).values_list("reason", flat=True)
    assert (alice.email, set(held)) == (NEW, {"complaint", "unsubscribe"})


def test_a_mailbox_that_had_unsubscribed_is_told_so_and_its_yes_counts(client: Client, alice: Contact) -> None:
    suppress(addresses=[NEW], scope=Scope.MARKETING, reason=SuppressionReason.UNSUBSCRIBE)
    suppress(addresses=[NEW], scope=Scope.MARKETING, reason=SuppressionReason.MANUAL)
    ask(client, alice, "address", address=NEW)
    path = link_in(mails()[NEW])
    assert "even if it was unsubscribed before" in client.get(path).content.decode()
    client.post(path)
    alice.refresh_from_db()
    live = Suppression.objects.filter(address_key=alice.address_key, lifted_at=None)
    assert [held.reason for held in live] == ["manual"]


@pytest.mark.parametrize("kind", ["free", "taken", "suppressed"])
def test_the_page_answers_alike_whoever_has_the_address(client: Client, alice: Contact, kind: str) -> None:
    if kind == "taken":
        ContactFactory.create(email=NEW)
    elif kind == "suppressed":
        suppress(addresses=[NEW], scope=Scope.EVERYTHING, reason=SuppressionReason.HARD_BOUNCE)
    assert "Please look into the inbox" in ask(client, alice, "address", address=NEW.upper())
    sent = {address.lower(): text for address, text in mails().items()}
    assert (NEW in sent) == (kind != "suppressed")
    if kind == "taken":
        assert "belongs to a reader of ours already" in " ".join(sent[NEW].split())
        assert "/y/" not in sent[NEW]


def test_an_address_that_is_taken_meanwhile_changes_nothing(client: Client, alice: Contact) -> None:
    ask(client, alice, "address", address=NEW)
    path = link_in(mails()[NEW])
    ContactFactory.create(email=NEW)
    for response in (client.get(path), client.post(path)):
        assert (response.status_code, "Nothing was changed" in response.content.decode()) == (409, True)
    alice.refresh_from_db()
    assert (alice.email, said(alice, "address")) == (OLD, ["requested"])


def test_a_bounce_of_the_new_address_does_not_reach_the_old_one(client: Client, alice: Contact) -> None:
    ask(client, alice, "address", address=NEW)
    recipients = [pk for batch in DeliveryBatch.objects.all() for pk in batch.recipient_ids]
    assert all(pk >= FIRST_TEST_RECIPIENT for pk in recipients)


def test_a_copy_of_the_data_comes_by_the_link_in_the_mailbox_only(client: Client, alice: Contact) -> None:
    assert "Please look into the inbox" in ask(client, alice, "copy")
    path = link_in(mails()[OLD])
    assert OLD in client.get(path).content.decode()
    assert not PrivacyRequest.objects.exists()
    response = cast(StreamingHttpResponse, client.post(path))
    archive = ZipFile(BytesIO(b"".join(cast(Any, response.streaming_content))))
    assert json.loads(archive.read("everything.json"))["profile"][0]["email"] == OLD
    request = PrivacyRequest.objects.get()
    assert (request.kind, request.state, request.contact) == ("export", "fulfilled", alice)
    assert said(alice, "export") == ["requested", "granted"]
    assert client.post(path).status_code == 200
    assert PrivacyRequest.objects.count() == 1


def test_deletion_takes_the_mailbox_and_leaves_only_a_hash(client: Client, alice: Contact) -> None:
    ask(client, alice, "delete")
    path = link_in(mails()[OLD])
    client.get(path)
    assert Contact.objects.filter(pk=alice.pk).exists()
    assert "Your data is deleted" in client.post(path).content.decode()
    assert not Contact.objects.filter(pk=alice.pk).exists()
    assert PrivacyRequest.objects.get().kind == "erasure"
    assert suppressed_keys(StreamKind.MARKETING, [bytes(alice.address_key)])
    assert client.post(path).status_code == 404
    assert prove_ledger().holds


def test_links_expire_and_the_newest_one_counts(client: Client, alice: Contact) -> None:
    ask(client, alice, "delete")
    first = link_in(mails()[OLD])
    with time_machine.travel(timezone.now() + timedelta(hours=2)):
        ask(client, alice, "delete")
        assert client.post(first).status_code == 410
        newest = link_in(mails()[OLD])
    with time_machine.travel(timezone.now() + timedelta(hours=27)):
        assert client.post(newest).status_code == 410
    assert Contact.objects.filter(pk=alice.pk).exists()


def test_a_token_serves_only_what_it_was_signed_for(client: Client, alice: Contact) -> None:
    ask(client, alice, "address", address=NEW)
    stop = link_in(mails()[OLD]).removeprefix("/y/")
    mail = tokens.sign(1, alice.pk)
    for path in (f"/y/{mail}", f"/p/{stop}", f"/u/{stop}", f"/c/{stop}", f"/y/{stop[:-2]}xx"):
        assert client.post(path).status_code == 404
    client.post(f"/y/{stop}")
    alice.refresh_from_db()
    assert (alice.email, said(alice, "address")) == (OLD, ["requested", "withdrawn"])


def test_nobodys_mailbox_is_flooded(client: Client, alice: Contact) -> None:
    with time_machine.travel("2026-11-20T10:00:00Z", tick=False) as clock:
        for _ in range(3):
            assert "Please look into the inbox" in ask(client, alice, "copy")
            assert "Please look into the inbox" in ask(client, alice, "copy")
            clock.shift(timedelta(minutes=5))
        assert "three times since yesterday" in ask(client, alice, "copy")
        assert said(alice, "export") == ["requested"] * 3
        clock.shift(timedelta(days=1))
        assert "Please look into the inbox" in ask(client, alice, "copy")


def test_what_is_no_address_or_the_same_is_said_at_once(client: Client, alice: Contact) -> None:
    assert ask(client, alice, "address", address="alice") == "422"
    assert "That is your address already" in ask(client, alice, "address", address="Alice@gmail.com")
    assert not ConsentRecord.objects.filter(purpose="address").exists()


@pytest.mark.parametrize("language", ["de", "fr", "es", "it"])
def test_every_mail_speaks_the_persons_language(client: Client, alice: Contact, language: str) -> None:
    subjects = {}
    for locale in ("en", language):
        Contact.objects.update(locale=locale)
        DeliveryBatch.objects.all().delete()
        with time_machine.travel(timezone.now() + timedelta(hours=len(subjects) + 1)):
            for do in ("copy", "delete"):
                ask(client, alice, do)
            ask(client, alice, "address", address=NEW)
            outgoing = [outcome for outcome in composed() if isinstance(outcome, OutgoingMessage)]
        found = [message_from_bytes(outcome.data, policy=policy.default) for outcome in outgoing]
        subjects[locale] = {str(mail["Subject"]) for mail in found}
    assert len(subjects["en"]) == len(subjects[language]) == 4
    assert not subjects["en"] & subjects[language]
