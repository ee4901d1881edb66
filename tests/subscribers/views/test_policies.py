import pytest
from django.test import Client
from django.urls import reverse

from accounts.types import Role
from subscribers.queries.consent.policies import permission_policy
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db
GIVEN = {"role_accounts": "hold", "disposable": "refuse", "reminder_hours": "48", "unconfirmed_days": "14"}


@pytest.fixture
def owner(client: Client) -> Client:
    client.force_login(UserFactory.create(role=Role.OWNER))
    return client


def test_the_policy_is_set_in_the_settings(owner: Client) -> None:
    assert owner.post(reverse("settings-permission"), GIVEN).status_code == 302
    policy = permission_policy()
    assert (policy.role_accounts, policy.reminder_hours, policy.unconfirmed_days) == ("hold", (48,), 14)
    page = owner.post(reverse("settings-permission"), {**GIVEN, "reminder_hours": "1 2 3 4"})
    assert "up to three whole numbers" in page.content.decode()


def test_a_country_is_changed_and_put_back(owner: Client) -> None:
    place = reverse("settings-permission-country", args=["DE"])
    owner.post(place, {"bases": ["express", "double_opt_in"]})
    assert not permission_policy().rule_of("DE").double_opt_in
    assert "Yours" in owner.get(reverse("settings-permission")).content.decode()
    owner.post(place, {"do": "reset"})
    assert permission_policy().rule_of("DE").double_opt_in
    assert owner.get(reverse("settings-permission-country", args=["XX"])).status_code == 404
