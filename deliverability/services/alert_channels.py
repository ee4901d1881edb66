"""Sets up the ways in which alerts reach people."""

from secrets import token_urlsafe

from django.db import IntegrityError, transaction

from accounts.services.audit import record
from accounts.services.permission import require
from accounts.services.secrets import encrypt
from accounts.types import Actor
from deliverability.errors import NameTaken
from deliverability.models import Alert, AlertChannel


def add_channel(
    *, actor: Actor, kind: str, target: str, provider_id: int | None = None, least: str = Alert.Severity.WARNING
) -> tuple[AlertChannel, str]:
    """The channel and, for a webhook, the secret that signs its calls, which is never shown again.

    Raises NameTaken, PermissionRefused.
    """
    require(actor, "deliverability.manage")
    secret = token_urlsafe(32) if kind == AlertChannel.Kind.WEBHOOK else ""
    try:
        with transaction.atomic():
            channel = AlertChannel.objects.create(
                kind=kind, target=target, provider_id=provider_id, least=least, secret_encrypted=encrypt(secret)
            )
            record(actor=actor, text=f"Alerts go to {channel}.")
    except IntegrityError:
        raise NameTaken from None
    return channel, secret


@transaction.atomic
def remove_channel(*, actor: Actor, channel_id: int) -> None:
    """Raises PermissionRefused, AlertChannel.DoesNotExist."""
    require(actor, "deliverability.manage")
    channel = AlertChannel.objects.get(pk=channel_id)
    record(actor=actor, text=f"Alerts no longer go to {channel}.")
    channel.delete()
