"""What a query string may ask of the table of contacts, whoever wrote it."""

import pytest

from subscribers.queries.contacts.filters import Filters, found_contacts
from subscribers.types import SubscriptionState
from tests.factories.subscribers import ContactFactory, MailingListFactory, subscribed

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "given",
    [
        {"list": "²"},
        {"list": "-1"},
        {"list": "9" * 30},
        {"state": "elsewhere"},
        {"q": "al\0ice"},
        {"provider": "\0"},
        {"paused": "perhaps"},
    ],
)
def test_nothing_typed_into_the_address_breaks_the_table(given: dict[str, str]) -> None:
    subscribed()
    list(found_contacts(Filters.read(given)).contacts)


def test_a_query_string_says_what_it_was_read_from() -> None:
    query = Filters.read({"q": " mira ", "list": "7", "state": "pending", "after": "12"}).query
    assert query == "q=mira&list=7&state=pending"
    assert not Filters.read({"list": "²", "state": "elsewhere"})


def test_a_state_is_that_on_the_chosen_list() -> None:
    news, offers = MailingListFactory.create(slug="news"), MailingListFactory.create(slug="offers")
    alice, bob = subscribed(news), subscribed(offers)
    alice.subscriptions.create(mailing_list=offers, state=SubscriptionState.UNSUBSCRIBED, changed_at=alice.created_at)
    on_offers = Filters(list=str(offers.pk), state=SubscriptionState.SUBSCRIBED)
    assert list(found_contacts(on_offers).contacts) == [bob]
    anywhere = Filters(state=SubscriptionState.SUBSCRIBED)
    assert set(found_contacts(anywhere).contacts) == {alice, bob}


def test_a_search_is_for_the_beginning_of_an_address_or_a_name() -> None:
    mira = ContactFactory.create(email="mira@huila.example", first_name="Mira", last_name="Lang")
    ContactFactory.create(email="admiral@huila.example", first_name="Zoe", last_name="Samira")
    for words in ("MIR", "lan", "mira la"):
        assert list(found_contacts(Filters(q=words)).contacts) == [mira], words
