"""Setting up ESPs: their fields, keys that never come back, trials through their APIs, webhooks without a proof."""

import json
from html import escape

import pytest
from django.core.management import CommandError, call_command
from django.test import Client, override_settings
from django.urls import reverse

from accounts.services import secrets
from deliverability.models import Provider, Webhook
from deliverability.rules.provider_kinds import ESP_KINDS, Kind
from deliverability.services.providers import config_of, hook_secrets_of, provider_secrets, set_password
from tests.esp_server import Answer, EspServer
from tests.factories.accounts import UserFactory
from tests.factories.deliverability import EspFactory, ProviderFactory
from tests.smtp_server import SmtpServer, certificate_file

pytestmark = pytest.mark.django_db
KEY = "pm-secret-key-0815"
GIVEN = {"kind": "postmark", "name": "Postmark", "server_token": KEY, "message_stream": "news", "max_connections": "4"}


@pytest.fixture
def owner(client: Client) -> Client:
    client.force_login(UserFactory.create(role="owner", email="mira@huila.example"))
    return client


def page_of(owner: Client, provider: Provider) -> str:
    return owner.get(reverse("settings-providers-one", args=[provider.pk])).content.decode()


def esp(kind: str, url: str, **kept: str) -> Provider:
    kept = kept or dict.fromkeys(("server_token", "api_key"), KEY)
    options = {"api_url": url}
    return EspFactory.create(kind=kind, options=options, secrets_encrypted=secrets.encrypt(json.dumps(kept)))


def test_every_kind_is_offered_with_where_to_find_its_key(owner: Client) -> None:
    page = owner.get(reverse("settings-providers-new")).content.decode()
    for kind in ESP_KINDS:
        assert f"?kind={kind.slug}" in page
        assert escape(kind.where.split(",")[0]) in page


@pytest.mark.parametrize("kind", ESP_KINDS, ids=lambda kind: kind.slug)
def test_every_kind_is_set_up_with_its_own_fields_and_an_adapter_takes_them(owner: Client, kind: Kind) -> None:
    page = owner.get(reverse("settings-providers-new") + f"?kind={kind.slug}").content.decode()
    fields = (*kind.fields, *kind.hooks.fields)
    assert all(f'name="{field.name}"' in page for field in fields)
    values = {field.name: field.initial or f"https://{field.name.replace('_', '-')}.example" for field in fields}
    owner.post(reverse("settings-providers-new"), {"kind": kind.slug, "name": "One", "max_connections": "4", **values})
    provider = Provider.objects.get()
    config = config_of(provider)
    assert {**config.options, **config.secrets} == values
    assert set(config.secrets) == {field.name for field in fields if field.is_secret}


def test_a_key_is_written_and_never_read(owner: Client) -> None:
    owner.post(reverse("settings-providers-new"), GIVEN)
    provider = Provider.objects.get()
    assert KEY not in provider.secrets_encrypted
    page = page_of(owner, provider)
    assert KEY not in page
    assert "One is kept, encrypted" in page
    owner.post(reverse("settings-providers-one", args=[provider.pk]), {**GIVEN, "server_token": "", "name": "Mine"})
    provider.refresh_from_db()
    assert (provider.name, provider_secrets(provider)["server_token"]) == ("Mine", KEY)
    assert KEY not in repr(config_of(provider))


def test_a_missing_key_is_asked_for(owner: Client) -> None:
    page = owner.post(reverse("settings-providers-new"), {**GIVEN, "server_token": ""}).content.decode()
    assert "This field is required" in page
    assert not Provider.objects.exists()


def test_keys_that_no_longer_can_be_read_are_asked_for_again(owner: Client) -> None:
    owner.post(reverse("settings-providers-new"), GIVEN)
    provider = Provider.objects.get()
    Provider.objects.update(secrets_encrypted="gAAAAABnothing")
    assert "One is kept" not in page_of(owner, provider)
    owner.post(reverse("settings-providers-one", args=[provider.pk]), GIVEN)
    provider.refresh_from_db()
    assert provider_secrets(provider) == {"server_token": KEY}


def test_webhooks_are_refused_until_there_is_a_proof_and_the_page_says_so(owner: Client) -> None:
    owner.post(reverse("settings-providers-new"), GIVEN)
    provider = Provider.objects.get()
    assert provider.hook_token
    page = page_of(owner, provider)
    assert f"/hooks/postmark/{provider.hook_token}/" in page
    assert "Every webhook is refused for now" in page
    owner.post(reverse("settings-providers-one", args=[provider.pk]), {**GIVEN, "hook_password": "a:b"})
    provider.refresh_from_db()
    assert hook_secrets_of(provider).passwords == ("a:b",)
    assert "Every webhook is refused" not in page_of(owner, provider)


def test_the_address_of_webhooks_stays_when_the_provider_is_saved_again(owner: Client) -> None:
    owner.post(reverse("settings-providers-new"), GIVEN)
    before = Provider.objects.get()
    owner.post(reverse("settings-providers-one", args=[before.pk]), {**GIVEN, "name": "Other"})
    assert Provider.objects.get().hook_token == before.hook_token


def test_the_last_webhooks_stand_on_the_page_with_why_they_were_refused(owner: Client) -> None:
    provider = esp("postmark", "")
    Client().post(reverse("webhook", args=["postmark", provider.hook_token]), "{}", "application/json")
    assert Webhook.objects.count() == 1
    assert "has no webhook key yet" in page_of(owner, provider)


@pytest.mark.parametrize("kind", ["postmark", "resend", "sendgrid"])
def test_a_trial_leaves_through_the_api_and_shows_what_was_said(owner: Client, kind: str) -> None:
    with EspServer(kind) as server:
        provider = esp(kind, server.url)
        page = owner.post(reverse("settings-providers-trial", args=[provider.pk])).content.decode()
    assert "The server accepted a mail to mira@huila.example" in page
    assert server.recipients == ["mira@huila.example"]
    assert "&gt; POST http://127.0.0.1" in page
    assert "&lt; HTTP 20" in page
    assert "(hidden)" in page
    assert KEY not in page


def test_a_trial_with_a_wrong_key_says_what_to_check(owner: Client) -> None:
    with EspServer("postmark") as server:
        server.before = lambda asked: Answer(401, {"ErrorCode": 10, "Message": "Bad or missing Server API token."})
        page = owner.post(reverse("settings-providers-trial", args=[esp("postmark", server.url).pk])).content.decode()
    assert "Check user name and password, or the key" in page
    assert "Bad or missing Server API token" in page


def test_a_trial_without_an_api_says_what_to_check(owner: Client) -> None:
    page = owner.post(
        reverse("settings-providers-trial", args=[esp("postmark", "http://127.0.0.1:9").pk])
    ).content.decode()
    assert "The API of Postmark could not be reached" in page


def test_a_relay_with_an_authority_of_its_own_is_trusted_once_the_authority_is(owner: Client) -> None:
    with SmtpServer(tls="starttls") as server:
        provider = ProviderFactory.create(port=server.port, security="starttls")
        trial = reverse("settings-providers-trial", args=[provider.pk])
        assert "no usable connection" in owner.post(trial).content.decode()
        given = {"name": "Relay", "kind": "smtp", "host": "127.0.0.1", "port": server.port, "security": "starttls"}
        given |= {"max_connections": 2, "ca_certificate": certificate_file().read_text()}
        owner.post(reverse("settings-providers-one", args=[provider.pk]), given)
        assert "The server accepted a mail" in owner.post(trial).content.decode()
        refused = owner.post(reverse("settings-providers-one", args=[provider.pk]), {**given, "ca_certificate": "abc"})
    assert "This is no certificate" in refused.content.decode()
    assert "PRIVATE KEY" not in Provider.objects.get().ca_certificate


def test_credentials_move_to_the_first_key_and_the_old_one_may_go() -> None:
    with override_settings(CREDENTIAL_KEYS=["old"]):
        provider = esp("postmark", "", server_token=KEY)
        relay = ProviderFactory.create(name="relay")
        set_password(provider=relay, password="s3cret")
    with override_settings(CREDENTIAL_KEYS=["new", "old"]):
        call_command("rotate_credentials")
    with override_settings(CREDENTIAL_KEYS=["new"]):
        provider.refresh_from_db()
        relay.refresh_from_db()
        assert config_of(provider).secrets == {"server_token": KEY}
        assert config_of(relay).password == "s3cret"
    with override_settings(CREDENTIAL_KEYS=["other"]), pytest.raises(CommandError, match="Keep every key"):
        call_command("rotate_credentials")
