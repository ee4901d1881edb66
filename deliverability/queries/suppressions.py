"""Who must not be written to, by keyed hash of the address."""

from collections.abc import Collection, Iterable

from django.db.models import Q, QuerySet
from django.utils import timezone

from deliverability import conf
from deliverability.models import Suppression
from deliverability.rules import addresses
from deliverability.types import Scope, StreamKind


def address_key(address: str) -> bytes:
    """The keyed hash under which this installation knows an address."""
    return addresses.address_key(conf.address_key_secret(), address)


def address_keys(addresses_in_normal_form: Iterable[str]) -> list[bytes]:
    """The keys of many addresses at once, for an import: about a microsecond each."""
    secret = conf.address_key_secret()
    return [addresses.key_of_normal_form(secret, address) for address in addresses_in_normal_form]


def live() -> Q:
    """What holds now: neither lifted nor expired."""
    return Q(lifted_at=None) & (Q(expires_at=None) | Q(expires_at__gt=timezone.now()))


def live_suppressions(kind: StreamKind, *, stream_id: int = 0, topic_id: int = 0) -> QuerySet[Suppression]:
    """Suppressions that hold now for mail of this kind; with ids, also those for just that stream or topic."""
    reach = Q(scope__in=[Scope.EVERYTHING, Scope(kind.value)])
    if stream_id:
        reach |= Q(scope=Scope.STREAM, target=stream_id)
    if topic_id:
        reach |= Q(scope=Scope.TOPIC, target=topic_id)
    return Suppression.objects.filter(live(), reach)


def suppressed_keys(kind: StreamKind, keys: Collection[bytes], *, stream_id: int = 0, topic_id: int = 0) -> set[bytes]:
    """Those of `keys` that get no such mail. One query, for a batch at dispatch."""
    found = live_suppressions(kind, stream_id=stream_id, topic_id=topic_id).filter(address_key__in=list(keys))
    return {bytes(key) for key in found.values_list("address_key", flat=True)}
