"""The engine under /ops/."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.services import secrets
from deliverability.models import Provider, Suppression
from deliverability.services.suppression import suppress
from deliverability.types import Scope, SuppressionReason
from tests.factories.accounts import UserFactory
from tests.factories.deliverability import DeliveryBatchFactory, ProviderFactory

pytestmark = pytest.mark.django_db

PROVIDER = {
    "name": "relay",
    "kind": "smtp",
    "host": "mail.example",
    "port": "587",
    "security": "starttls",
    "username": "me",
    "max_connections": "5",
    "max_messages_per_connection": "100",
}


@pytest.fixture
def ops(client: Client) -> Client:
    client.force_login(UserFactory.create(is_staff=True, is_superuser=True))
    return client


def test_a_password_goes_in_and_never_comes_out(ops: Client) -> None:
    ops.post(reverse("admin:deliverability_provider_add"), PROVIDER | {"password": "open sesame"})

    provider = Provider.objects.get(name="relay")
    assert "sesame" not in provider.password_encrypted
    assert secrets.decrypt(provider.password_encrypted) == "open sesame"
    page = ops.get(reverse("admin:deliverability_provider_change", args=[provider.pk])).content.decode()
    assert "sesame" not in page
    assert provider.password_encrypted not in page


def test_an_empty_password_field_keeps_the_password_and_a_tick_removes_it(ops: Client) -> None:
    provider = ProviderFactory.create(name="relay", password_encrypted=secrets.encrypt("open sesame"))
    change = reverse("admin:deliverability_provider_change", args=[provider.pk])

    ops.post(change, PROVIDER)
    provider.refresh_from_db()
    assert secrets.decrypt(provider.password_encrypted) == "open sesame"

    ops.post(change, PROVIDER | {"forget_password": "on"})
    provider.refresh_from_db()
    assert provider.password_encrypted == ""


def test_what_happened_can_only_be_read(ops: Client) -> None:
    batch = DeliveryBatchFactory.create()
    for name in ("mailing", "deliverybatch"):
        assert ops.get(reverse(f"admin:deliverability_{name}_changelist")).status_code == 200
        assert ops.get(reverse(f"admin:deliverability_{name}_add")).status_code == 403
    deletion = ops.post(reverse("admin:deliverability_deliverybatch_delete", args=[batch.pk]), {"post": "yes"})
    assert deletion.status_code == 403


def test_suppressions_are_read_and_found_by_the_whole_address_and_changed_only_where_a_reason_is_asked(
    ops: Client,
) -> None:
    suppress(
        addresses=["alice@example.org", "bob@example.org"], scope=Scope.EVERYTHING, reason=SuppressionReason.MANUAL
    )
    Suppression.objects.filter(address="alice@example.org").update(address="")

    page = ops.get(reverse("admin:deliverability_suppression_changelist"), {"q": "Alice@Example.org"}).content.decode()
    assert "1 suppression" in page
    assert "bob@example.org" not in page
    assert ops.get(reverse("admin:deliverability_suppression_add")).status_code == 403
    held = Suppression.objects.get(address="bob@example.org")
    deletion = ops.post(reverse("admin:deliverability_suppression_delete", args=[held.pk]), {"post": "yes"})
    assert deletion.status_code == 403
