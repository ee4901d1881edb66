"""Lists and their sign-up pages."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from subscribers.models import MailingList, Subscription
from subscribers.queries.lists.sizes import list_sizes
from subscribers.services.subscriptions import unsubscribe
from subscribers.types import Origin, SubscriptionState
from tests.factories.subscribers import ContactFactory, MailingListFactory, subscribed

pytestmark = pytest.mark.django_db
PERSON = Origin(source="preference center", actor="the person")


def test_sizes_are_counted_by_state_in_one_query() -> None:
    news, empty = MailingListFactory.create(slug="news"), MailingListFactory.create(slug="empty")
    people = [subscribed(news) for _ in range(3)]
    unsubscribe(contact_id=people[0].pk, mailing_list_id=news.pk, origin=PERSON)
    moment = timezone.now() - timedelta(hours=1)
    Subscription.objects.create(
        contact=ContactFactory.create(), mailing_list=news, state=SubscriptionState.PENDING, changed_at=moment
    )
    with CaptureQueriesContext(connection) as queries:
        sizes = {size.id: (size.subscribed, size.pending, size.unsubscribed) for size in list_sizes()}
    assert sizes == {news.pk: (2, 1, 1), empty.pk: (0, 0, 0)}
    assert len(queries) == 1


def test_a_list_is_made_and_changed_and_keeps_its_slug(owner: Client) -> None:
    owner.post(reverse("list-new"), {"name": "Café & Co", "description": "Monthly"})
    owner.post(reverse("list-new"), {"name": "Café & Co", "is_public": "on"})
    first, second = MailingList.objects.order_by("id")
    assert (first.slug, second.slug) == ("cafe-co", "cafe-co-2")
    assert (first.is_public, second.is_public) == (False, True)
    owner.post(reverse("list", args=[first.pk]), {"name": "The roast", "is_public": "on"})
    first.refresh_from_db()
    assert (first.name, first.slug, first.is_public) == ("The roast", "cafe-co", True)
