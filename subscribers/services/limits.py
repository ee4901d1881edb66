"""Keeps one network from filling the sign-up forms of everybody else."""

import ipaddress
import logging

from django.core.cache import cache
from redis.exceptions import RedisError

PER_HOUR = 20
_HOUR = 3600
logger = logging.getLogger(__name__)


def admit_sign_up(*, ip: str | None) -> bool:
    """Count one sign-up from this network; False once it had 20 within the hour.

    An IPv6 customer owns at least a /64, so that is one network. A loopback address is our own machine and names
    nobody. While Redis is away everybody is admitted: the ledger still limits the mails to each address.
    """
    network = _network(ip)
    if network is None:
        return True
    key = f"sign-up:{network}"
    try:
        cache.add(key, 0, _HOUR)
        return int(cache.incr(key)) <= PER_HOUR
    except ValueError:
        # The hour ended between the two commands.
        return True
    except RedisError as error:
        logger.warning("Sign-ups are not counted for now: Redis does not answer. %s", error)
        return True


def _network(ip: str | None) -> str | None:
    if ip is None:
        return None
    address = ipaddress.ip_address(ip)
    if address.is_loopback:
        return None
    return str(ipaddress.ip_network((ip, 64 if address.version == 6 else 32), strict=False))
