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


def live_suppressions(kind: StreamKind) -> QuerySet[Suppression]:
    """Suppressions that hold now for mail of this kind."""
    unexpired = Q(expires_at=None) | Q(expires_at__gt=timezone.now())
    return Suppression.objects.filter(unexpired, scope__in=[Scope.EVERYTHING, Scope(kind.value)])


def suppressed_keys(kind: StreamKind, keys: Collection[bytes]) -> set[bytes]:
    """Those of `keys` that get no mail of this kind. One query, for a batch at dispatch."""
    found = live_suppressions(kind).filter(address_key__in=list(keys))
    return {bytes(key) for key in found.values_list("address_key", flat=True)}
