"""Who may open which of the settings, and what saving does."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEntry, Organisation, User
from accounts.services.audit import record
from accounts.services.permission import SENDWELL
from accounts.types import Role
from tests.factories.accounts import OrganisationFactory, UserFactory

pytestmark = pytest.mark.django_db
OWNERS = {"settings-organisation", "settings-team", "settings-team-new", "settings-team-member", "settings-audit"}


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


def test_what_changed_stands_in_the_log_with_who_and_from_where(client: Client) -> None:
    owner = enter(client)
    kim = UserFactory.create(email="kim@huila.example")
    client.post(reverse("settings-team-member", args=[kim.pk]), {"role": "marketer"}, REMOTE_ADDR="192.0.2.7")
    page = client.get(reverse("settings-audit")).content.decode()
    assert "Made kim@huila.example marketer." in page
    assert (str(owner) in page, "192.0.2.7" in page) == (True, True)


def test_the_log_goes_on_by_key(client: Client) -> None:
    enter(client)
    for number in range(60):
        record(actor=SENDWELL, text=f"Change {number} of many.")
    page = client.get(reverse("settings-audit"))
    older = page.context["page"].older
    assert "Change 59 of" in page.content.decode()
    assert "Change 9 of" not in page.content.decode()
    following = client.get(reverse("settings-audit"), {"before": older}).content.decode()
    assert ("Change 9 of" in following, "Change 10 of" in following) == (True, False)
    assert client.get(reverse("settings-audit"), {"before": "x"}).status_code == 404


def test_the_colour_is_judged_while_it_is_chosen(client: Client) -> None:
    enter(client)
    page = client.get(reverse("settings-organisation-brand"), {"brand_color": "#ffee00"}).content.decode()
    assert "with black words" in page
    assert "darkened to" in page


def test_nothing_saved_is_nothing_logged(client: Client) -> None:
    enter(client)
    given = {"name": "Huila", "postal_address": "Berlin", "time_zone": "UTC", "brand_color": "#112233"}
    for _ in range(2):
        client.post(reverse("settings-organisation"), given)
    assert AuditEntry.objects.count() == 1
