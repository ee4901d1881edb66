"""Makes the first way out in one go: a provider, and a stream through it for each kind of mail."""

from typing import Any

from django.db import transaction

from accounts.types import Actor
from deliverability.models import Provider
from deliverability.services.providers import save_provider
from deliverability.services.streams import save_stream
from deliverability.types import StreamKind


@transaction.atomic
def open_first_way(*, actor: Actor, from_email: str, **connection: Any) -> Provider:
    """`connection` is what `save_provider` takes besides actor, id and name; bounces go to a subdomain of the sender.

    Raises NameTaken, PermissionRefused.
    """
    name = connection["host"] or "Sandbox"
    provider = save_provider(actor=actor, provider_id=None, name=name, **connection)
    domain = from_email.rpartition("@")[2]
    for kind in (StreamKind.MARKETING, StreamKind.TRANSACTIONAL):
        save_stream(
            actor=actor,
            stream_id=None,
            name=kind.value.title(),
            kind=kind,
            provider_id=provider.pk,
            from_email=from_email,
            bounce_domain=f"bounces.{'' if kind == StreamKind.MARKETING else 'mail.'}{domain}",
        )
    return provider
