"""Follows what mailbox providers answer: finds the pace that works, fires rules, writes down every change with why."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.utils import timezone
from redis.exceptions import RedisError

from deliverability import conf
from deliverability.models import LaneChange
from deliverability.queries.lanes import WorkingLane
from deliverability.rules import pacing
from deliverability.rules.lane_rules import LaneRule, rule_for, speaks_of_connections
from deliverability.rules.lanes import WayKey
from deliverability.rules.pacing import Found, Heard
from deliverability.rules.replies import classify_reply
from deliverability.services import scripts
from deliverability.services.restoring import PACE_SECONDS
from deliverability.types import Reply

# How long before the first answer of a way its messages are taken to have begun: a drain reports this often.
REPORT_SECONDS = 0.5
LONGEST_REPLY = 500
REFUSED_SECONDS = 60
_KIND = LaneChange.Kind


@dataclass(slots=True)
class Answers:
    """What one mailbox provider answered on one way since the last report. Deferred and refused replies stay whole."""

    accepted: int = 0
    refused: list[str] = field(default_factory=list)
    crowded: list[str] = field(default_factory=list)
    hits: Counter[LaneRule] = field(default_factory=Counter)
    samples: dict[str, str] = field(default_factory=dict)

    def add(self, mailbox_provider: str, reply: Reply) -> None:
        if 200 <= reply.code < 300:
            self.accepted += 1
            return
        if not reply.code:
            return  # nobody said anything
        words = " ".join(filter(None, (str(reply.code), reply.enhanced, reply.text)))[:LONGEST_REPLY]
        kind = classify_reply(reply.code, reply.enhanced, reply.text).kind
        if kind == "rate":
            (self.crowded if speaks_of_connections(words) else self.refused).append(words)
        if rule := rule_for(mailbox_provider, kind=kind, words=words):
            self.hits[rule] += 1
            self.samples.setdefault(rule.name, words)

    def add_refused_connection(self, reply: Reply) -> None:
        # The adapter puts its own words before the server's; only the latter are quoted.
        self.crowded.append((reply.text.partition("It said: ")[2] or reply.text)[:LONGEST_REPLY])

    @property
    def is_urgent(self) -> bool:
        """Somebody asks for less: worth a report at once."""
        return bool(self.refused or self.crowded or self.hits)


def hear(*, lane: WorkingLane, answers: Answers) -> int:
    """Add a drain's answers to what all drains have heard on a way out, and act on it where it is time.

    Returns how often its pace was cut so far, by whichever drain: where that is more than last time, what was granted
    before should not leave any more. Without Redis nothing is learned, and nothing new leaves either.
    """
    try:
        told = _add_up(lane.way, answers)
        _follow(lane, told, answers)
        return told.cuts + _fire_rules(lane.way, answers, is_cut=told.step in ("slower", "fewer"))
    except RedisError:
        return 0


def suspend(*, way: WayKey, reply: str, seconds: float) -> None:
    """Let nothing leave on a way for a while, because it takes not one connection. Never shortens what holds longer."""
    rule = LaneRule("", way.mailbox_provider, "", 1, timedelta(seconds=1), timedelta(seconds=seconds), "", "")
    try:
        _fire(way, rule, 1, reply[:LONGEST_REPLY])
    except RedisError:
        pass  # it is asked again at once, and refused again


def resume(*, way: WayKey) -> None:
    """Forget what slows a way, because a person says so; it is learned anew if the cause remains. Raises RedisError."""
    conf.redis_client().delete(way.pace, way.heard)
    _write(way, kind=_KIND.RESUMED)


@dataclass(frozen=True, slots=True)
class _Told:
    """What the sum of all drains' answers asks for, with what it rests on. Spans are in intervals of the pace."""

    step: str
    cuts: int
    heard: Heard
    found: Found
    since_cut: float
    since_crowded: float


def _add_up(way: WayKey, answers: Answers) -> _Told:
    scale = conf.retry_scale()
    arguments = [
        answers.accepted,
        len(answers.refused),
        len(answers.crowded),
        _ms(pacing.INTERVAL * scale),
        _ms(pacing.SETTLE * scale),
        pacing.TOLERATED_SHARE,
        pacing.LEAST_REFUSED,
        int(REPORT_SECONDS * 1000),
    ]
    step, cuts, accepted, refused, ms, used, since_cut, since_crowded, *numbers = _run(
        scripts.HEAR, [way.heard, way.slots, way.pace], arguments
    )
    rate, peak, connections, crowd = (float(number) if number else None for number in numbers)
    found = Found(rate, peak, int(connections) if connections else None, int(crowd) if crowd else None)
    heard = Heard(accepted, refused, max(ms / 1000, 0.001), used)
    interval = _ms(pacing.INTERVAL * scale)
    return _Told(step.decode(), cuts, heard, found, since_cut / interval, since_crowded / interval)


def _follow(lane: WorkingLane, told: _Told, answers: Answers) -> None:
    way, limits, step, heard, found = lane.way, lane.way_limits, told.step, told.heard, told.found
    if step == "slower":
        after = pacing.slower(found, heard)
        _save(way, after)
        _write(way, kind=_KIND.SLOWER, reply=(answers.refused or [""])[-1], rate=after.rate)
    elif step == "fewer" and found.connections == 1:
        suspend(way=way, reply=(answers.crowded or [""])[-1], seconds=REFUSED_SECONDS)
    elif step == "fewer":
        after = pacing.fewer(found, heard)
        _save(way, after)
        _write(way, kind=_KIND.FEWER, reply=(answers.crowded or [""])[-1], connections=after.connections)
    elif step == "better" and found != Found():
        is_patient = told.since_crowded > pacing.PATIENT_INTERVALS
        after = pacing.faster(found, heard, limits.messages_per_second, told.since_cut)
        after = pacing.more(after, limits.max_connections, is_patient=is_patient)
        if after != found:
            _save(way, after)
            if after == Found():
                _write(way, kind=_KIND.RECOVERED)


def _fire_rules(way: WayKey, answers: Answers, *, is_cut: bool) -> int:
    fired = 0
    for rule, hits in answers.hits.items():
        if rule.per == "cut":
            hits = int(is_cut)
        if hits:
            fired += _fire(way, rule, hits, answers.samples[rule.name])
    return fired


def _fire(way: WayKey, rule: LaneRule, hits: int, reply: str) -> bool:
    scale = conf.retry_scale()
    arguments = [
        hits,
        rule.hits,
        _ms(rule.window * scale),
        _ms(rule.lasting * scale),
        "quiet" if rule.suspends else "limited",
        reply,
        "" if rule.messages_per_second is None else rule.messages_per_second / scale,
        "" if rule.connections is None else rule.connections,
    ]
    if not _run(scripts.FIRE, [way.hits(rule.name), way.pace, way.heard], arguments):
        return False
    _write(
        way,
        kind=_KIND.SUSPENDED if rule.suspends else _KIND.LIMITED,
        rule=rule.name,
        reply=reply,
        rate=None if rule.messages_per_second is None else rule.messages_per_second / scale,
        connections=rule.connections,
        lasting=rule.lasting * scale,
    )
    return True


def _save(way: WayKey, found: Found) -> None:
    values = {"rate": found.rate, "peak": found.peak, "connections": found.connections, "crowd": found.crowd}
    until = int((timezone.now() + pacing.MEMORY * conf.retry_scale()).timestamp() * 1000)
    with conf.redis_client().pipeline() as pipeline:
        pipeline.hset(way.pace, mapping={"known": 1, "found_until": until})
        for name, value in values.items():
            if value is None:
                pipeline.hdel(way.pace, name)
            else:
                pipeline.hset(way.pace, name, value)
        pipeline.expire(way.pace, PACE_SECONDS)
        pipeline.execute()


def _write(
    way: WayKey,
    *,
    kind: LaneChange.Kind,
    rule: str = "",
    reply: str = "",
    rate: float | None = None,
    connections: int | None = None,
    lasting: timedelta | None = None,
) -> None:
    now = timezone.now()
    LaneChange.objects.create(
        provider_id=way.provider_id,
        mailbox_provider=way.mailbox_provider,
        at=now,
        kind=kind,
        rule=rule,
        reply=reply,
        messages_per_second=rate,
        connections=connections,
        until=now + lasting if lasting else None,
    )


def _run(script: str, keys: list[str], arguments: list[Any]) -> Any:
    return conf.redis_client().register_script(script)(keys=keys, args=arguments)


def _ms(span: timedelta) -> int:
    return max(1, int(span.total_seconds() * 1000))
