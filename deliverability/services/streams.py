"""Sets streams up, and lets a held one go when a person says so."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

from accounts.services.audit import record
from accounts.services.permission import require
from accounts.types import Actor
from deliverability.models import Lane, Stream
from deliverability.types import StreamKind


@transaction.atomic
def save_stream(
    *,
    actor: Actor,
    stream_id: int | None,
    name: str,
    kind: StreamKind,
    provider_id: int | None,
    from_email: str,
    bounce_domain: str,
    tracking_url: str = "",
) -> Stream:
    """A new stream without an id. The kind of one that exists stays: its mailings were made for it.

    So does its provider without a `provider_id`: `save_route` sets the ways out of a stream that exists.
    """
    require(actor, "deliverability.manage")
    if stream_id is None:
        stream = Stream(slug=_free_slug(name), kind=kind.value)
    else:
        stream = Stream.objects.select_for_update().get(pk=stream_id)
    stream.name = name
    if provider_id is not None:
        stream.provider_id = provider_id
    stream.from_email, stream.bounce_domain = from_email, bounce_domain.lower()
    stream.tracking_url = tracking_url
    # held_reason is not ours to write: a worker may hold the stream at this very moment.
    changed = ["name", "provider", "from_email", "bounce_domain", "tracking_url"]
    stream.save(update_fields=None if stream.pk is None else changed)
    record(actor=actor, text=f"Saved the stream {name}: from {from_email}, bounces to {stream.bounce_domain}.")
    return stream


@transaction.atomic
def save_lanes(*, actor: Actor, stream_id: int, lanes: Sequence[Mapping[str, Any]]) -> None:
    """Replaces the stream's limits; workers see them within a second. Raises PermissionRefused."""
    require(actor, "deliverability.manage")
    stream = Stream.objects.select_for_update(no_key=True).get(pk=stream_id)
    stream.lanes.all().delete()
    Lane.objects.bulk_create(Lane(stream=stream, **lane) for lane in lanes)
    words = "; ".join(
        f"{lane['mailbox_provider']}: {lane['messages_per_second'] or 'any number'} a second over "
        f"{lane['max_connections']} connections"
        for lane in lanes
    )
    record(actor=actor, text=f"Set the limits of the stream {stream.name}: {words or 'none'}.")


@transaction.atomic
def try_again(*, actor: Actor, stream_id: int) -> None:
    """Ends a hold now; the next drain finds out whether what was wrong is right. Raises PermissionRefused."""
    require(actor, "deliverability.manage")
    if Stream.objects.filter(pk=stream_id).update(held_reason="", held_until=None, guarded_since=timezone.now()):
        record(actor=actor, text=f"Let the stream {Stream.objects.get(pk=stream_id).name} try again.")


def _free_slug(name: str) -> str:
    base = slugify(name)[:40] or "stream"
    taken = set(Stream.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    return next(slug for slug in [base, *(f"{base}-{n}" for n in range(2, len(taken) + 3))] if slug not in taken)
