"""Who may open which of the settings, and what saving does."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Organisation, User
from accounts.types import Role
from tests.factories.accounts import OrganisationFactory, UserFactory

pytestmark = pytest.mark.django_db
OWNERS = {"settings-organisation", "settings-team", "settings-team-new", "settings-team-member"}


def enter(client: Client, role: str = "owner") -> User:
    user = UserFactory.create(role=role)
    client.force_login(user, "django.contrib.auth.backends.ModelBackend")
    return user


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("name", sorted(OWNERS | {"settings-profile"}))
def test_only_owners_see_what_concerns_all(client: Client, role: Role, name: str) -> None:
    user = enter(client, role)
    arguments = [user.pk] if name == "settings-team-member" else []
    allowed = role == Role.OWNER or name not in OWNERS
    assert client.get(reverse(name, args=arguments)).status_code == (200 if allowed else 403)
    if not allowed:
        assert client.post(reverse(name, args=arguments), {"role": "owner"}).status_code in (403, 405)


@pytest.mark.parametrize(("role", "place"), [("owner", "settings-organisation"), ("analyst", "settings-profile")])
def test_the_settings_open_at_what_one_may_do(client: Client, role: str, place: str) -> None:
    enter(client, role)
    assert client.get(reverse("settings")).headers["Location"] == reverse(place)


def test_a_member_says_who_they_are_and_where(client: Client) -> None:
    user = enter(client, "analyst")
    client.post(reverse("settings-profile"), {"first_name": "Mira", "last_name": "Lang", "time_zone": "Europe/Berlin"})
    user.refresh_from_db()
    assert (str(user), user.time_zone, user.role) == ("Mira Lang", "Europe/Berlin", "analyst")


def test_a_time_zone_that_does_not_exist_is_refused(client: Client) -> None:
    user = enter(client)
    answer = client.post(reverse("settings-profile"), {"time_zone": "Mars/Olympus"})
    user.refresh_from_db()
    assert (answer.status_code, user.time_zone) == (200, "UTC")


@pytest.mark.parametrize("before", [0, 1])
def test_the_organisation_is_one_row_however_often_it_is_saved(client: Client, before: int) -> None:
    OrganisationFactory.create_batch(before)
    enter(client)
    given = {"name": "Huila", "postal_address": "Torstr. 1, Berlin", "time_zone": "UTC", "brand_color": "#112233"}
    assert client.post(reverse("settings-organisation"), given).status_code == 302
    assert list(Organisation.objects.values_list("name", "brand_color")) == [("Huila", "#112233")]


def test_a_colour_that_is_none_never_reaches_the_public_pages(client: Client) -> None:
    enter(client)
    given = {"name": "Huila", "postal_address": "Berlin", "time_zone": "UTC", "brand_color": "red;}"}
    assert client.post(reverse("settings-organisation"), given).status_code == 200
    assert not Organisation.objects.exists()


def test_an_owner_adds_a_member_and_hands_over_a_link(client: Client) -> None:
    enter(client)
    answer = client.post(reverse("settings-team-new"), {"email": "kim@huila.example", "role": "analyst"})
    new = User.objects.get(email="kim@huila.example")
    assert (new.role, new.has_usable_password()) == ("analyst", False)
    assert "/account/password/reset/key/" in answer.content.decode()
    assert answer.headers["Cache-Control"] == "no-store"


def test_an_address_joins_once(client: Client) -> None:
    enter(client)
    UserFactory.create(email="kim@huila.example")
    answer = client.post(reverse("settings-team-new"), {"email": "Kim@huila.example", "role": "owner"})
    assert "in the team already" in answer.content.decode()
    assert User.objects.count() == 2


def test_the_last_owner_stays(client: Client) -> None:
    owner = enter(client)
    assert client.post(reverse("settings-team-member", args=[owner.pk]), {"role": "analyst"}).status_code == 409
    assert client.post(reverse("settings-team-access", args=[owner.pk])).status_code == 409
    owner.refresh_from_db()
    assert (owner.role, owner.is_active) == ("owner", True)


def test_a_deactivated_member_is_out_at_once_and_can_come_back(client: Client) -> None:
    enter(client)
    other = Client()
    kim = enter(other, "owner")
    client.post(reverse("settings-team-access", args=[kim.pk]))
    assert other.get(reverse("home")).status_code == 302
    client.post(reverse("settings-team-access", args=[kim.pk]), {"active": "yes"})
    kim.refresh_from_db()
    assert kim.is_active
