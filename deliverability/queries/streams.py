"""Finds streams and what a drain, a composer or an edge must know of a mailing."""

from typing import NamedTuple

from deliverability import conf
from deliverability.models import Mailing, Stream
from deliverability.types import MailingBrief, StreamKind


def stream_of_kind(kind: StreamKind) -> Stream:
    """The first stream of a kind, which is the default one. Raises Stream.DoesNotExist before set-up."""
    return Stream.objects.filter(kind=kind.value).order_by("id")[:1].get()


def mailing_brief(mailing_id: int) -> MailingBrief:
    mailing = Mailing.objects.select_related("stream").get(pk=mailing_id)
    stream = mailing.stream
    return MailingBrief(
        id=mailing.pk,
        stream_slug=stream.slug,
        stream_kind=StreamKind(stream.kind),
        composer=mailing.composer,
        reference=mailing.reference,
        bounce_domain=stream.bounce_domain,
        tracking_url=stream.tracking_url.rstrip("/") or conf.tracking_url(),
        links=tuple(mailing.links),
        stream_id=stream.pk,
    )


class Way(NamedTuple):
    """A stream as somebody chooses it: `from_email` is what it sends from where nobody says otherwise."""

    id: int
    name: str
    from_email: str


def marketing_streams() -> list[Way]:
    """The default one first."""
    streams = Stream.objects.filter(kind=StreamKind.MARKETING.value).order_by("id")
    return [Way(*row) for row in streams.values_list("id", "name", "from_email")]


def stream_names() -> dict[int, str]:
    """Every stream's name by its id."""
    return dict(Stream.objects.order_by("id").values_list("id", "name"))
