"""What came in, newest first: mails that came back and webhooks, without the bodies that only one page shows."""

import zlib
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from django.db.models import Model, Q, QuerySet

from deliverability.models import InboundMail, Inbox, Webhook

ON_A_PAGE = 50
# More of a mail or webhook than anybody reads on a page.
LONGEST_SHOWN = 200_000
Place = tuple[datetime, int]
Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True, slots=True)
class LogPage(Generic[Row]):
    """`older` is the place to go on from, None at the end."""

    rows: list[Row]
    older: Place | None


def inbound_mails(*, state: str = "", below: Place | None = None) -> LogPage[InboundMail]:
    found = InboundMail.objects.defer("raw", "findings")
    return _page(found.filter(state=state) if state else found, below)


def webhooks(*, state: str = "", below: Place | None = None) -> LogPage[Webhook]:
    """`state`: `waiting`, `refused`, `noted` (something a person should know), or all."""
    found = Webhook.objects.select_related("provider").defer("body", "headers")
    if state == "waiting":
        found = found.filter(processed_at=None, refused_why="")
    elif state == "refused":
        found = found.exclude(refused_why="")
    elif state == "noted":
        found = found.exclude(note="")
    return _page(found, below)


def inboxes() -> QuerySet[Inbox]:
    return Inbox.objects.order_by("name")


def raw_mail(mail: InboundMail) -> str:
    """As it came, for eyes: whatever its bytes, and no more than anybody reads."""
    return zlib.decompress(bytes(mail.raw))[:LONGEST_SHOWN].decode("utf-8", "replace")


def raw_webhook(webhook: Webhook) -> str:
    return bytes(webhook.body)[:LONGEST_SHOWN].decode("utf-8", "replace")


def _page(found: QuerySet[Row], below: Place | None) -> LogPage[Row]:
    if below:
        moment, key = below
        found = found.filter(Q(received_at__lt=moment) | Q(received_at=moment, id__lt=key), received_at__lte=moment)
    rows = list(found.order_by("-received_at", "-id")[: ON_A_PAGE + 1])
    last = rows[ON_A_PAGE - 1] if len(rows) > ON_A_PAGE else None
    place = (last.received_at, last.pk) if isinstance(last, InboundMail | Webhook) else None
    return LogPage(rows[:ON_A_PAGE], place)
