"""Who was refused, put off, bounced or complained, newest first, with the row of the reply table that decided."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from deliverability.models import Event, InboundMail, Mailing
from deliverability.rules.replies import ReplyRule, ReplyVerdict, classify_reply, matching_rule, split_reply
from deliverability.types import EventKind

DAYS = 30
ON_A_PAGE = 50
# Which rule decided is found by matching again; a rare one must not keep a page busy.
_AT_ONCE, _MOST_READ = 500, 1_000
KINDS = {
    "refused": EventKind.FAILED,
    "bounced": EventKind.BOUNCED,
    "complained": EventKind.COMPLAINED,
    "deferred": EventKind.DEFERRED,
}
# Mail that was put off is tried again, so it is shown only to those who ask for it.
_FINAL = (EventKind.FAILED, EventKind.BOUNCED, EventKind.COMPLAINED)
Place = tuple[datetime, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What somebody looks for; empty words narrow nothing. Without a day: the last 30 of them (UTC)."""

    mailbox_provider: str = ""
    kind: str = ""
    rule: str = ""
    mailing_id: int = 0
    provider_id: int = 0
    day: date | None = None


@dataclass(frozen=True, slots=True)
class Refusal:
    """`reply` is what the server said, `rule` the row that decided and `verdict` what follows from it and the basic
    code; both None where nobody said anything to decide on.

    `mail_id` is the mail that came back, while it is kept. `composer` and `reference` say what the mailing is.
    """

    id: int
    at: datetime
    kind: EventKind
    recipient_id: int
    mailbox_provider: str
    reply: str
    rule: ReplyRule | None
    verdict: ReplyVerdict | None
    attempt: int
    mailing_id: int
    title: str
    composer: str
    reference: str
    mail_id: int | None


@dataclass(frozen=True, slots=True)
class RefusalPage:
    """`older` is the place to go on from, None at the end. A page may be short and have older ones all the same."""

    rows: list[Refusal]
    older: Place | None


def refusal_page(asked: Asked, *, below: Place | None = None) -> RefusalPage:
    found: list[tuple[Event, ReplyRule | None]] = []
    last: Place | None = None
    for event in _events(asked, below):
        rule = _rule_of(event)
        if asked.rule and (rule is None or rule.id != asked.rule):
            last = (event.occurred_at, event.pk)
            continue
        if len(found) == ON_A_PAGE:
            return RefusalPage(_shown(found), last)
        found.append((event, rule))
        last = (event.occurred_at, event.pk)
    return RefusalPage(_shown(found), last if _has_older(asked, last) else None)


def latest_refusals(*, mailbox_provider: str, provider_id: int, most: int = 20) -> list[Refusal]:
    """What a mailbox provider said lately to mail that came this way: refused or put off, the newest first."""
    since = timezone.now() - timedelta(days=1)
    own = Q(provider_id=provider_id) | Q(provider_id=None, mailing__stream__provider_id=provider_id)
    rows = _newest(since).filter(own, mailbox_provider=mailbox_provider, code__gte=400)
    return _shown([(event, _rule_of(event)) for event in rows[:most]])


def _events(asked: Asked, below: Place | None) -> Iterator[Event]:
    """In order, but never more than a page may read."""
    read = 0
    while read < _MOST_READ:
        size = ON_A_PAGE + 1 if not asked.rule else _AT_ONCE
        rows = list(_asked(asked, below)[:size])
        yield from rows
        read += len(rows)
        if len(rows) < size or not asked.rule:
            return
        below = (rows[-1].occurred_at, rows[-1].pk)


def _has_older(asked: Asked, last: Place | None) -> bool:
    return bool(last and asked.rule and _asked(asked, last).exists())


def _asked(asked: Asked, below: Place | None) -> QuerySet[Event]:
    kinds = [KINDS[asked.kind]] if asked.kind else [*_FINAL, *([EventKind.DEFERRED] if asked.rule else [])]
    since = _midnight(asked.day) if asked.day else timezone.now() - timedelta(days=DAYS)
    rows = _newest(since).filter(kind__in=kinds)
    if asked.day:
        rows = rows.filter(occurred_at__lt=since + timedelta(days=1))
    if asked.mailbox_provider:
        rows = rows.filter(mailbox_provider=asked.mailbox_provider)
    if asked.mailing_id:
        rows = rows.filter(mailing_id=asked.mailing_id)
    if asked.provider_id:
        own = Q(provider_id=None, mailing__stream__provider_id=asked.provider_id)
        rows = rows.filter(Q(provider_id=asked.provider_id) | own)
    if below:
        moment, key = below
        rows = rows.filter(Q(occurred_at__lt=moment) | Q(occurred_at=moment, id__lt=key), occurred_at__lte=moment)
    return rows


def _newest(since: datetime) -> QuerySet[Event]:
    """From the index of refusals, whose condition names these kinds."""
    kinds = [int(kind) for kind in KINDS.values()]
    return Event.objects.filter(kind__in=kinds, occurred_at__gte=since).order_by("-occurred_at", "-id")


def _rule_of(event: Event) -> ReplyRule | None:
    if event.kind == EventKind.COMPLAINED or (event.code or 0) < 400:
        return None
    return matching_rule(*_parts(event))


def _parts(event: Event) -> tuple[int, str, str, str]:
    """Code, enhanced code, text and mailbox provider."""
    code, enhanced, text = split_reply(f"{event.code} {event.detail or ''}")
    return code, enhanced, text, event.mailbox_provider


def _shown(found: list[tuple[Event, ReplyRule | None]]) -> list[Refusal]:
    """With what they were of, and the mails that came back: those are told by the moment in which they were kept."""
    mailings = Mailing.objects.in_bulk({event.mailing_id for event, _ in found})
    back = [event.occurred_at for event, _ in found if event.kind in (EventKind.BOUNCED, EventKind.COMPLAINED)]
    mails = dict(InboundMail.objects.filter(received_at__in=back).values_list("received_at", "pk")) if back else {}
    return [_refusal(event, rule, mailings.get(event.mailing_id), mails) for event, rule in found]


def _refusal(event: Event, rule: ReplyRule | None, mailing: Mailing | None, mails: dict[datetime, int]) -> Refusal:
    return Refusal(
        id=event.pk,
        at=event.occurred_at,
        kind=EventKind(event.kind),
        recipient_id=event.recipient_id,
        mailbox_provider=event.mailbox_provider,
        reply=f"{event.code or ''} {event.detail or ''}".strip(),
        rule=rule,
        verdict=classify_reply(*_parts(event)) if rule else None,
        attempt=event.attempt or 0,
        mailing_id=event.mailing_id,
        title=mailing.title if mailing else "",
        composer=mailing.composer if mailing else "",
        reference=mailing.reference if mailing else "",
        mail_id=mails.get(event.occurred_at) if event.kind != EventKind.FAILED else None,
    )


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
