"""From an invitation to a member, and every way in which it ends before."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.test import Client, override_settings
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry, Invitation, User
from accounts.services.invitations import invite
from accounts.types import Role
from tests.factories.accounts import OrganisationFactory, UserFactory

pytestmark = pytest.mark.django_db
KIM = "kim@huila.example"
GIVEN = {"first_name": "Kim", "last_name": "", "time_zone": "Europe/Berlin", "password": "nine new horses"}


@pytest.fixture
def owner(client: Client) -> User:
    user = UserFactory.create(role="owner", first_name="Mira")
    client.force_login(user)
    return user


def ask(client: Client, email: str = KIM, role: str = "marketer") -> str:
    """The path in the mail."""
    client.post(reverse("settings-team-new"), {"email": email, "role": role})
    found = re.search(r"http://testserver(/invitation/\S+)", mail.outbox[-1].body)
    assert found
    return found[1]


def test_an_invitation_by_mail_becomes_a_member_who_is_signed_in(client: Client, owner: User) -> None:
    OrganisationFactory.create()
    path = ask(client)
    assert (mail.outbox[0].to, "Mira invites you to Huila & Sons" in mail.outbox[0].subject) == ([KIM], True)
    newcomer = Client()
    assert "as Marketer" in newcomer.get(path).content.decode()
    assert newcomer.post(path, GIVEN).headers["Location"] == reverse("home")
    assert newcomer.get(reverse("home")).status_code == 200
    kim = User.objects.get(email=KIM)
    assert (kim.role, kim.time_zone, kim.is_staff, kim.check_password("nine new horses")) == (
        "marketer",
        "Europe/Berlin",
        False,
        True,
    )
    assert list(AuditEntry.objects.order_by("id").values_list("actor", "text")) == [
        ("Mira", "Invited kim@huila.example as marketer."),
        ("Kim", "Joined as marketer, invited by Mira."),
    ]


def test_the_token_is_kept_nowhere(client: Client, owner: User) -> None:
    token = ask(client).rpartition("/")[2]
    assert token not in str(Invitation.objects.values())


def test_a_link_works_once(client: Client, owner: User) -> None:
    path = ask(client)
    Client().post(path, GIVEN)
    again = Client().post(path, GIVEN)
    assert (again.status_code, User.objects.filter(email=KIM).count()) == (410, 1)
    assert "Ask whoever invited you" in again.content.decode()


def test_a_link_runs_out(client: Client, owner: User) -> None:
    path = ask(client)
    with time_machine.travel(timezone.now() + timedelta(days=7, seconds=1)):
        assert Client().get(path).status_code == 410
        assert Client().post(path, GIVEN).status_code == 410
    assert not User.objects.filter(email=KIM).exists()


def test_inviting_again_ends_the_link_before(client: Client, owner: User) -> None:
    first = ask(client)
    client.post(reverse("settings-team-again", args=[Invitation.objects.get().pk]))
    assert (len(mail.outbox), Invitation.objects.count()) == (2, 1)
    assert Client().get(first).status_code == 410


def test_an_invitation_can_be_taken_back(client: Client, owner: User) -> None:
    path = ask(client)
    client.post(reverse("settings-team-revoke", args=[Invitation.objects.get().pk]))
    assert Client().get(path).status_code == 410


def test_a_password_that_everybody_uses_is_refused(client: Client, owner: User) -> None:
    path = ask(client)
    page = Client().post(path, {**GIVEN, "password": "password123"})
    assert "too common" in page.content.decode()
    assert not User.objects.filter(email=KIM).exists()


def test_whoever_is_signed_in_does_not_become_somebody_else(client: Client, owner: User) -> None:
    path = ask(client)
    assert "Sign out first" in client.get(path).content.decode()
    client.post(path, GIVEN)
    assert not User.objects.filter(email=KIM).exists()


def test_a_member_is_not_invited(client: Client, owner: User) -> None:
    UserFactory.create(email=KIM)
    page = client.post(reverse("settings-team-new"), {"email": KIM.upper(), "role": "owner"}).content.decode()
    assert "in the team already" in page
    assert mail.outbox == []


@override_settings(EMAIL_BACKEND="config.web.mail.TransactionalStream")
def test_without_a_stream_the_link_is_handed_over(client: Client, owner: User) -> None:
    answer = client.post(reverse("settings-team-new"), {"email": KIM, "role": "analyst"})
    page = answer.content.decode()
    assert ("The mail could not leave" in page, "/invitation/" in page) == (True, True)
    assert answer.headers["Cache-Control"] == "no-store"


def test_only_owners_invite(client: Client) -> None:
    client.force_login(UserFactory.create(role="marketer"))
    invitation, _ = invite(actor=UserFactory.create(role="owner"), email=KIM, role=Role.OWNER)
    assert client.post(reverse("settings-team-new"), {"email": "x@y.example", "role": "owner"}).status_code == 403
    for name in ("settings-team-again", "settings-team-revoke"):
        assert client.post(reverse(name, args=[invitation.pk])).status_code == 403
    assert Invitation.objects.count() == 1
