"""Contacts come to stand under whoever reads their mail."""

import pytest
from django.core.cache import cache

from deliverability.models import MailDomain
from subscribers.models import Contact
from subscribers.services.placing import place_contacts
from tests.factories.subscribers import ContactFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nobody_seen() -> None:
    cache.delete("subscribers:placed-up-to")


def provider_of(contact: Contact) -> str:
    contact.refresh_from_db()
    return contact.mailbox_provider


def test_newcomers_domains_are_noted_and_everybody_moves_once_dns_has_answered() -> None:
    anna = ContactFactory.create(email="anna@Company.example", mailbox_provider="other")
    gmail = ContactFactory.create(email="gregor@gmail.com", mailbox_provider="google")
    assert place_contacts() == 0
    assert list(MailDomain.objects.values_list("domain", flat=True)) == ["company.example"]

    MailDomain.objects.update(mailbox_provider="microsoft-business", mx_host="mx.microsoft", is_news=True)
    assert place_contacts() == 1
    assert (provider_of(anna), provider_of(gmail)) == ("microsoft-business", "google")
    assert place_contacts() == 0
    assert not MailDomain.objects.filter(is_news=True).exists()


def test_a_later_contact_of_a_domain_that_is_known_is_placed_without_asking_again() -> None:
    ContactFactory.create(email="anna@company.example", mailbox_provider="other")
    place_contacts()
    MailDomain.objects.update(mailbox_provider="google", mx_host="aspmx.l.google.com")
    late = ContactFactory.create(email="late@company.example", mailbox_provider="other")
    assert place_contacts() == 1
    assert provider_of(late) == "google"


def test_without_what_was_remembered_everybody_is_looked_at_again() -> None:
    anna = ContactFactory.create(email="anna@company.example", mailbox_provider="other")
    place_contacts()
    MailDomain.objects.update(mailbox_provider="mimecast", mx_host="mx.mimecast.com")
    cache.clear()
    assert place_contacts() == 1
    assert provider_of(anna) == "mimecast"
