"""Takes a webhook in: proves it, sees that it can be read, and keeps it for a worker."""

from dataclasses import dataclass

from django.utils import timezone

from accounts.errors import SecretUnreadable
from deliverability.models import Provider, Webhook
from deliverability.services.providers import hook_secrets_of
from deliverability.webhooks import Hook, Unproved, Unreadable, hook_kinds, prove, read

# What proves the sender is used here and kept nowhere.
_NOT_KEPT = {"authorization", "proxy-authorization", "cookie"}
# Enough of a refused request to see what it was.
_REFUSED_BYTES = 10_000


@dataclass(frozen=True, slots=True)
class Received:
    """The HTTP status, and a sentence for whoever reads the ESP's log of failed webhooks."""

    status: int
    words: str = ""


def find_provider(*, kind: str, token: str) -> Provider | None:
    """The provider whose webhook address this is."""
    if kind not in hook_kinds():
        return None
    return Provider.objects.filter(kind=kind, hook_token=token).first()


def receive(*, provider: Provider, hook: Hook) -> Received:
    """200 and a row for a worker, or a refusal, which is logged as well; answers before anything is made of it."""
    try:
        secrets = hook_secrets_of(provider)
        prove(provider.kind, hook, secrets)
        told = len(read(provider.kind, hook))
    except (Unproved, SecretUnreadable) as refusal:
        _keep(provider, hook, refused_why=str(refusal))
        # Amazon sends a password only to whoever asks for one.
        asks = not any(name.lower() == "authorization" for name in hook.headers)
        return Received(401 if asks else 403, str(refusal))
    except Unreadable as refusal:
        _keep(provider, hook, refused_why=str(refusal))
        return Received(400, str(refusal))
    _keep(provider, hook, told=told)
    return Received(200)


def _keep(provider: Provider, hook: Hook, *, refused_why: str = "", told: int = 0) -> None:
    Webhook.objects.create(
        provider=provider,
        received_at=timezone.now(),
        content_type=hook.content_type[:200],
        headers={name: value for name, value in hook.headers.items() if name.lower() not in _NOT_KEPT},
        body=hook.body[:_REFUSED_BYTES] if refused_why else hook.body,
        refused_why=refused_why,
        told=told,
    )
