"""What /ops/ shows of people and permissions, and what it does not let anybody change."""

import pytest
from django.test import Client
from django.urls import reverse

from subscribers.models import ConsentWording, Contact, Subscription
from tests.factories.accounts import UserFactory
from tests.factories.subscribers import ConsentWordingFactory, ContactFactory, subscribed

pytestmark = pytest.mark.django_db


@pytest.fixture
def ops(client: Client) -> Client:
    client.force_login(UserFactory.create(is_staff=True, is_superuser=True))
    return client


@pytest.mark.parametrize(
    "model",
    ["contact", "mailinglist", "consentrecord", "consentwording", "signupform", "importrun", "customfield"],
)
def test_every_list_opens(ops: Client, model: str) -> None:
    subscribed()
    assert ops.get(reverse(f"admin:subscribers_{model}_changelist")).status_code == 200


def test_contacts_are_found_by_the_beginning_of_their_address(ops: Client) -> None:
    ContactFactory.create(email="Anna@example.com")
    ContactFactory.create(email="bert_anna@example.com")
    page = ops.get(reverse("admin:subscribers_contact_changelist"), {"q": "ANNA@"})
    assert [contact.email for contact in page.context["cl"].result_list] == ["Anna@example.com"]


def test_a_contact_shows_its_standing_and_cannot_change_it(ops: Client) -> None:
    contact = subscribed(email="anna@example.com")
    url = reverse("admin:subscribers_contact_change", args=[contact.pk])
    page = ops.get(url).content.decode()
    assert "subscribed" in page
    assert 'name="email"' not in page
    assert 'name="subscriptions-0-state"' not in page
    assert ops.post(reverse("admin:subscribers_contact_delete", args=[contact.pk])).status_code == 403
    assert Subscription.objects.get().state == "subscribed"


def test_a_contact_added_by_hand_has_its_key(ops: Client) -> None:
    management = {"subscriptions-TOTAL_FORMS": "0", "subscriptions-INITIAL_FORMS": "0"}
    ops.post(reverse("admin:subscribers_contact_add"), {"email": "new@gmail.com", "attributes": "{}", **management})
    contact = Contact.objects.get(email="new@gmail.com")
    assert contact.mailbox_provider == "google"
    assert len(bytes(contact.address_key)) == 16


@pytest.mark.parametrize("action", ["add", "change", "delete"])
def test_the_ledger_can_only_be_read(ops: Client, action: str) -> None:
    entry = subscribed().consents.get()
    arguments = [] if action == "add" else [entry.pk]
    response = ops.post(reverse(f"admin:subscribers_consentrecord_{action}", args=arguments), {"source": "forged"})
    assert response.status_code == 403


def test_a_changed_wording_is_a_new_version(ops: Client) -> None:
    first = ConsentWordingFactory.create()
    new = {"name": first.name, "locale": first.locale, "text": "Other words."}
    ops.post(reverse("admin:subscribers_consentwording_add"), new)
    assert [wording.version for wording in ConsentWording.objects.order_by("version")] == [1, 2]
    assert ops.post(reverse("admin:subscribers_consentwording_change", args=[first.pk]), new).status_code == 403
