"""Who outside of this installation gets to see people's data, by what is set up: for the records of processing."""

from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

from deliverability.models import AlertChannel, Inbox, Provider, RouteStep, Stream


class Role(StrEnum):
    """What a processor is given."""

    SENDS = "sends"
    RECEIVES = "receives"
    IS_TOLD = "is_told"


@dataclass(frozen=True, slots=True)
class Processor:
    """`where` is the host, empty for an ESP's own API; `what_for` names the streams."""

    name: str
    kind: str
    role: Role
    where: str
    what_for: tuple[str, ...]
    is_encrypted: bool


def processors() -> list[Processor]:
    """Providers first, then inboxes, then channels of alerts; four queries."""
    return [*_providers(), *_inboxes(), *_channels()]


def _providers() -> list[Processor]:
    used: dict[int, set[str]] = {}
    for provider_id, name in Stream.objects.values_list("provider_id", "name"):
        used.setdefault(provider_id, set()).add(name)
    for provider_id, name in RouteStep.objects.values_list("provider_id", "stream__name"):
        used.setdefault(provider_id, set()).add(name)
    return [
        Processor(
            each.name,
            each.title,
            Role.SENDS,
            each.host,
            tuple(sorted(used.get(each.pk, ()))),
            each.is_esp or each.security != Provider.Security.NONE,
        )
        for each in Provider.objects.order_by("name")
    ]


def _inboxes() -> list[Processor]:
    return [
        Processor(
            inbox.name,
            inbox.get_kind_display(),
            Role.RECEIVES,
            inbox.host,
            (),
            inbox.kind == Inbox.Kind.MAILDIR or inbox.security != Inbox.Security.NONE,
        )
        for inbox in Inbox.objects.order_by("name")
    ]


def _channels() -> list[Processor]:
    return [
        Processor(
            channel.shown,
            channel.get_kind_display(),
            Role.IS_TOLD,
            urlsplit(channel.target).hostname or "",
            (),
            not channel.target.startswith("http://"),
        )
        for channel in AlertChannel.objects.order_by("kind", "id")
    ]
