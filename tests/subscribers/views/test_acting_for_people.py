"""What a press on a contact's page does, and what a broken one never does."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.types import Role
from deliverability.models import Suppression
from subscribers.models import Contact, Subscription
from subscribers.types import SubscriptionState
from tests.factories.accounts import UserFactory
from tests.factories.subscribers import MailingListFactory, grant, subscribed

pytestmark = pytest.mark.django_db


@pytest.fixture
def person() -> Contact:
    """Somebody on two lists."""
    contact = subscribed(MailingListFactory.create(slug="news"))
    grant(contact, MailingListFactory.create(slug="offers"))
    return contact


@pytest.fixture
def marketer(client: Client) -> Client:
    client.force_login(UserFactory.create(role="marketer"))
    return client


def states() -> dict[str, str]:
    return dict(Subscription.objects.values_list("mailing_list__slug", "state"))


@pytest.mark.parametrize("broken", ["news", "²", "-1", "9" * 30])
def test_a_list_that_cannot_be_read_is_not_all_of_them(marketer: Client, person: Contact, broken: str) -> None:
    answer = marketer.post(reverse("contact-act", args=[person.pk]), {"act": "unsubscribe", "list": broken})
    assert answer.status_code == 400
    assert set(states().values()) == {SubscriptionState.SUBSCRIBED}
    assert not Suppression.objects.exists()


def test_one_list_is_left_and_all_are(marketer: Client, person: Contact) -> None:
    url = reverse("contact-act", args=[person.pk])
    news = MailingListFactory.create(slug="news")
    marketer.post(url, {"act": "unsubscribe", "list": news.pk})
    assert states() == {"news": SubscriptionState.UNSUBSCRIBED, "offers": SubscriptionState.SUBSCRIBED}
    marketer.post(url, {"act": "unsubscribe"})
    assert set(states().values()) == {SubscriptionState.UNSUBSCRIBED}
    assert Suppression.objects.get().reason == "unsubscribe"


def test_a_pause_begins_and_ends(marketer: Client, person: Contact) -> None:
    url = reverse("contact-act", args=[person.pk])
    marketer.post(url, {"act": "pause"})
    assert "Paused until" in marketer.get(reverse("contact", args=[person.pk])).content.decode()
    marketer.post(url, {"act": "resume"})
    assert "Paused until" not in marketer.get(reverse("contact", args=[person.pk])).content.decode()


@pytest.mark.parametrize("role", [Role.ANALYST, Role.DELIVERABILITY, Role.DEVELOPER])
def test_who_only_looks_is_offered_nothing_and_may_do_nothing(client: Client, person: Contact, role: Role) -> None:
    client.force_login(UserFactory.create(role=role))
    act = reverse("contact-act", args=[person.pk])
    page = client.get(reverse("contact", args=[person.pk])).content.decode()
    assert person.email in page
    assert act not in page
    assert client.post(act, {"act": "unsubscribe"}).status_code == 403
    assert set(states().values()) == {SubscriptionState.SUBSCRIBED}
