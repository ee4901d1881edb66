"""What happened lately to whose mail: counts over windows, added up by mailing, stream and way out."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import connection

from deliverability.models import GuardrailSetting, Mailing
from deliverability.rules.guardrails import Flow, Guardrail, Metric, guardrails
from deliverability.rules.warmup.judging import WITHOUT_COMPLAINTS
from deliverability.types import EventKind

# A mailing is judged over this, its stream and way out over a day, deferrals over a quarter of an hour.
LONGEST = timedelta(hours=72)
DAY = timedelta(hours=24)
QUARTER = timedelta(minutes=15)

# A person who let a mailing or stream go on has seen what came before: that counts no more.
_FLOWS = """
SELECT flow.mailing_id, mailing.stream_id, coalesce(nullif(flow.provider_id, 0), stream.provider_id), mailing.state,
    flow.mailbox_provider, flow.kind,
    sum(flow.total),
    coalesce(sum(flow.total) FILTER (WHERE flow.slot >= %(day)s), 0),
    coalesce(sum(flow.total) FILTER (WHERE flow.slot >= %(quarter)s), 0)
FROM deliverability_flowcount AS flow
JOIN deliverability_mailing AS mailing ON mailing.id = flow.mailing_id
JOIN deliverability_stream AS stream ON stream.id = mailing.stream_id
WHERE flow.slot >= greatest(%(longest)s, mailing.resumed_at, stream.guarded_since)
GROUP BY 1, 2, 3, 4, 5, 6
"""
_FIELDS = {
    EventKind.ACCEPTED: "accepted",
    EventKind.DEFERRED: "deferred",
    EventKind.FAILED: "failed",
    EventKind.BOUNCED: "bounced",
    EventKind.COMPLAINED: "complained",
    EventKind.UNSUBSCRIBED: "unsubscribed",
}


@dataclass(slots=True)
class Flows:
    """By id; those of ways out are by (provider id, mailbox provider)."""

    mailings: dict[int, Flow] = field(default_factory=lambda: defaultdict(Flow))
    streams: dict[int, Flow] = field(default_factory=lambda: defaultdict(Flow))
    ways: dict[tuple[int, str], Flow] = field(default_factory=lambda: defaultdict(Flow))
    ways_lately: dict[tuple[int, str], Flow] = field(default_factory=lambda: defaultdict(Flow))


def flows(now: datetime) -> Flows:
    moments = {"longest": now - LONGEST, "day": now - DAY, "quarter": now - QUARTER}
    found = Flows()
    with connection.cursor() as cursor:
        cursor.execute(_FLOWS, moments)
        for mailing, stream, way, state, provider, kind, longest, day, quarter in cursor.fetchall():
            found.mailings[mailing] += one(kind, int(longest), provider)
            # What stands still already is no reason to stop the others of its stream.
            if state == Mailing.State.RUNNING:
                found.streams[stream] += one(kind, int(day), provider)
            found.ways[way, provider] += one(kind, int(day), provider)
            found.ways_lately[way, provider] += one(kind, int(quarter), provider)
    return found


def flow_of(rows: Iterable[tuple[int, int]], mailbox_provider: str) -> Flow:
    """The flow of (kind, total) rows at one mailbox provider."""
    return sum((one(kind, total, mailbox_provider) for kind, total in rows), Flow())


def one(kind: int, total: int, mailbox_provider: str) -> Flow:
    """Events of one kind; where nobody is told of complaints, accepted mail proves nothing about them."""
    name = _FIELDS.get(EventKind(kind))
    if name is None:
        return Flow()
    is_heard = name == "accepted" and mailbox_provider not in WITHOUT_COMPLAINTS
    return Flow(**{name: total}, heard=total if is_heard else 0)


def thresholds() -> dict[Metric, Guardrail]:
    """Those that hold now: the team's own, else the shipped ones."""
    rows = GuardrailSetting.objects.values_list("metric", "warn", "critical", "may_stop")
    return guardrails({metric: (warn, critical, may_stop) for metric, warn, critical, may_stop in rows})
