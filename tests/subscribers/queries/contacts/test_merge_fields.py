"""What templates may say of a contact."""

import pytest

from subscribers.models import CustomField
from subscribers.queries.audience.recipients import load_recipients
from subscribers.queries.contacts.merge_fields import contact_tags, sample_values
from tests.factories.subscribers import MailingListFactory, subscribed

pytestmark = pytest.mark.django_db


def test_declared_custom_fields_become_merge_tags_with_a_sample() -> None:
    CustomField.objects.create(key="plan", label="Plan")
    CustomField.objects.create(key="age", label="Age", kind=CustomField.Kind.NUMBER)
    assert {"contact.plan", "contact.first_name"} <= contact_tags()
    assert (sample_values()["plan"], sample_values()["age"]) == ("Example", 42)


def test_a_sample_has_every_field_that_a_real_contact_has() -> None:
    contact = subscribed()
    [recipient] = load_recipients(contact_ids=[contact.pk], lists=[MailingListFactory.create().pk]).values()
    assert set(recipient.values) == set(sample_values())
