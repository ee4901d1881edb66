"""Reads the rates of mailings, streams and ways out, says what is wrong with them, and stops what must not go on."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.utils import timezone

from deliverability.models import Alert, Mailing, Provider, Stream
from deliverability.queries.flow import Flows, flows, thresholds
from deliverability.queries.mailbox_names import provider_name
from deliverability.rules.guardrails import Finding, Flow, Guardrail, Level, Metric, judge
from deliverability.services.alerts import report, resolve_unseen
from deliverability.services.mailings import pause

PREFIX = "rate:"
_ONE_AT_A_TIME = "SELECT pg_try_advisory_xact_lock(hashtext('sendwell.guard'))"
_LASTING = (Metric.COMPLAINTS, Metric.BOUNCES)


@dataclass(frozen=True, slots=True)
class _Trouble:
    """A finding and whose it is; `mailing_id` or `stream_id` names what may be stopped for it."""

    key: str
    subject: str
    finding: Finding
    mailing_id: int | None = None
    stream_id: int | None = None


@transaction.atomic
def guard_rates(*, now: datetime | None = None) -> list[str]:
    """Judge everything once: alerts open, last or resolve, and what is critical is stopped.

    Returns what was stopped, in words. Of two calls at once the second does nothing.
    """
    now = now or timezone.now()
    with connection.cursor() as cursor:
        cursor.execute(_ONE_AT_A_TIME)
        if not cursor.fetchone()[0]:
            return []
    stopped = []
    for trouble in _troubles(flows(now), thresholds()):
        done = _stop(trouble) if trouble.finding.may_stop else ""
        stopped += [done] if done else []
        _tell(trouble, done, now)
    resolve_unseen(prefix=PREFIX, now=now)
    return stopped


def _troubles(found: Flows, rails: dict[Metric, Guardrail]) -> Iterator[_Trouble]:
    for mailing in Mailing.objects.filter(pk__in=found.mailings).exclude(state=Mailing.State.CANCELLED):
        name = f"“{mailing.title}”" if mailing.title else f"{mailing.composer} {mailing.reference}"
        for finding in _judged(found.mailings[mailing.pk], rails, *_LASTING, Metric.UNSUBSCRIBES):
            yield _Trouble(f"{PREFIX}mailing:{mailing.pk}", name, finding, mailing_id=mailing.pk)
    for stream in Stream.objects.filter(pk__in=found.streams):
        for finding in _judged(found.streams[stream.pk], rails, *_LASTING):
            subject = f"The stream {stream.name} over 24 hours"
            yield _Trouble(f"{PREFIX}stream:{stream.pk}", subject, finding, stream_id=stream.pk)
    names = dict(Provider.objects.filter(pk__in={way for way, _ in found.ways}).values_list("id", "name"))
    for (way, mailbox), flow in found.ways.items():
        lately = _judged(found.ways_lately[way, mailbox], rails, Metric.DEFERRALS)
        for finding in [*_judged(flow, rails, *_LASTING), *lately]:
            subject = f"{names.get(way, 'A way out')} to {provider_name(mailbox)}"
            yield _Trouble(f"{PREFIX}way:{way}:{mailbox}", subject, finding)


def _judged(flow: Flow, rails: dict[Metric, Guardrail], *metrics: Metric) -> list[Finding]:
    return [finding for metric in metrics if (finding := judge(flow, metric, rails[metric]))]


def _stop(trouble: _Trouble) -> str:
    """What was stopped by this call, in words; what stands still already is left as it is."""
    why = f"{trouble.subject}: {trouble.finding.words}."
    if trouble.mailing_id:
        if pause(mailing_id=trouble.mailing_id, because=f"Paused by a guardrail. {why}"):
            return f"{trouble.subject} was paused."
    elif trouble.stream_id:
        # No end: unlike a server that is busy, this does not pass by itself.
        running = Stream.objects.filter(pk=trouble.stream_id, held_reason="")
        if running.update(held_reason=f"Stopped by a guardrail. {why}", held_until=None):
            return f"{trouble.subject}: all its mail was stopped."
    return ""


def _tell(trouble: _Trouble, done: str, now: datetime) -> None:
    finding = trouble.finding
    is_critical = finding.level == Level.CRITICAL
    advice = _ADVICE[finding.metric]
    if finding.may_stop and (trouble.mailing_id or trouble.stream_id):
        advice = f"{advice} It goes on when you say so."
    report(
        key=f"{trouble.key}:{finding.metric.value}",
        severity=Alert.Severity.CRITICAL if is_critical else Alert.Severity.WARNING,
        title=f"{trouble.subject}: {_TITLES[finding.metric]}",
        text=" ".join(filter(None, [f"{finding.words.capitalize()}.", done, advice])),
        now=now,
    )


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
