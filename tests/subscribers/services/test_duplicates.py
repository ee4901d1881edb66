"""Who may be one person, and what is shown of two before they are merged."""

import pytest

from accounts.services.permission import SENDWELL
from subscribers.errors import IdentifierRefused
from subscribers.models import Contact, ContactIdentifier, DuplicatePair
from subscribers.queries.contacts.duplicates import compare_contacts, duplicate_page, duplicates_of
from subscribers.queries.contacts.search import contacts_starting_with
from subscribers.queries.people import find_contact
from subscribers.services.duplicates import look_for_duplicates
from subscribers.services.identifiers import add_identifier, remove_identifier
from subscribers.services.merging import keep_apart, merge_contacts
from subscribers.services.subscriptions import unsubscribe
from subscribers.types import Origin, SubscriptionState
from tests.factories.subscribers import ContactFactory, MailingListFactory, subscribed

pytestmark = pytest.mark.django_db


def person(email: str, **known: object) -> Contact:
    return ContactFactory.create(**{"email": email, "first_name": "", **known})


def pairs() -> list[tuple[str, str, list[str]]]:
    look_for_duplicates()
    return sorted((pair.first.email, pair.second.email, pair.reasons) for pair in DuplicatePair.objects.all())


def test_dots_and_what_stands_behind_a_plus_make_no_other_person() -> None:
    for email in ("kim.ruiz@gmail.com", "kimruiz+shop@googlemail.com", "kim.ruiz@huila.example"):
        person(email)
    person("kimruiz@huila.example")
    person("kim.ruiz+news@huila.example")
    assert pairs() == [
        ("kim.ruiz@gmail.com", "kimruiz+shop@googlemail.com", ["mailbox"]),
        ("kim.ruiz@huila.example", "kim.ruiz+news@huila.example", ["mailbox"]),
    ]


def test_the_same_name_counts_at_a_company_and_not_at_a_big_provider() -> None:
    for email in ("kim@huila.example", "k.ruiz@huila.example", "kim1@gmail.com", "kim2@gmail.com"):
        person(email, first_name="Kim", last_name="Ruiz")
    assert pairs() == [("kim@huila.example", "k.ruiz@huila.example", ["name"])]


def test_the_same_long_id_in_two_systems_counts() -> None:
    one, other = person("a@gmail.com"), person("b@gmail.com")
    for contact, source in ((one, "shop"), (other, "crm")):
        ContactIdentifier.objects.create(contact=contact, source=source, external_id="7f3a9c1e")
    assert pairs() == [("a@gmail.com", "b@gmail.com", ["identifier"])]


def test_who_was_kept_apart_or_merged_is_suggested_no_more() -> None:
    first, second, third = (person(email) for email in ("a.b@gmail.com", "ab@gmail.com", "a.b+x@gmail.com"))
    look_for_duplicates()
    assert {each.pk for each in duplicates_of(first.pk)} == {second.pk, third.pk}
    keep_apart(first_id=second.pk, second_id=first.pk, actor=SENDWELL)
    assert [(pair.first_id, pair.second_id) for pair in duplicate_page().pairs] == [(first.pk, third.pk)]
    merge_contacts(keep_id=first.pk, merge_id=third.pk, actor=SENDWELL)
    assert pairs() == []


def test_the_comparison_says_what_the_merge_does() -> None:
    news = MailingListFactory.create(slug="news")
    kept = subscribed(news, first_name="Kim", attributes={"city": "Cali"})
    merged = subscribed(news, first_name="Kimberley", last_name="Ruiz", attributes={"city": "Neiva", "tier": "gold"})
    unsubscribe(contact_id=merged.pk, mailing_list_id=news.pk, origin=Origin(source="x", actor="them"))
    found = compare_contacts(kept.pk, merged.pk)
    assert found is not None
    assert {row.name: (row.after, row.is_conflict) for row in found.values} == {
        "first_name": ("Kim", True),
        "last_name": ("Ruiz", False),
        "city": ("Cali", True),
        "tier": ("gold", False),
    }
    [row] = found.lists
    assert (row.kept.state, row.after.state) == (SubscriptionState.SUBSCRIBED, SubscriptionState.UNSUBSCRIBED)
    assert compare_contacts(kept.pk, kept.pk) is None


def test_an_id_of_another_system_belongs_to_one_person() -> None:
    kim, other = ContactFactory.create_batch(2)
    add_identifier(actor=SENDWELL, contact_id=kim.pk, source="Shop", external_id=" 17 ")
    add_identifier(actor=SENDWELL, contact_id=kim.pk, source="shop", external_id="17")
    assert find_contact("shop", "17") == kim
    assert [found.id for found in contacts_starting_with("17")] == [kim.pk]
    with pytest.raises(IdentifierRefused, match=f"knows {kim.email} by this id"):
        add_identifier(actor=SENDWELL, contact_id=other.pk, source="shop", external_id="17")
    with pytest.raises(IdentifierRefused, match="small letters"):
        add_identifier(actor=SENDWELL, contact_id=kim.pk, source="the shop", external_id="18")
    remove_identifier(actor=SENDWELL, contact_id=kim.pk, identifier_id=ContactIdentifier.objects.get().pk)
    assert find_contact("shop", "17") is None
