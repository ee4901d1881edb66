"""Retention and the records of processing, as owners and the privacy role see them."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.types import Role
from deliverability.models import Provider
from subscribers.models import CustomField, RetentionChoice
from subscribers.rules.retention import RULES
from subscribers.views.audience.retention_words import KINDS
from tests.factories.accounts import OrganisationFactory, UserFactory
from tests.factories.deliverability import ProviderFactory, StreamFactory
from tests.factories.subscribers import MailingListFactory, subscribed

pytestmark = pytest.mark.django_db


@pytest.fixture
def client() -> Client:
    OrganisationFactory.create()
    client = Client()
    client.force_login(UserFactory.create(role=Role.PRIVACY))
    return client


def test_every_rule_has_words() -> None:
    assert set(KINDS) == {rule.kind for rule in RULES}


def test_a_rule_is_changed_and_counted(client: Client) -> None:
    page = client.post(reverse("settings-retention"), {"kind": "webhooks", "days": "14"}, follow=True).text
    assert "It holds from the next night on" in page
    assert RetentionChoice.objects.get().days == 14
    assert "shipped: 30 days" in page
    assert "Too old" in client.get(reverse("settings-retention") + "?count").text


@pytest.mark.parametrize("days", ["2", "400", "", "soon", "-3"])
def test_beyond_its_limits_nothing_changes(client: Client, days: str) -> None:
    page = client.post(reverse("settings-retention"), {"kind": "webhooks", "days": days}, follow=True).text
    assert "Nothing was changed" in page
    assert not RetentionChoice.objects.exists()


def test_the_records_say_what_is_really_set_up(client: Client) -> None:
    bare = client.get(reverse("settings-processing")).text
    assert "no provider is set up" in bare
    assert "Measuring what is read" not in bare

    relay = ProviderFactory.create(name="Relay of Lyon", host="relay.example.net", security=Provider.Security.NONE)
    StreamFactory.create(provider=relay)
    CustomField.objects.create(key="shoe", label="Shoe size")
    subscribed(MailingListFactory.create(slug="letters"), tracks_opens=True)
    full = client.get(reverse("settings-processing")).text
    for words in ("Relay of Lyon", "relay.example.net", "Marketing", "Shoe size", "Letters", "Measuring what is read"):
        assert words in full, words
    assert "Not encrypted on the way to: Relay of Lyon" in full
    assert "Huila &amp; Sons" in full
    assert "0 of 1 members sign in with a second factor" in full


def test_the_file_stands_by_itself(client: Client) -> None:
    response = client.get(reverse("settings-processing") + "?as=file")
    assert response.headers["Content-Disposition"].startswith("attachment; filename=")
    assert "<script" not in response.text
    assert "stylesheet" not in response.text
    assert "How long it is kept" in response.text
