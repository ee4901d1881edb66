"""Reads the rates of mailings, streams and ways out, says what is wrong with them, and stops what must not go on."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import chain

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from deliverability.models import Alert, DeliveryBatch, Mailing, Provider, Stream
from deliverability.queries.flow import Flows, flows, thresholds
from deliverability.queries.mailbox_names import provider_name
from deliverability.rules.guardrails import Finding, Flow, Guardrail, Level, Metric, judge
from deliverability.services.alerts import report, resolve_unseen
from deliverability.services.mailings import pause
from deliverability.types import StreamKind

PREFIX = "rate:"
_ONE_AT_A_TIME = "SELECT pg_try_advisory_xact_lock(hashtext('sendwell.guard'))"
_LASTING = (Metric.COMPLAINTS, Metric.BOUNCES)


@dataclass(frozen=True, slots=True)
class _Trouble:
    """A finding and whose it is. `stop` stops what it concerns and says so; where nothing may be stopped it is None."""

    key: str
    subject: str
    finding: Finding
    stop: Callable[[str], str] | None = None


@transaction.atomic
def guard_rates(*, now: datetime | None = None) -> list[str]:
    """Judge everything once: alerts open, last or resolve, and what is critical is stopped.

    Returns what was stopped, in words. Of two calls at once the second does nothing.
    """
    now, rails = now or timezone.now(), thresholds()
    with connection.cursor() as cursor:
        cursor.execute(_ONE_AT_A_TIME)
        if not cursor.fetchone()[0]:
            return []
    # One after the other: a mailing that is stopped now is no reason any more to stop its stream.
    stopped = [_meet(trouble, now) for trouble in _of_mailings(flows(now), rails)]
    found = flows(now)
    stopped += [_meet(trouble, now) for trouble in chain(_of_streams(found, rails), _of_ways(found, rails))]
    resolve_unseen(prefix=PREFIX, now=now)
    return list(filter(None, stopped))


def _meet(trouble: _Trouble, now: datetime) -> str:
    """Stop what must not go on, and tell people; what was stopped, in words."""
    finding = trouble.finding
    done = trouble.stop(f"{trouble.subject}: {finding.words}.") if trouble.stop and finding.may_stop else ""
    report(
        key=f"{trouble.key}:{finding.metric.value}",
        severity=Alert.Severity.CRITICAL if finding.level == Level.CRITICAL else Alert.Severity.WARNING,
        title=f"{trouble.subject}: {_TITLES[finding.metric]}",
        text=" ".join(filter(None, [f"{finding.words.capitalize()}.", done, _ADVICE[finding.metric]])),
        now=now,
    )
    return done


def _of_mailings(found: Flows, rails: dict[Metric, Guardrail]) -> Iterator[_Trouble]:
    mailings = Mailing.objects.filter(pk__in=found.mailings).exclude(state=Mailing.State.CANCELLED)
    for mailing in mailings.select_related("stream"):
        name = f"“{mailing.title}”" if mailing.title else f"{mailing.composer} {mailing.reference}"
        for finding in _judged(found.mailings[mailing.pk], rails, *_LASTING, Metric.UNSUBSCRIBES):
            stop = partial(_stop_mailing, mailing.pk) if _may_stop(mailing.stream) else None
            yield _Trouble(f"{PREFIX}mailing:{mailing.pk}", name, finding, stop)


def _of_streams(found: Flows, rails: dict[Metric, Guardrail]) -> Iterator[_Trouble]:
    for stream in Stream.objects.filter(pk__in=found.streams):
        subject = f"The stream {stream.name} over 24 hours"
        for finding in _judged(found.streams[stream.pk], rails, *_LASTING):
            stop = partial(_stop_stream, stream.pk) if _may_stop(stream) else None
            yield _Trouble(f"{PREFIX}stream:{stream.pk}", subject, finding, stop)


def _of_ways(found: Flows, rails: dict[Metric, Guardrail]) -> Iterator[_Trouble]:
    names = dict(Provider.objects.filter(pk__in={way for way, _ in found.ways}).values_list("id", "name"))
    for (way, mailbox), flow in found.ways.items():
        lately = _judged(found.ways_lately[way, mailbox], rails, Metric.DEFERRALS)
        subject = f"{names.get(way, 'A way out')} to {provider_name(mailbox)}"
        for finding in [*_judged(flow, rails, *_LASTING), *lately]:
            yield _Trouble(f"{PREFIX}way:{way}:{mailbox}", subject, finding)


def _judged(flow: Flow, rails: dict[Metric, Guardrail], *metrics: Metric) -> list[Finding]:
    return [finding for metric in metrics if (finding := judge(flow, metric, rails[metric]))]


def _may_stop(stream: Stream) -> bool:
    """Somebody waits for a transactional mail, such as a new password: people hear of its trouble, and it goes on."""
    return stream.kind == StreamKind.MARKETING.value


def _stop_mailing(mailing_id: int, why: str) -> str:
    """Says so as long as it stands still; a mailing that is through cannot be stopped any more."""
    is_through = not DeliveryBatch.objects.filter(mailing_id=mailing_id, state__lt=DeliveryBatch.State.CLOSED).exists()
    if is_through:
        return ""
    pause(mailing_id=mailing_id, because=f"Paused by a guardrail. {why}")
    return "It is paused and goes on when you say so."


def _stop_stream(stream_id: int, why: str) -> str:
    # No end: unlike a server that is busy, this does not pass by itself. A hold that ends would let mail out meanwhile.
    running = Stream.objects.filter(Q(held_reason="") | Q(held_until__isnull=False), pk=stream_id)
    running.update(held_reason=f"Stopped by a guardrail. {why}", held_until=None)
    return "All its mail is stopped and goes on when you say so."


_TITLES = {
    Metric.COMPLAINTS: "too many people report it as spam",
    Metric.BOUNCES: "too much bounces",
    Metric.DEFERRALS: "much is put off",
    Metric.UNSUBSCRIBES: "many unsubscribe",
}
_ADVICE = {
    Metric.COMPLAINTS: "Look at where these people signed up and what they were promised; write to fewer of them.",
    Metric.BOUNCES: "Look at the import they came from; addresses that do not exist are suppressed already.",
    Metric.DEFERRALS: "Lanes slow down by themselves, and nobody is lost. If it lasts, look at the replies.",
    Metric.UNSUBSCRIBES: "Look at how often you write and whether the subject says what is inside.",
}
