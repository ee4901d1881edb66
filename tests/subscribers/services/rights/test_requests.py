"""Requests are noted with their deadline, and answered by a mail in the person's language."""

from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import cast

import pytest
import time_machine
from django.utils import timezone

from accounts.errors import PermissionRefused
from accounts.services.permission import SENDWELL
from accounts.types import Role
from deliverability.models import DeliveryBatch
from deliverability.queries.streams import mailing_brief
from deliverability.queries.suppressions import suppressed_keys
from deliverability.services.composers import composer_for
from deliverability.types import OutgoingMessage, Skipped, SkipReason, StreamKind
from subscribers.errors import RequestRefused
from subscribers.models import Contact, PrivacyRequest
from subscribers.queries.rights.export_links import read_export
from subscribers.services.rights import extend_request, fulfil, note_identity, open_request, refuse
from subscribers.services.rights.answering import COMPOSER
from subscribers.types import PrivacyLaw, RequestKind, RequestState
from tests.factories.accounts import OrganisationFactory, UserFactory
from tests.factories.deliverability import StreamFactory
from tests.factories.subscribers import subscribed

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _set_up() -> None:
    OrganisationFactory.create()
    StreamFactory.create(slug="transactional")


def ask(kind: RequestKind, contact: Contact | None = None, **facts: object) -> PrivacyRequest:
    contact = contact or subscribed()
    return open_request(contact_id=contact.pk, kind=kind, source="A mail", actor=SENDWELL, **facts)  # type: ignore[arg-type]


def answer() -> EmailMessage:
    """The one mail that waits."""
    batch = DeliveryBatch.objects.select_related("mailing").get()
    [message] = composer_for(COMPOSER).compose(mailing_brief(batch.mailing_id), batch.recipient_ids)
    assert isinstance(message, OutgoingMessage)
    return cast(EmailMessage, message_from_bytes(message.data, policy=policy.default))


def text_of(mail: EmailMessage, kind: str = "plain") -> str:
    part = mail.get_body((kind,))
    assert part is not None
    return str(part.get_content())


def steps(request: PrivacyRequest) -> list[str]:
    return list(request.steps.order_by("pk").values_list("text", flat=True))


@time_machine.travel(NOW, tick=False)
def test_the_clock_runs_from_when_it_came_in_by_the_law_of_their_country() -> None:
    german = ask(RequestKind.EXPORT, subscribed(country="DE"), received_at=NOW - timedelta(days=3))
    american = ask(RequestKind.EXPORT, subscribed(country="US"))
    assert (german.law, german.due_at) == (PrivacyLaw.GDPR, datetime(2026, 12, 21, 12, tzinfo=UTC))
    assert (american.law, american.due_at) == (PrivacyLaw.CCPA, NOW + timedelta(days=45))


def test_asking_twice_makes_one_request() -> None:
    contact = subscribed()
    first, second = ask(RequestKind.EXPORT, contact), ask(RequestKind.EXPORT, contact)
    assert first.pk == second.pk
    assert steps(first) == ["Asked for it: A mail", "Asked again: A mail"]
    assert ask(RequestKind.ERASURE, contact).pk != first.pk


def test_somebody_unknown_is_noted_by_their_address() -> None:
    unknown = open_request(
        contact_id=None, kind=RequestKind.EXPORT, source="A letter", actor=SENDWELL, address="who@example.net"
    )
    done = fulfil(request_id=unknown.pk, actor=SENDWELL, note="Answered by letter.")
    assert steps(done)[-1] == "We hold nothing about them. Answered by letter."
    assert not DeliveryBatch.objects.exists()
    with pytest.raises(RequestRefused, match="Say who asks"):
        open_request(contact_id=None, kind=RequestKind.EXPORT, source="A letter", actor=SENDWELL)


def test_an_export_comes_as_a_link_in_their_language() -> None:
    contact = subscribed(locale="de")
    request = fulfil(request_id=ask(RequestKind.EXPORT, contact).pk, actor=SENDWELL)
    assert request.state == RequestState.FULFILLED
    mail = answer()
    assert mail["To"] == contact.email
    assert mail["List-Unsubscribe"] is None
    [address] = {word.strip("<>()[]") for word in text_of(mail).split() if "/d/" in word}
    link = read_export(address.rpartition("/")[2])
    assert link is not None
    assert (link.contact_id, link.is_expired) == (contact.pk, False)
    with time_machine.travel(timezone.now() + timedelta(days=8)):
        link = read_export(address.rpartition("/")[2])
        assert link is not None
        assert link.is_expired
    assert read_export(address.rpartition("/")[2][:-1] + "x") is None


def test_a_refusal_tells_them_why_and_where_to_turn() -> None:
    request = ask(RequestKind.ERASURE)
    assert refuse(request_id=request.pk, actor=SENDWELL, reason="We must keep your invoices <b>until</b> 2031.")
    mail = answer()
    assert mail["Subject"] == "We cannot do what you asked"
    assert "We must keep your invoices" in text_of(mail)
    assert "&lt;b&gt;until" in text_of(mail, "html")
    assert "data protection authority" in text_of(mail)
    request.refresh_from_db()
    assert (request.state, steps(request)[-1]) == (
        RequestState.REFUSED,
        "Refused: We must keep your invoices <b>until</b> 2031.",
    )
    assert Contact.objects.filter(pk=request.contact_id).exists()


def test_nobody_may_refuse_an_objection_to_advertising() -> None:
    request = ask(RequestKind.OBJECTION)
    with pytest.raises(RequestRefused, match="Nobody may refuse"):
        refuse(request_id=request.pk, actor=SENDWELL, reason="No.")


def test_an_objection_ends_mail_and_tracking_at_once() -> None:
    contact = subscribed(tracks_opens=True, tracks_clicks=True)
    fulfil(request_id=ask(RequestKind.OBJECTION, contact).pk, actor=SENDWELL)
    contact.refresh_from_db()
    assert (contact.tracks_opens, contact.tracks_clicks) == (False, False)
    assert suppressed_keys(StreamKind.MARKETING, [bytes(contact.address_key)])
    said = contact.consents.filter(action="withdrawn")
    assert {entry.purpose for entry in said} == {"subscription", "marketing", "open_tracking", "click_tracking"}
    assert {entry.source for entry in said} == {"Objection to direct marketing: A mail"}


def test_more_time_is_lent_once_and_they_hear_of_it() -> None:
    with time_machine.travel(NOW, tick=False):
        request = ask(RequestKind.EXPORT, subscribed(country="DE"))
        extend_request(request_id=request.pk, actor=SENDWELL, because="It spans eleven years.")
        request.refresh_from_db()
        assert request.due_at == datetime(2027, 2, 24, 12, tzinfo=UTC)
        text = text_of(answer())
        assert "It spans eleven years." in text
        assert "Feb. 24, 2027" in text
        with pytest.raises(RequestRefused, match="once already"):
            extend_request(request_id=request.pk, actor=SENDWELL, because="Still.")


def test_an_overdue_request_can_not_be_extended() -> None:
    request = ask(RequestKind.EXPORT, received_at=timezone.now() - timedelta(days=40))
    with pytest.raises(RequestRefused, match="overdue"):
        extend_request(request_id=request.pk, actor=SENDWELL, because="Holidays.")


def test_a_correction_says_what_was_corrected() -> None:
    request = ask(RequestKind.CORRECTION)
    with pytest.raises(RequestRefused, match="Say what"):
        fulfil(request_id=request.pk, actor=SENDWELL)
    assert steps(fulfil(request_id=request.pk, actor=SENDWELL, note="The name."))[-1] == "Corrected: The name."


def test_a_request_is_answered_once() -> None:
    request = ask(RequestKind.RESTRICTION)
    note_identity(request_id=request.pk, actor=SENDWELL, how="Wrote from the address itself")
    fulfil(request_id=request.pk, actor=SENDWELL)
    with pytest.raises(RequestRefused, match="answered already"):
        refuse(request_id=request.pk, actor=SENDWELL, reason="No.")


def test_who_has_left_in_the_meantime_gets_no_answer() -> None:
    contact = subscribed()
    request = ask(RequestKind.EXPORT, contact)
    fulfil(request_id=request.pk, actor=SENDWELL)
    fulfil(request_id=ask(RequestKind.ERASURE, contact).pk, actor=SENDWELL)
    batch = DeliveryBatch.objects.get()
    composed = composer_for(COMPOSER).compose(mailing_brief(batch.mailing_id), batch.recipient_ids)
    assert list(composed) == [Skipped(contact.pk, SkipReason.GONE)]


def test_without_a_stream_nothing_is_half_done() -> None:
    request = ask(RequestKind.EXPORT)
    StreamFactory._meta.model.objects.all().delete()
    with pytest.raises(RequestRefused, match="Add one under"):
        fulfil(request_id=request.pk, actor=SENDWELL)
    request.refresh_from_db()
    assert request.state == RequestState.OPEN


def test_a_marketer_notes_requests_and_answers_none() -> None:
    marketer = UserFactory.create(role=Role.MARKETER)
    request = open_request(contact_id=subscribed().pk, kind=RequestKind.EXPORT, source="A call", actor=marketer)
    for act in (
        lambda: fulfil(request_id=request.pk, actor=marketer),
        lambda: refuse(request_id=request.pk, actor=marketer, reason="No."),
    ):
        with pytest.raises(PermissionRefused):
            act()
    fulfil(request_id=request.pk, actor=UserFactory.create(role=Role.PRIVACY))
