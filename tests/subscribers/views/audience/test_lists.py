"""Lists and their sign-up pages."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from subscribers.models import MailingList, SignUpForm, Subscription
from subscribers.queries.list_sizes import list_sizes
from subscribers.services.subscriptions import unsubscribe
from subscribers.types import Origin, SubscriptionState
from tests.factories.subscribers import ContactFactory, MailingListFactory, subscribed

pytestmark = pytest.mark.django_db
PERSON = Origin(source="preference center", actor="the person")
PAGE = {"title": "Our letters", "introduction": "", "wording": "Yes, send me News.", "is_open": "on"}


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


def test_a_changed_wording_is_a_new_version_and_the_old_one_stays(owner: Client) -> None:
    news = MailingListFactory.create(slug="news")
    owner.post(reverse("list-page-new", args=[news.pk]), PAGE)
    form = SignUpForm.objects.get()
    first = form.wording
    assert list(form.lists.all()) == [news]
    owner.post(reverse("list-page", args=[news.pk, form.pk]), {**PAGE, "wording": "Yes, send me the News."})
    form.refresh_from_db()
    assert form.wording.version == first.version + 1
    first.refresh_from_db()
    assert first.text == "Yes, send me News."
    assert f"/s/{form.slug}" in owner.get(reverse("lists")).content.decode()


def test_pages_of_other_lists_are_not_there(owner: Client) -> None:
    news, offers = MailingListFactory.create(slug="news"), MailingListFactory.create(slug="offers")
    owner.post(reverse("list-page-new", args=[news.pk]), PAGE)
    form = SignUpForm.objects.get()
    assert owner.get(reverse("list-page", args=[offers.pk, form.pk])).status_code == 404
