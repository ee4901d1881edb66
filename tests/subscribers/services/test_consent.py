from datetime import timedelta

import pytest
import time_machine
from django.db import DatabaseError, transaction
from django.utils import timezone

from subscribers.errors import ContactGone
from subscribers.models import ConsentRecord
from subscribers.services.consent import lock_contact, publish_wording, record_consent
from subscribers.types import Basis, ConsentAction, Origin, Purpose
from tests.factories.subscribers import ContactFactory, MailingListFactory

pytestmark = pytest.mark.django_db
ORIGIN = Origin(
    source="https://huila.example/s/news", actor="the person", ip="2001:db8::7", user_agent="Firefox", jurisdiction="FR"
)


def test_an_entry_keeps_the_evidence() -> None:
    contact, news = ContactFactory.create(), MailingListFactory.create()
    wording = publish_wording(name="news", text="Yes, send me the news.", locale="en")
    expires_at = timezone.now() + timedelta(days=730)
    with time_machine.travel("2026-11-20T10:00:00Z", tick=False):
        record_consent(
            contact=contact,
            purpose=Purpose.SUBSCRIPTION,
            action=ConsentAction.GRANTED,
            origin=ORIGIN,
            mailing_list_id=news.pk,
            basis=Basis.IMPLIED_PURCHASE,
            wording_id=wording.pk,
            expires_at=expires_at,
        )
    entry = ConsentRecord.objects.get()
    assert (entry.source, entry.actor, entry.ip, entry.user_agent, entry.jurisdiction) == (
        "https://huila.example/s/news",
        "the person",
        "2001:db8::7",
        "Firefox",
        "FR",
    )
    assert (entry.mailing_list, entry.wording, entry.basis) == (news, wording, Basis.IMPLIED_PURCHASE)
    assert (entry.expires_at, entry.occurred_at.isoformat()) == (expires_at, "2026-11-20T10:00:00+00:00")


def test_the_declared_country_stands_in_for_an_unknown_jurisdiction() -> None:
    contact = ContactFactory.create(country="IT")
    entry = record_consent(
        contact=contact,
        purpose=Purpose.MARKETING,
        action=ConsentAction.WITHDRAWN,
        origin=Origin(source="a phone call", actor="Mira"),
    )
    assert entry.jurisdiction == "IT"


def test_the_ledger_refuses_changes() -> None:
    entry = record_consent(
        contact=ContactFactory.create(), purpose=Purpose.MARKETING, action=ConsentAction.GRANTED, origin=ORIGIN
    )
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        ConsentRecord.objects.filter(pk=entry.pk).update(action=ConsentAction.WITHDRAWN)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        entry.delete()


def test_a_changed_text_is_a_new_version_and_the_same_text_is_not() -> None:
    first = publish_wording(name="news", text="Yes.", locale="en")
    assert publish_wording(name="news", text="Yes.", locale="en") == first
    second = publish_wording(name="news", text="Yes, please.", locale="en")
    german = publish_wording(name="news", text="Ja.", locale="de")
    first.refresh_from_db()
    assert (first.version, first.text, second.version, german.version) == (1, "Yes.", 2, 1)


def test_a_contact_who_is_gone_cannot_be_locked() -> None:
    with pytest.raises(ContactGone), transaction.atomic():
        lock_contact(404)
