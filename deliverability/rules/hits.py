"""What the tracking edge hands to the consumer: one fetch of a pixel or a link, as one value in a Redis stream."""

from dataclasses import dataclass
from ipaddress import ip_address

from deliverability.types import EventKind

STREAM = "sendwell:hits"
# Entries that could not be written are kept here for a person to look at, under the id that they came with.
SET_ASIDE = "sendwell:hits:set-aside"
FIELD = b"hit"

AGENT_LENGTH = 500
_SEPARATOR = "\t"
_KINDS = {str(int(kind)): kind for kind in (EventKind.OPENED, EventKind.CLICKED)}
_CONTROL = dict.fromkeys((*range(32), 127), " ")


@dataclass(frozen=True, slots=True)
class Hit:
    """A verified fetch. `link` is the number of a click's link; `target` its URL where that varies by recipient.

    There is no time in it: the stream gives each entry its own, so that one clock measures every edge.
    """

    kind: EventKind
    mailing_id: int
    recipient_id: int
    link: int | None = None
    method: str = "GET"
    agent: str = ""
    ip: str | None = None
    target: str = ""


def pack_hit(hit: Hit) -> bytes:
    link = "" if hit.link is None else str(hit.link)
    fields = (str(int(hit.kind)), str(hit.mailing_id), str(hit.recipient_id), link, hit.ip or "")
    texts = (_plain(hit.method), _plain(hit.agent[:AGENT_LENGTH]), _plain(hit.target))
    return _SEPARATOR.join((*fields, *texts)).encode(errors="replace")


def unpack_hit(packed: bytes) -> Hit:
    """Raises ValueError or KeyError for anything that `pack_hit` did not make."""
    kind, mailing, recipient, link, ip, method, agent, target = packed.decode().split(_SEPARATOR)
    return Hit(
        kind=_KINDS[kind],
        mailing_id=int(mailing),
        recipient_id=int(recipient),
        link=int(link) if link else None,
        method=method,
        agent=agent,
        ip=ip or None,
        target=target,
    )


def readable_ip(text: str) -> str | None:
    """The address without its port or zone, None for what is no address: a proxy's header may say anything."""
    text = text.strip().partition("%")[0]
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        return str(ip_address(text))
    except ValueError:
        return None


def _plain(text: str) -> str:
    # Postgres stores no NUL, and a tab would end the field.
    return text if text.isprintable() else text.translate(_CONTROL)
