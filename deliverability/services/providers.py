"""Keeps providers' credentials encrypted, and hands adapters what they need in the clear."""

from typing import cast

from accounts.services import secrets
from deliverability.models import Provider
from deliverability.providers.base import ProviderConfig, Security


def set_password(*, provider: Provider, password: str) -> None:
    """Encrypt and save a password; an empty one removes it."""
    provider.password_encrypted = secrets.encrypt(password)
    provider.save(update_fields=["password_encrypted"])


def provider_config(*, stream_id: int) -> ProviderConfig:
    """The provider of a stream as its adapter sees it. Raises accounts.errors.SecretUnreadable."""
    provider = Provider.objects.get(streams=stream_id)
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
