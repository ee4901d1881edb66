"""Signing in as a member does it, with and without a second factor."""

import re

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.services.team import password_path
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db
PASSWORD = "a horse of nine colours"


@pytest.fixture(autouse=True)
def no_earlier_attempts() -> None:
    cache.clear()


@pytest.fixture
def member() -> User:
    user = UserFactory.create(email="mira@huila.example", role="marketer")
    user.set_password(PASSWORD)
    user.save()
    return user


def sign_in(client: Client, password: str = PASSWORD, email: str = "mira@huila.example") -> str:
    """Where the answer leads; empty when the form came back."""
    answer = client.post(reverse("account_login"), {"login": email, "password": password})
    return str(answer.headers.get("Location", ""))


def test_address_and_password_let_a_member_in(client: Client, member: User) -> None:
    assert sign_in(client, email="Mira@Huila.example") == reverse("home")
    assert client.get(reverse("home")).status_code == 200
    assert client.session["_auth_user_backend"] == "django.contrib.auth.backends.ModelBackend"


def test_a_wrong_password_does_not(client: Client, member: User) -> None:
    assert sign_in(client, "something else") == ""
    assert client.get(reverse("home")).status_code == 302


def test_somebody_deactivated_does_not_get_in(client: Client, member: User) -> None:
    member.is_active = False
    member.save()
    sign_in(client)
    assert client.get(reverse("home")).status_code == 302


def test_guessing_is_stopped_even_with_the_right_password_at_last(client: Client, member: User) -> None:
    for guess in range(10):
        sign_in(client, f"guess {guess}")
    assert sign_in(client) == ""


def test_a_second_factor_is_asked_for_where_there_is_one(client: Client, member: User) -> None:
    secret = totp.generate_totp_secret()
    totp.TOTP.activate(member, secret)
    assert sign_in(client) == reverse("mfa_authenticate")
    assert client.get(reverse("home")).status_code == 302
    client.post(reverse("mfa_authenticate"), {"code": "000000"})
    assert client.get(reverse("home")).status_code == 302
    code = totp.format_hotp_value(totp.hotp_value(secret, next(totp.yield_hotp_counters_from_time())))
    client.post(reverse("mfa_authenticate"), {"code": code})
    assert client.get(reverse("home")).status_code == 200


def test_secrets_of_second_factors_rest_encrypted(member: User) -> None:
    secret = totp.generate_totp_secret()
    totp.TOTP.activate(member, secret)
    assert secret not in str(Authenticator.objects.get(user=member).data)


def test_nobody_signs_up(client: Client) -> None:
    answer = client.post(
        reverse("account_signup"), {"email": "new@huila.example", "password1": PASSWORD, "password2": PASSWORD}
    )
    assert "Nobody signs up here" in answer.content.decode()
    assert not User.objects.exists()


def test_a_link_sets_a_password_once(client: Client, member: User) -> None:
    owner = UserFactory.create(role="owner")
    path = password_path(actor=owner, member=member)
    form = client.get(path, follow=True)
    fresh = {"password1": "nine new horses", "password2": "nine new horses"}
    client.post(form.request["PATH_INFO"], fresh)
    assert sign_in(Client(), "nine new horses") == reverse("home")
    again = Client().get(path, follow=True)
    assert "password1" not in again.content.decode()


@pytest.mark.parametrize(
    "name", ["account_change_password", "mfa_index", "usersessions_list", "account_reauthenticate"]
)
def test_the_pages_around_signing_in_are_ours(client: Client, member: User, name: str) -> None:
    sign_in(client)
    answer = client.get(reverse(name), follow=True)
    assert answer.status_code == 200
    assert "/static/app/" in answer.content.decode()


def test_signing_out_everywhere_ends_the_other_sessions(client: Client, member: User) -> None:
    other = Client()
    sign_in(client)
    sign_in(other)
    client.post(reverse("usersessions_list"))
    assert client.get(reverse("home")).status_code == 200
    assert other.get(reverse("home")).status_code == 302


def test_a_forgotten_password_is_set_anew_by_mail(client: Client, member: User) -> None:
    client.post(reverse("account_reset_password"), {"email": "mira@huila.example"})
    found = re.search(r"http://testserver(/account/password/reset/key/\S+)", mail.outbox[0].body)
    assert found
    form = client.get(found[1], follow=True)
    client.post(form.request["PATH_INFO"], {"password1": "nine new horses", "password2": "nine new horses"})
    assert sign_in(Client(), "nine new horses") == reverse("home")


def test_nobody_learns_which_addresses_have_accounts(client: Client, member: User) -> None:
    known = client.post(reverse("account_reset_password"), {"email": "mira@huila.example"}, follow=True)
    cache.clear()
    unknown = client.post(reverse("account_reset_password"), {"email": "nobody@huila.example"}, follow=True)
    assert known.request["PATH_INFO"] == unknown.request["PATH_INFO"]
    assert known.content.decode().count("<p>") == unknown.content.decode().count("<p>")


def test_a_changed_password_is_told_by_mail(client: Client, member: User) -> None:
    sign_in(client)
    fresh = {"oldpassword": PASSWORD, "password1": "nine new horses", "password2": "nine new horses"}
    client.post(reverse("account_change_password"), fresh)
    assert [(one.to, "password" in one.subject.lower()) for one in mail.outbox] == [(["mira@huila.example"], True)]
