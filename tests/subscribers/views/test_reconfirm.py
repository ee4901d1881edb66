"""Asked again: a yes becomes express consent, a look changes nothing, and no old link brings anybody back."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from deliverability.queries import tokens
from subscribers.models import ConsentRecord, Contact, MailingList, Subscription
from subscribers.services.subscriptions import unsubscribe, unsubscribe_all
from subscribers.types import Origin
from tests.factories.accounts import OrganisationFactory
from tests.factories.deliverability import MailingFactory
from tests.factories.subscribers import MailingListFactory, grant, subscribed

pytestmark = pytest.mark.django_db
PERSON = Origin(source="preference center", actor="the person")


@pytest.fixture
def alice() -> Contact:
    OrganisationFactory.create()
    alice = subscribed(MailingListFactory.create(slug="news"))
    ending = timezone.now() + timedelta(days=20)
    Subscription.objects.update(consent_expires_at=ending)
    return alice


def path(contact: Contact) -> str:
    return f"/k/{tokens.sign(MailingFactory.create().pk, contact.pk)}"


def test_the_button_records_express_consent_that_no_longer_ends(client: Client, alice: Contact) -> None:
    place = path(alice)
    assert client.get(place).status_code == 200
    assert ConsentRecord.objects.count() == 1
    answer = client.post(place)
    assert (answer.status_code, answer["Location"]) == (303, f"{place}?done")
    said = ConsentRecord.objects.latest("pk")
    assert (said.action, said.basis) == ("granted", "express")
    assert said.wording is not None
    assert said.wording.text.startswith("Yes, Huila & Sons may keep emailing me")
    assert (Subscription.objects.get().consent, Subscription.objects.get().consent_expires_at) == (said, None)
    assert "Thank you" in client.get(f"{place}?done").content.decode()


def test_of_several_lists_none_is_ticked_and_one_must_be_chosen(client: Client, alice: Contact) -> None:
    offers = MailingListFactory.create(slug="offers")
    grant(alice, offers)
    place = path(alice)
    assert " checked" not in client.get(place).content.decode()
    assert client.post(place).status_code == 422
    assert client.post(place, {"lists": [offers.pk, 404]}).status_code == 303
    assert ConsentRecord.objects.filter(basis="express").get().mailing_list == offers


def test_whoever_left_is_not_brought_back(client: Client, alice: Contact) -> None:
    place, news = path(alice), MailingList.objects.get()
    unsubscribe(contact_id=alice.pk, mailing_list_id=news.pk, origin=PERSON)
    unsubscribe_all(contact_id=alice.pk, origin=PERSON)
    said = ConsentRecord.objects.count()
    assert "You get nothing from us" in client.get(place).content.decode()
    client.post(place, {"lists": [news.pk]})
    assert ConsentRecord.objects.count() == said
    assert Subscription.objects.get().state == "unsubscribed"


@pytest.mark.parametrize("token", ["x" * 24, "nonsense"])
def test_a_link_that_we_never_sent_opens_nothing(client: Client, db: Any, token: str) -> None:
    assert client.get(f"/k/{token}").status_code == 404
