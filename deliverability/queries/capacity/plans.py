"""Plans a mailing as a whole: all its lanes, the one that takes longest first."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.utils import timezone

from deliverability.models import Mailing, Provider
from deliverability.queries.capacity.facts import (
    Counted,
    Waiting,
    counted_of,
    machine_rate,
    others_waiting,
    seen_paces,
    waiting_of,
    warming_of,
)
from deliverability.queries.capacity.lane import LaneFacts, LanePlan, plan_lane
from deliverability.queries.lanes import bounded_lanes
from deliverability.rules.lanes import LaneKey


@dataclass(frozen=True, slots=True)
class SendPlan:
    """Lanes, the one that takes longest first. `is_measured`: the machine's rate was seen, not assumed."""

    starts_at: datetime
    recipients: int
    lanes: list[LanePlan]
    machine_rate: float
    is_measured: bool

    @property
    def bottleneck(self) -> LanePlan | None:
        return self.lanes[0] if self.lanes else None

    @property
    def ends_at(self) -> datetime | None:
        """None where a lane will not be done within a year; the start where nobody is to be sent to."""
        if not self.lanes:
            return self.starts_at
        by_lanes = self.lanes[0].ends_at
        by_machine = self.starts_at + timedelta(seconds=self.recipients / self.machine_rate)
        return by_lanes and max(by_lanes, by_machine)


def plan_mailing(*, stream_id: int, recipients: Mapping[str, int], starts_at: datetime | None = None) -> SendPlan:
    """How long it would take to send to so many people by mailbox provider, as everything stands now."""
    now = timezone.now()
    return _plan(stream_id, recipients, max(starts_at or now, now), now, mailing_id=0)


def plan_rest(mailing_id: int) -> SendPlan:
    """When a mailing that is being sent will be done: by the pace it has shown, where that is lower than allowed."""
    now = timezone.now()
    waiting = waiting_of(mailing_id, now)
    stream_id = Mailing.objects.values_list("stream_id", flat=True).get(pk=mailing_id)
    plan = _plan(stream_id, {name: row.people for name, row in waiting.items()}, now, now, mailing_id=mailing_id)
    lanes = [_with_put_off(lane, waiting[lane.mailbox_provider]) for lane in plan.lanes]
    return replace(plan, lanes=sorted(lanes, key=_latest_first))


def _plan(
    stream_id: int, recipients: Mapping[str, int], starts_at: datetime, now: datetime, *, mailing_id: int
) -> SendPlan:
    machine, is_measured = machine_rate(now)
    keys = [LaneKey(stream_id, name) for name, people in recipients.items() if people]
    lanes = bounded_lanes(keys) if keys else []
    others, counted, seen = others_waiting(lanes, mailing_id), counted_of(lanes, now), seen_paces(mailing_id, now)
    warming = {pk: warming_of(pk) for pk in {lane.way.provider_id for lane in lanes}}
    names = dict(Provider.objects.filter(pk__in=warming).values_list("pk", "name"))
    found = [
        LaneFacts(
            lane=lane,
            provider=names[lane.way.provider_id],
            people=recipients[lane.key.mailbox_provider],
            ahead=others.get(lane.way, 0),
            counted=counted.get(lane.way, Counted()),
            seen=seen.get(lane.key.mailbox_provider),
            warming=warming[lane.way.provider_id].get(lane.key.mailbox_provider),
            machine_rate=machine,
        )
        for lane in lanes
    ]
    planned = sorted((plan_lane(facts, starts_at) for facts in found), key=_latest_first)
    return SendPlan(starts_at, sum(recipients.values()), planned, machine, is_measured)


def _with_put_off(lane: LanePlan, waiting: Waiting) -> LanePlan:
    if not waiting.until:
        return lane
    ends_at = lane.ends_at and max(lane.ends_at, waiting.until)
    return replace(lane, put_off=waiting.put_off, put_off_until=waiting.until, ends_at=ends_at)


def _latest_first(lane: LanePlan) -> tuple[bool, float]:
    return lane.ends_at is not None, -(lane.ends_at.timestamp() if lane.ends_at else 0.0)
