"""The screens of custom fields."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.types import Role
from subscribers.models import CustomField
from tests.factories.accounts import OrganisationFactory, UserFactory
from tests.factories.subscribers import ContactFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def marketer(client: Client) -> Client:
    OrganisationFactory.create()
    client.force_login(UserFactory.create(role=Role.MARKETER))
    return client


def test_a_field_is_added_renamed_and_archived(marketer: Client) -> None:
    fields = reverse("settings-fields")
    marketer.post(fields, {"label": "T-shirt", "kind": "choice", "options": "S\nM\n"})
    field = CustomField.objects.get()
    assert (field.key, field.options) == ("t_shirt", ["S", "M"])
    assert "contact.t_shirt" in marketer.get(fields).content.decode()
    place = reverse("settings-field", args=[field.pk])
    marketer.post(place, {"act": "save", "label": "Size", "options": "M\nL"})
    page = marketer.get(place).content.decode()
    assert "Retired: S." in page
    marketer.post(place, {"act": "archive"})
    assert "Archived" in marketer.get(fields).content.decode()


def test_what_would_be_lost_is_said_first(marketer: Client) -> None:
    field = CustomField.objects.create(key="points", label="Points")
    ContactFactory.create(attributes={"points": "many"})
    place = reverse("settings-field", args=[field.pk])
    page = marketer.post(place, {"act": "kind", "new-kind": "number"}).content.decode()
    assert "would lose their value, such as “many”" in page
    assert "These values may go" in page
    marketer.post(place, {"act": "kind", "new-kind": "number", "new-loses_values": "on"})
    field.refresh_from_db()
    assert field.kind == "number"


def test_a_refusal_is_said_where_it_is(marketer: Client) -> None:
    page = marketer.post(reverse("settings-fields"), {"label": "Size", "kind": "choice", "options": ""})
    assert "at least one option" in page.content.decode()
    assert marketer.get(reverse("settings-field", args=[999])).status_code == 404
