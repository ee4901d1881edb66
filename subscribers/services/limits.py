"""Counts sign-ups by where they come from and where they go, so that nobody floods forms or mailboxes."""

import ipaddress
import logging
from hashlib import blake2s

from django.core.cache import cache
from redis.exceptions import RedisError

from subscribers.rules.address_data import POPULAR
from subscribers.rules.suspicion import Traffic

PER_HOUR = 20
_TEN_MINUTES, _HOUR, _DAY = 600, 3600, 86_400
_POPULAR = frozenset(POPULAR)
logger = logging.getLogger(__name__)


def count_sign_up(*, ip: str | None, email: str, form_id: int) -> Traffic:
    """Count one sign-up and say how many there were lately, by network, domain, address and form.

    An IPv6 customer owns at least a /64, so that is one network. A loopback address is our own machine and names
    nobody. While Redis is away nothing counts: the ledger still limits the mails to each address.
    """
    network, domain = _network(ip), email.rpartition("@")[2].lower()
    return Traffic(
        network=_count(f"sign-up:{network}", _HOUR) if network else 0,
        domain=_count(f"sign-up:domain:{domain}", _HOUR) if domain not in _POPULAR else 0,
        address=_count(f"sign-up:address:{_digest(email.lower())}", _DAY),
        form=_count(f"sign-up:form:{form_id}", _TEN_MINUTES),
    )


def is_crowded(traffic: Traffic) -> bool:
    """Whether this network had its 20 sign-ups within the hour."""
    return traffic.network > PER_HOUR


def use_once(token: str, *, seconds: int) -> bool:
    """False for a token that was used before. While Redis is away, everyone is new."""
    try:
        return bool(cache.add(f"sign-up:used:{_digest(token)}", 1, seconds))
    except RedisError as error:
        logger.warning("Used pages are not told apart for now: Redis does not answer. %s", error)
        return True


def _count(key: str, seconds: int) -> int:
    try:
        cache.add(key, 0, seconds)
        return int(cache.incr(key))
    except ValueError:
        # The time ended between the two commands.
        return 1
    except RedisError as error:
        logger.warning("Sign-ups are not counted for now: Redis does not answer. %s", error)
        return 0


def _digest(text: str) -> str:
    # No address stands in Redis.
    return blake2s(text.encode(), digest_size=12).hexdigest()


def _network(ip: str | None) -> str | None:
    if ip is None:
        return None
    address = ipaddress.ip_address(ip)
    if address.is_loopback:
        return None
    return str(ipaddress.ip_network((ip, 64 if address.version == 6 else 32), strict=False))
