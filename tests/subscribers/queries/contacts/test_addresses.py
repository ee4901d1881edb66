import pytest

from deliverability.services.addresses import addresses_of
from tests.factories.subscribers import ContactFactory


@pytest.mark.django_db
def test_the_engine_learns_the_address_behind_an_id() -> None:
    contact = ContactFactory.create(email="anna@example.org")
    assert addresses_of([contact.pk, contact.pk + 1]) == {contact.pk: "anna@example.org"}
