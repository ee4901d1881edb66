"""Sets providers up with credentials encrypted, and hands adapters what they need in the clear."""

from typing import cast

from django.db import IntegrityError, transaction

from accounts.services import secrets
from accounts.services.audit import record
from accounts.services.permission import require
from accounts.types import Actor
from deliverability.errors import NameTaken
from deliverability.models import Provider
from deliverability.providers.base import ProviderConfig, Security


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
) -> Provider:
    """A new one without an id; an empty password keeps the one there is. Raises NameTaken, PermissionRefused."""
    require(actor, "deliverability.manage")
    try:
        with transaction.atomic():
            provider = Provider() if provider_id is None else Provider.objects.select_for_update().get(pk=provider_id)
            provider.name, provider.kind, provider.host, provider.port = name, kind, host, port
            provider.security, provider.username, provider.max_connections = security, username, max_connections
            if password:
                provider.password_encrypted = secrets.encrypt(password)
            provider.save()
            words = " with a new password" if password else ""
            record(actor=actor, text=f"Saved the provider {name}{words}: {kind} {host}:{port}, {security}.")
    except IntegrityError:
        raise NameTaken(
            f"Another provider is called “{name}” already. Nothing was saved; choose another name."
        ) from None
    return provider


def provider_config(*, stream_id: int) -> ProviderConfig:
    """The provider of a stream as its adapter sees it. Raises accounts.errors.SecretUnreadable."""
    return config_of(Provider.objects.get(streams=stream_id))


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
    )
