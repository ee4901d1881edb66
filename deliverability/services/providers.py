"""Sets providers up with credentials encrypted, and hands adapters what they need in the clear."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from secrets import token_urlsafe
from typing import cast

from django.db import IntegrityError, transaction

from accounts.errors import SecretUnreadable
from accounts.services import secrets
from accounts.services.audit import record
from accounts.services.permission import require
from accounts.types import Actor
from deliverability.errors import NameTaken, UnknownProviderKind
from deliverability.models import Provider
from deliverability.providers.base import ProviderConfig, Security
from deliverability.rules.provider_kinds import esp_kind
from deliverability.webhooks import Secrets


def set_password(*, provider: Provider, password: str) -> None:
    """Encrypt and save a password; an empty one removes it."""
    provider.password_encrypted = secrets.encrypt(password)
    provider.save(update_fields=["password_encrypted"])


def save_provider(
    *,
    actor: Actor,
    provider_id: int | None,
    name: str,
    kind: str,
    host: str,
    port: int,
    security: str,
    username: str,
    password: str,
    max_connections: int,
    ca_certificate: str = "",
    hands_on: bool = False,
) -> Provider:
    """A new one without an id; an empty password keeps the one there is. Raises NameTaken, PermissionRefused.

    `hands_on`: it keeps no queue of its own, so our lanes pace each mailbox provider.
    """
    require(actor, "deliverability.manage")
    with _naming(name):
        provider = _provider(provider_id)
        provider.name, provider.kind, provider.host, provider.port = name, kind, host, port
        provider.security, provider.username, provider.max_connections = security, username, max_connections
        provider.ca_certificate, provider.paces_itself = ca_certificate, not hands_on
        if password:
            provider.password_encrypted = secrets.encrypt(password)
        provider.save()
        words = " with a new password" if password else ""
        record(actor=actor, text=f"Saved the provider {name}{words}: {kind} {host}:{port}, {security}.")
    return provider


def save_esp(
    *,
    actor: Actor,
    provider_id: int | None,
    kind: str,
    name: str,
    values: Mapping[str, str],
    max_connections: int,
) -> Provider:
    """An ESP with what its kind asks for (rules/provider_kinds.py); an empty secret keeps the one there is.

    Raises NameTaken, PermissionRefused, UnknownProviderKind.
    """
    require(actor, "deliverability.manage")
    wanted = esp_kind(kind)
    if wanted is None:
        raise UnknownProviderKind(f"“{kind}” is no service that Sendwell knows. Nothing was saved.")
    fields = (*wanted.fields, *wanted.hooks.fields)
    given = {field.name: values[field.name] for field in fields if field.is_secret and values.get(field.name)}
    with _naming(name):
        provider = _provider(provider_id)
        provider.name, provider.kind, provider.max_connections = name, kind, max_connections
        provider.options = {field.name: values.get(field.name, "") for field in fields if not field.is_secret}
        if given:
            kept = _kept_secrets(provider) if provider_id else {}
            provider.secrets_encrypted = secrets.encrypt(json.dumps(kept | given))
        if provider.hook_token is None:
            provider.hook_token = token_urlsafe(18)
        provider.save()
        changed = [field.label for field in fields if field.name in given]
        words = f" with a new {', '.join(changed)}" if changed else ""
        record(actor=actor, text=f"Saved the provider {name}{words}: {wanted.title}.")
    return provider


def provider_secrets(provider: Provider) -> dict[str, str]:
    """What is kept encrypted, in the clear: for adapters and proofs, never for a page. Raises SecretUnreadable."""
    stored = secrets.decrypt(provider.secrets_encrypted)
    return dict(json.loads(stored)) if stored else {}


def hook_secrets_of(provider: Provider) -> Secrets:
    """What proves this provider's webhooks; false while nothing is set up. Raises accounts.errors.SecretUnreadable."""
    kept = provider_secrets(provider)
    kind = esp_kind(provider.kind)
    by_api_key = kind is not None and kind.hooks.proof == "api_key"
    password = kept.get("hook_password", "")
    return Secrets(
        key=kept.get("api_key" if by_api_key else "hook_key", ""),
        passwords=(password,) if password else (),
        topic=str(provider.options.get("hook_topic", "")),
    )


def _kept_secrets(provider: Provider) -> dict[str, str]:
    """Those that can be read: after a lost key the form asks for all of them once more."""
    try:
        return provider_secrets(provider)
    except SecretUnreadable:
        return {}


@contextmanager
def _naming(name: str) -> Iterator[None]:
    """Saves all or nothing, and says so when the name is another's."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError:
        raise NameTaken(
            f"Another provider is called “{name}” already. Nothing was saved; choose another name."
        ) from None


def _provider(provider_id: int | None) -> Provider:
    return Provider() if provider_id is None else Provider.objects.select_for_update().get(pk=provider_id)


def provider_config(*, provider_id: int) -> ProviderConfig:
    """A provider as its adapter sees it. Raises accounts.errors.SecretUnreadable."""
    return config_of(Provider.objects.get(pk=provider_id))


def config_of(provider: Provider) -> ProviderConfig:
    """Raises accounts.errors.SecretUnreadable."""
    return ProviderConfig(
        kind=provider.kind,
        host=provider.host,
        port=provider.port,
        security=cast(Security, provider.security),
        username=provider.username,
        password=secrets.decrypt(provider.password_encrypted),
        max_connections=provider.max_connections,
        max_messages_per_connection=provider.max_messages_per_connection,
        ca_file=provider.ca_certificate,
        options=provider.options,
        secrets=provider_secrets(provider),
    )
