"""Reads from a request what the ledger keeps as evidence."""

import ipaddress

from django.http import HttpRequest

from subscribers import conf
from subscribers.types import Origin


def origin_of(request: HttpRequest, *, page: str, actor: str = "the person", mailing_id: int | None = None) -> Origin:
    """`page` names the place without the token, which would let a reader of the ledger act for the person."""
    mailing = f" from mailing {mailing_id}" if mailing_id else ""
    return Origin(
        source=f"{conf.base_url()}{page}{mailing}",
        actor=actor,
        ip=client_ip(request),
        user_agent=request.headers.get("User-Agent", "").replace("\x00", ""),
    )


def client_ip(request: HttpRequest) -> str | None:
    """The client's address; behind a proxy the last forwarded one, since those before it are the client's to invent.

    A server that listens on IPv6 names IPv4 clients as ::ffff:192.0.2.1 (RFC 4291 2.5.5.2), all of them in one /64.
    """
    said = request.META.get("REMOTE_ADDR", "")
    if conf.behind_proxy():
        said = request.headers.get("X-Forwarded-For", "").rpartition(",")[2]
    try:
        address = ipaddress.ip_address(said.strip())
    except ValueError:
        return None
    return str(getattr(address, "ipv4_mapped", None) or address)
