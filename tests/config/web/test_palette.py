"""What the palette offers to whom, and at what cost."""

from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import include, path

from accounts.types import Role
from config.web.palette import offer
from subscribers.queries.contacts.search import contacts_starting_with
from tests.factories.accounts import UserFactory
from tests.factories.campaigns import CampaignFactory
from tests.factories.subscribers import ContactFactory

pytestmark = pytest.mark.django_db


def _page(request: HttpRequest, key: int) -> HttpResponse:
    return HttpResponse()


# The pages of what can be found, whatever is built of them.
urlpatterns = [
    path("campaign/<int:key>", _page, name="campaign"),
    path("template/<int:key>", _page, name="template"),
    path("contact/<int:key>", _page, name="contact"),
    path("", include("config.urls")),
]


def test_it_offers_pages_and_actions_that_the_role_allows() -> None:
    owner = [str(entry.label) for entry in offer(UserFactory.create(role=Role.OWNER), "")]
    analyst = [str(entry.label) for entry in offer(UserFactory.create(role=Role.ANALYST), "")]
    assert "Home" in owner
    assert "Keyboard shortcuts" in analyst
    assert set(analyst) < set(owner)


def test_people_are_found_by_address_first_name_last_name_or_both() -> None:
    mira = ContactFactory.create(email="m.lang@posteo.example", first_name="Mira", last_name="Lang")
    anna = ContactFactory.create(email="anna@posteo.example", first_name="Anna", last_name="Mirani")
    for words, found in {"MIR": [anna, mira], "lan": [mira], "mira l": [mira], "anna@": [anna], "m": []}.items():
        assert [contact.id for contact in contacts_starting_with(words)] == [one.pk for one in found], words


@pytest.mark.urls(__name__)
def test_the_search_costs_five_queries_at_most(client: Client, django_assert_max_num_queries: Any) -> None:
    CampaignFactory.create()
    ContactFactory.create(email="autumn@posteo.example")
    client.force_login(UserFactory.create(role=Role.OWNER))
    with django_assert_max_num_queries(5):
        answer = client.get("/palette", {"q": "autumn"})
    words = answer.content.decode()
    assert words.count('role="option"') == 3
    assert "autumn@posteo.example" in words


@pytest.mark.urls(__name__)
def test_it_finds_nothing_that_a_role_may_not_see() -> None:
    ContactFactory.create(email="autumn@posteo.example")
    nobody = UserFactory.create(role=Role.OWNER, is_active=False)
    assert offer(nobody, "autumn") == []
