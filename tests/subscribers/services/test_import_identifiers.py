"""Imports that name people by their ids in another system."""

from pathlib import Path

import pytest

from subscribers.models import Contact, ContactIdentifier, Subscription
from subscribers.queries.people import find_contact
from subscribers.services.imports import ImportOrder, import_contacts
from subscribers.services.imports.results import ImportResult
from subscribers.services.subscriptions import unsubscribe
from subscribers.types import Basis, Origin
from tests.factories.subscribers import MailingListFactory, subscribed

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(tmp_path: Path) -> object:
    news = MailingListFactory.create(slug="news")

    def write_and_import(text: str) -> ImportResult:
        path = tmp_path / "people.csv"
        path.write_text(text)
        order = ImportOrder(
            path=path,
            list_slug=news.slug,
            consent_source="Signed up at the shop's till",
            basis=Basis.EXPRESS,
            actor="Maria",
            mapping={"Customer": "id:shop"},
            rejects_path=tmp_path / "rejects.csv",
        )
        return import_contacts(order=order)

    return write_and_import


def pairs() -> dict[str, str]:
    return dict(ContactIdentifier.objects.values_list("external_id", "contact__email"))


def test_ids_are_kept_and_custom_fields_stay_without_them(run: object) -> None:
    run("email,Customer\na@huila.example,17\nb@huila.example,\nc@huila.example,18\n")  # type: ignore[operator]
    assert pairs() == {"17": "a@huila.example", "18": "c@huila.example"}
    assert set(map(str, Contact.objects.values_list("attributes", flat=True))) == {"{}"}


def test_the_same_id_is_the_same_person_under_whatever_address(run: object) -> None:
    news = MailingListFactory.create(slug="news")
    kim = subscribed(news, email="kim@huila.example")
    ContactIdentifier.objects.create(contact=kim, source="shop", external_id="17")
    unsubscribe(contact_id=kim.pk, mailing_list_id=news.pk, origin=Origin(source="x", actor="them"))
    result = run(  # type: ignore[operator]
        "email,Customer\nkim@new-address.example,17\na@huila.example,18\na2@huila.example,18\n"
    )
    assert result.tally.kept_out == 1
    assert pairs() == {"17": "kim@huila.example", "18": "a2@huila.example"}
    assert Contact.objects.count() == 2
    assert Subscription.objects.get(contact=kim).state == "unsubscribed"
    assert find_contact("shop", "17") == kim


def test_an_id_that_is_too_long_is_left_out_by_name(run: object) -> None:
    result = run(f"email,Customer\na@huila.example,{'9' * 201}\n")  # type: ignore[operator]
    assert "longer than 200" in Path(result.left_out_path).read_text()
    assert pairs() == {}
