import pytest
from django.test import Client
from django.urls import reverse

from subscribers.queries.consent.certificate import certificate_of
from subscribers.services.consent import record_consent
from subscribers.services.ledger import take_checkpoint
from subscribers.types import Basis, ConsentAction, Origin, Purpose
from tests.factories.subscribers import ConsentWordingFactory, ContactFactory

pytestmark = pytest.mark.django_db
ORIGIN = Origin(source="https://example.com/s/letters", actor="the person", ip="192.0.2.7", user_agent="Firefox")


def test_the_certificate_shows_words_circumstances_and_proof(owner: Client) -> None:
    contact = ContactFactory.create(email="anna@example.com", country="CA")
    wording = ConsentWordingFactory.create(text="Yes, send me your letters.")
    record_consent(
        contact=contact,
        purpose=Purpose.MARKETING,
        action=ConsentAction.GRANTED,
        basis=Basis.EXPRESS,
        origin=ORIGIN,
        wording_id=wording.pk,
    )
    record_consent(contact=contact, purpose=Purpose.MARKETING, action=ConsentAction.WITHDRAWN, origin=ORIGIN)
    take_checkpoint()
    page = owner.get(reverse("contact-certificate", args=[contact.pk])).content.decode()
    for shown in ("anna@example.com", "Yes, send me your letters.", "192.0.2.7", "Firefox", "Express consent", "CA"):
        assert shown in page
    certificate = certificate_of(contact.pk)
    assert certificate
    assert [proven.entry.action for proven in certificate.entries] == ["granted", "withdrawn"]
    assert all(proven.fingerprint in page for proven in certificate.entries)
    assert "checkpoint" in page


def test_nobody_has_no_certificate(owner: Client) -> None:
    assert owner.get(reverse("contact-certificate", args=[999])).status_code == 404


def test_whoever_said_nothing_has_an_empty_one(owner: Client) -> None:
    page = owner.get(reverse("contact-certificate", args=[ContactFactory.create().pk])).content.decode()
    assert "has never said anything" in page
